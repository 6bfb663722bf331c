"""The page that replays a draft over past calls."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.calls import actions_replay
from recordings_site.calls.models import Call
from recordings_site.calls.models.replay import DAYS, Replay
from recordings_site.calls.replay import ReplayOutcome, figures
from recordings_site.policies.editor.queries import document_of
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.models import Policy


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def policy_replay(request: Request, policy_id: int) -> HttpResponse:
    """The latest replay of a policy and how far it is; posting begins another, or gives the open one up."""
    policy = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    replay = Replay.objects.latest_of(policy)
    if request.method == "POST":
        if "cancel" in request.POST and replay is not None:
            actions_replay.cancel_replay(by=request.user, replay=replay)
            messages.success(request, "Replay stopped.")
        else:
            actions_replay.start_replay(by=request.user, policy=policy, document=document_of(policy))
        return redirect("policy_replay", policy.pk)
    document = document_of(policy)
    outcome = ReplayOutcome.from_dict(replay.outcome) if replay and replay.outcome else ReplayOutcome()
    calls = Call.objects.listed().in_bulk([pk for pk, _, _ in outcome.changes])
    context = {
        "policy": policy,
        "replay": replay,
        "days": DAYS,
        "outcome": outcome,
        "figures": figures(outcome, document.how.format),
        "changes": [(calls[pk], record, sentences.decision(why)) for pk, record, why in outcome.changes if pk in calls],
        "stale": replay is not None and replay.document != document.to_dict(),
    }
    return page_or_partial(request, "calls/replay.html", "calls/_replay.html", context)
