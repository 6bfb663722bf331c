"""Whether a call is recorded and who decided it, as a code with its values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from recordings_site.accounts.models import User
from recordings_site.calls.models import BROKEN_BY_US, Call, Decision, DecisionOutcome
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import svaml


class DecisionCode(StrEnum):
    """The outcome of a call, as far as recording is concerned."""

    # There is no decision.
    LAST_RESORT = "last_resort"
    BROKEN = "broken"
    NEVER_SEEN = "never_seen"
    # A recording that this site did not request.
    UNEXPLAINED = "unexplained"
    # It was not to be recorded, but was, for the reason in `origin`.
    DECIDED_NOT = "decided_not"
    RECORDED_ANYWAY = "recorded_anyway"
    # Recording was decided, but prevented.
    BROKEN_BY_US = "broken_by_us"
    CALL_FAILED = "call_failed"
    NEVER_ANSWERED = "never_answered"
    NOT_ASKED_FOR = "not_asked_for"
    # Recording was decided: its progress.
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    OVERDUE = "overdue"
    ON_ITS_WAY = "on_its_way"
    RECORDED = "recorded"
    # At a place that no destination covers.
    ELSEWHERE = "elsewhere"
    DELETED = "deleted"


_RECORDED = (
    DecisionCode.UNEXPLAINED,
    DecisionCode.RECORDED_ANYWAY,
    DecisionCode.ON_ITS_WAY,
    DecisionCode.RECORDED,
    DecisionCode.ELSEWHERE,
    DecisionCode.DELETED,
)
_OPEN = (DecisionCode.PLANNED, DecisionCode.UNDER_WAY, DecisionCode.OVERDUE)


@dataclass(frozen=True, slots=True)
class RecordingDecision:
    """The outcome of a call, and why: its decision's grounds (policies.engine.sentences), {} without a decision.

    `recording` is the one that the code is about; `undecided` says why there was no decision for one recorded anyway.
    """

    code: DecisionCode
    call: Call | None
    grounds: Mapping[str, Any] = field(default_factory=dict)
    recording: RecordingJob | None = None
    undecided: DecisionCode | None = None

    @property
    def recorded(self) -> bool | None:
        """Whether the call is recorded; None while that is open."""
        return True if self.code in _RECORDED else None if self.code in _OPEN else False


def of_list(calls: Sequence[Call], user: User) -> Iterator[RecordingDecision]:
    """Return the outcome of each call, reading all their recordings at once. See `of_call`."""
    about = Q(call__in=calls) | Q(conference_session__in={call.conference_session_id for call in calls} - {None})
    jobs = list(RecordingJob.objects.filter(about).order_by("ordinal", "happened_at"))
    visible = visible_among(jobs, user)
    for call in calls:
        yield of_call(call, getattr(call, "decision", None), [job for job in jobs if _is_of(job, call)], visible)


def visible_among(jobs: Sequence[RecordingJob], user: User) -> set[UUID]:
    """Return the ids of those that the user may see, of recordings of calls that the user may see.

    A conference's recording belongs to the number of the call that opened it, which may be another team's.
    """
    of_conferences = [job.pk for job in jobs if job.conference_session_id is not None]
    seen = {job.pk for job in jobs if job.conference_session_id is None}
    if of_conferences:
        visible = RecordingJob.objects.visible_to(user).filter(pk__in=of_conferences)
        seen.update(visible.values_list("pk", flat=True))
    return seen


def _is_of(job: RecordingJob, call: Call) -> bool:
    return job.call_id == call.pk or (
        job.conference_session_id is not None and job.conference_session_id == call.conference_session_id
    )


def of_call(
    call: Call, decision: Decision | None, jobs: Sequence[RecordingJob], visible: Collection[UUID]
) -> RecordingDecision:
    """Return the outcome of a call, from its decision and its recordings.

    A recording whose id is not among those that are `visible` counts for the outcome, and is not returned.
    """
    found = _of_call(call, decision, jobs)
    hidden = found.recording is not None and found.recording.pk not in visible
    return replace(found, recording=None) if hidden else found


def _of_call(call: Call, decision: Decision | None, jobs: Sequence[RecordingJob]) -> RecordingDecision:
    grounds = decision.facts if decision is not None else {}
    available = next((job for job in jobs if job.is_available), None)
    made = available or next((job for job in jobs if job.state == State.ELSEWHERE), None)
    if decision is None or decision.outcome != DecisionOutcome.RECORD:
        undecided = _undecided(call) if decision is None else None
        code = DecisionCode.RECORDED_ANYWAY if made else undecided or DecisionCode.DECIDED_NOT
        return RecordingDecision(code, call, grounds, made, undecided)
    if made is not None:
        return RecordingDecision(DecisionCode.RECORDED if available else DecisionCode.ELSEWHERE, call, grounds, made)
    prevented = _prevented(call, decision)
    if prevented is not None:
        return RecordingDecision(prevented, call, grounds)
    job = jobs[0] if jobs else None
    return RecordingDecision(_progress(job), call, grounds, job)


def _undecided(call: Call) -> DecisionCode:
    if call.ice_received_at is not None:
        return DecisionCode.LAST_RESORT
    return DecisionCode.BROKEN if call.dice_reason in BROKEN_BY_US else DecisionCode.NEVER_SEEN


def _prevented(call: Call, decision: Decision) -> DecisionCode | None:
    """Return what prevented a recording that was decided, if anything did."""
    if call.dice_reason in BROKEN_BY_US:
        return DecisionCode.BROKEN_BY_US
    if call.never_answered:
        return DecisionCode.CALL_FAILED if call.dice_result == "FAILED" else DecisionCode.NEVER_ANSWERED
    answered = starts_at_ace(decision) and decision.ace_svaml is not None
    return DecisionCode.NOT_ASKED_FOR if answered and not svaml.recording_requests(decision.ace_svaml) else None


def _progress(job: RecordingJob | None) -> DecisionCode:
    """Return the progress of a recording whose file is not in the store."""
    if job is None:
        return DecisionCode.PLANNED
    if job.overdue_kind:
        return DecisionCode.OVERDUE
    return {
        State.DELETED: DecisionCode.DELETED,
        State.FINISHED: DecisionCode.ON_ITS_WAY,
        # It was asked for, and starts with the answer, whose start sends no event.
        State.EXPECTED: DecisionCode.PLANNED,
    }.get(State(job.state), DecisionCode.UNDER_WAY)


def starts_at_ace(decision: Decision) -> bool:
    """Return whether the recording starts when the called side answers."""
    return (decision.facts.get("plan") or {}).get("starts") == "ace"
