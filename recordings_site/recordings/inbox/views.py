"""The page of the inbox, and the badge that every page shows."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.inbox import actions
from recordings_site.recordings.inbox.queries import READ_UNTIL, inbox_of
from recordings_site.web.undo import Undo, undoable


@require_safe
@access.signed_in
def inbox(request: Request) -> HttpResponse:
    """Mentions, new matches and approvals."""
    return render(request, "recordings/inbox/inbox.html", {"inbox": inbox_of(request.user)})


@require_safe
@access.signed_in
def inbox_badge(request: Request) -> HttpResponse:
    """How much is new, for the head of every page: it asks after it is shown, so that no page waits for it."""
    context = {"unread": inbox_of(request.user).unread}
    answer = render(request, "recordings/inbox/_badge.html", context, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@access.own_affairs
def inbox_read(request: Request) -> HttpResponse:
    """Mark everything as read, or with `read_at` undo that."""
    if read_at := _time(request.POST.get("read_at", "")):
        until = _time(request.POST.get("before", ""))
        actions.mark_unread(by=request.user, read_at=read_at, before=until.isoformat() if until else "")
    else:
        before = str(request.user.preferences.get(READ_UNTIL, ""))
        now = actions.mark_read(by=request.user)
        fields = (("read_at", now.isoformat()), ("before", before))
        undoable(request, "Everything is marked as read.", Undo(reverse("inbox_read"), fields))
    return redirect("inbox")


def _time(text: str) -> datetime | None:
    """A time of the form that undoes; None for anything else."""
    try:
        found = parse_datetime(text[:50])
    except ValueError:
        return None
    return found if found and is_aware(found) else None
