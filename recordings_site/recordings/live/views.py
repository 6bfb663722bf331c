"""The live page: calls in progress, and the commands that start and stop their recordings."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.models import Role
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.recordings.live import queries, sentences
from recordings_site.recordings.live.actions import COMMANDS, CommandOutcome, command_recording
from recordings_site.recordings.live.forms import LiveForm

PAGE, CALLS = "recordings/live/live.html", "recordings/live/_live_calls.html"


@require_safe
@access.signed_in
def live_calls(request: Request) -> HttpResponse:
    """Calls and conferences in progress; htmx polls the list alone every few seconds."""
    return _shown(request)


@require_POST
@access.supervisor_or_admin
def live_command(request: Request, call_pk: int, command: str) -> HttpResponse:
    """Start, stop, pause or resume the recording of one call."""
    if command not in COMMANDS:
        raise Http404
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("application", "number"), pk=call_pk)
    outcome = command_recording(by=request.user, call=call, command=command)
    if request.htmx:
        return _shown(request, outcome)
    (messages.success if outcome.done else messages.error)(request, sentences.outcome(outcome))
    return redirect(reverse("live") + LiveForm(request.GET, user=request.user).link(request.GET.get("cursor", "")))


@require_safe
@access.signed_in
def live_conference(request: Request, session_pk: int) -> HttpResponse:
    """The participants of a conference as Sinch reports them, matched with the calls known here."""
    visible = ConferenceSession.objects.visible_to(request.user)
    session = get_object_or_404(visible.select_related("application"), pk=session_pk, closed_at=None)
    participants, problem = queries.ask_participants(session)
    known = {call.call_id: call for call in session.calls.visible_to(request.user).select_related("number")}
    # Who called another team's number is not this user's to know.
    hidden = set(session.calls.values_list("call_id", flat=True)) - known.keys()
    context = {
        "session": session,
        "participants": [(one, known.get(one.call_id)) for one in participants if one.call_id not in hidden],
        "problem": problem,
    }
    return page_or_partial(
        request, "recordings/live/live_conference.html", "recordings/live/_participants.html", context
    )


def _shown(request: Request, outcome: CommandOutcome | None = None) -> HttpResponse:
    may_command = request.user.role in (Role.SUPERVISOR, Role.ADMIN)
    form, cursor = LiveForm(request.GET, user=request.user), request.GET.get("cursor", "")
    live = queries.in_progress(request.user, timezone.now(), form=form, cursor=cursor)
    context = {
        "form": form,
        "filters": form.used(),
        "live": live,
        "here": form.link(cursor),
        "newer": reverse("live") + form.link(live.newer) if live.newer else "",
        "older": reverse("live") + form.link(live.older) if live.older else "",
        "may_command": may_command,
        "outcome": outcome,
    }
    return page_or_partial(request, PAGE, CALLS, context)
