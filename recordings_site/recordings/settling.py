"""Derives what the events of a call prove of its recordings: the same in whatever order they came.

Nothing announces that a recording runs, and a `recording_finished` does not say which of a call's recordings it means.
So the facts of the call and the facts of each recording are kept apart, and after every event the second are derived
again from the first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.state import state_of


def settle_job(job: RecordingJob) -> None:
    """Bring what follows from the job's own facts up to date: an available file is finished, and on time."""
    if job.available_at is not None:
        job.finished_at = job.finished_at or job.available_at
        job.overdue_since, job.overdue_reason = None, ""
    if job.stopped_at is not None:
        job.finished_at = job.finished_at or job.stopped_at
    job.state = state_of(job)


def settle_call_recordings(call: Call, jobs: Sequence[RecordingJob]) -> None:
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
        settle_job(job)


def settle_session_recordings(session: ConferenceSession, jobs: Sequence[RecordingJob]) -> None:
    """Derive the end of a conference's recordings: all have left.

    Its `recording_finished` proves nothing: conference ids are used again, and it does not say which session it means.
    """
    for job in jobs:
        if job.finished_at is None and session.closed_at is not None and job.started_at is not None:
            job.finished_at = session.closed_at
        settle_job(job)


def _has_started(call: Call, job: RecordingJob) -> bool:
    """Whether the call was answered: then what was asked for at ICE or ACE has begun."""
    return job.expected_at is not None and (call.answered_at is not None or _answered_at(call) is not None)


def _was_withdrawn(job: RecordingJob) -> bool:
    """Whether it was planned and then not asked for, as the answer came too late: whatever the call does."""
    return job.decision_id is not None and job.expected_at is None


def _answered_at(call: Call) -> datetime | None:
    """When a call was answered that brought no ACE (calls to apps): the DiCE tells its length."""
    if call.is_over and call.dice_result.upper() == "ANSWERED" and call.ended_at is not None:
        return max(call.started_at, call.ended_at - timedelta(seconds=call.duration or 0))
    return None
