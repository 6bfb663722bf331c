"""What became of a call as far as recording is concerned, as conditions: what its row in the list says, as a filter.

The rows themselves are explained in `explain.explanation`; a test holds the two together.
"""

from django.db.models import Exists, OuterRef, Q

from recordings_site.calls.models import BROKEN_BY_US, DecisionOutcome
from recordings_site.recordings.models import RecordingJob, State

RECORDED, NOT_RECORDED, OPEN, IMPOSSIBLE, UNDECIDED = "recorded", "not_recorded", "open", "impossible", "none"
OUTCOMES = (
    (RECORDED, "Recorded"),
    (NOT_RECORDED, "Not recorded"),
    (OPEN, "Pending or overdue"),
    (IMPOSSIBLE, "Recording wasn’t possible"),
    (UNDECIDED, "No decision"),
)


def _job(**facts: object) -> Q:
    """The call, or the conference that it joined, has a recording with these facts."""
    jobs = RecordingJob.objects.order_by()
    of_call = jobs.filter(call=OuterRef("pk"), **facts)
    of_session = jobs.filter(conference_session=OuterRef("conference_session"), **facts)
    return Q(Exists(of_call)) | Q(Exists(of_session))


def outcome_condition(outcome: str) -> Q:
    """The condition on calls of one of OUTCOMES; of "" none."""
    wanted = Q(decision__outcome=DecisionOutcome.RECORD)
    available = _job(state__in=(State.AVAILABLE, State.ELSEWHERE))
    unanswered = Q(dice_received_at__isnull=False, answered_at=None) & ~Q(dice_result__iexact="ANSWERED")
    # The answer to ACE, with which the recording was to start, asked for none.
    asked_for = Q(decision__ace_svaml__icontains="recordingOptions")
    not_asked_for = Q(decision__facts__plan__starts="ace", decision__ace_svaml__isnull=False) & ~asked_for
    prevented = Q(dice_reason__in=BROKEN_BY_US) | unanswered | not_asked_for
    over = _job(state__in=(State.FINISHED, State.DELETED), overdue_since=None)
    return {
        RECORDED: available | (wanted & ~prevented & over),
        NOT_RECORDED: ~available & (~wanted | prevented),
        OPEN: wanted & ~prevented & ~available & ~over,
        IMPOSSIBLE: Q(decision__outcome=DecisionOutcome.IMPOSSIBLE),
        UNDECIDED: Q(decision=None),
    }.get(outcome, Q())
