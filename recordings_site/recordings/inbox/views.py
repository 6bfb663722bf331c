"""The page of the inbox, and the badge that every page shows."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.inbox import actions
from recordings_site.recordings.inbox.queries import inbox_of


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
    """Mark everything as read."""
    actions.mark_read(by=request.user)
    return redirect("inbox")
