"""Derives the state of recordings from facts, in whatever order their events arrive.

Sinch sends no event when recording starts, and `recording_finished` does not say which of a call's recordings it means.
So the facts of the call and of each recording are kept apart, and after every event the latter are derived again from
the former. No event takes a fact back, so a state never steps back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.recordings.models import AWAITED, RecordingJob, State

# How far each state is on the way from expected to deleted.
RANK = {
    State.EXPECTED: 0,
    State.NOT_RECORDED: 1,
    State.RECORDING: 2,
    State.FINISHED: 3,
    State.ELSEWHERE: 4,
    State.AVAILABLE: 5,
    State.DELETED: 6,
}


class StateRegression(Exception):
    """A known fact was taken away: a bug in the calling code."""


class StateFacts(Protocol):
    """The facts that decide the state: each is the time at which it became known, or None."""

    started_at: datetime | None
    not_recorded_at: datetime | None
    finished_at: datetime | None
    elsewhere_at: datetime | None
    available_at: datetime | None
    deleted_at: datetime | None


def state_of(facts: StateFacts) -> State:
    """Return the furthest state that a fact proves."""
    if facts.deleted_at is not None:
        return State.DELETED
    if facts.available_at is not None:
        return State.AVAILABLE
    if facts.elsewhere_at is not None:
        return State.ELSEWHERE
    if facts.finished_at is not None:
        return State.FINISHED
    if facts.started_at is not None:
        return State.RECORDING
    if facts.not_recorded_at is not None:
        return State.NOT_RECORDED
    return State.EXPECTED


def update_state(job: RecordingJob, *, allow_regression: bool = False) -> None:
    """Update what follows from the job's own facts: its end, its state, and whether it is overdue.

    `allow_regression`: a fact was taken away, as when a deleted file is found again; events never do that. Raises
    StateRegression where it is not allowed.
    """
    job.finished_at = job.finished_at or job.reported_at or job.available_at
    if job.stopped_at is not None:
        job.finished_at = job.finished_at or job.stopped_at
    state = state_of(job)
    if RANK[state] < RANK[State(job.state)] and not allow_regression:
        raise StateRegression(f"Recording {job.pk} would step back from {job.state} to {state}.")
    job.state = state
    if state not in AWAITED:
        job.overdue_since, job.overdue_kind, job.overdue_code, job.overdue_values = None, "", "", {}


def derive_from_call(call: Call, jobs: Sequence[RecordingJob]) -> None:
    """Derive start and end of a call's recordings from the call's facts. Changes the jobs, saves nothing."""
    for job in jobs:
        if job.started_at is None and _has_started(call, job):
            job.started_at = call.answered_at or _answered_at(call)
        if job.finished_at is None and call.recording_finished_at is not None and len(jobs) == 1:
            job.finished_at = call.recording_finished_at
        is_void = call.never_answered and job.started_at is None
        if job.finished_at is None and call.is_over and not (is_void or _was_withdrawn(job)):
            job.finished_at = call.ended_at
        if not _was_withdrawn(job):
            job.not_recorded_at = (job.not_recorded_at or call.ended_at) if is_void else None
        update_state(job)


def derive_from_session(session: ConferenceSession, jobs: Sequence[RecordingJob]) -> None:
    """Derive the end of a conference's recordings: when all have left.

    Its `recording_finished` names no session: where only one recording can be meant, that has its end already.
    """
    for job in jobs:
        if job.finished_at is None and session.closed_at is not None and job.started_at is not None:
            job.finished_at = session.closed_at
        update_state(job)


def _has_started(call: Call, job: RecordingJob) -> bool:
    """Whether the call was answered: then recording requested at ICE or ACE has begun."""
    return job.expected_at is not None and (call.answered_at is not None or _answered_at(call) is not None)


def _was_withdrawn(job: RecordingJob) -> bool:
    """Whether it was planned but not requested, because the answer came too late."""
    return job.decision_id is not None and job.expected_at is None


def _answered_at(call: Call) -> datetime | None:
    """Return when a call without ACE (to an app) was answered, from the length in its DiCE."""
    if call.is_over and call.dice_result.upper() == "ANSWERED" and call.ended_at is not None:
        return max(call.started_at, call.ended_at - timedelta(seconds=call.duration or 0))
    return None
