"""Every change of a recording that Sinch's callbacks, or what the worker finds in the store, cause."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.models import Call, Decision
from recordings_site.policies.answer import PlannedRecording
from recordings_site.recordings.lifecycle.derive_state import (
    settle_call_recordings,
    settle_job,
    settle_session_recordings,
)
from recordings_site.recordings.matching import Reported, Subject, jobs_of, match_recording, match_transcript
from recordings_site.recordings.models import Origin, RecordingJob, Transcript
from recordings_site.recordings.state import State
from recordings_site.tasks.actions import enqueue

# Sinch uploads after the call has ended; this long we wait for its word before we look for ourselves.
LOOK_AFTER = timedelta(minutes=3)


@transaction.atomic(savepoint=False)
def expect_recording(
    *,
    subject: Subject,
    planned: PlannedRecording,
    at: datetime,
    decision: Decision | None = None,
    origin: str = "",
    by: User | None = None,
) -> RecordingJob:
    """Keep that a recording was asked for. One that was adopted before its ICE was known becomes this one."""
    job = _adopted_before(subject, planned)
    if job is None:
        job = RecordingJob(id=planned.recording_id, ordinal=_next_ordinal(subject))
    _ask_for(job, planned, subject=subject, at=at, decision=decision)
    job.origin = origin or job.origin
    job.save()
    if by is not None:
        audit.record(by=by, action="recording.asked_for", subject=job, data={"origin": job.origin})
    settle(subject)
    return job


def told_by_plan(call: Mapping[str, Any], planned: PlannedRecording) -> dict[str, Any]:
    """What the row of the first recording of a new call says, but for its call and decision.

    `call` is what that call's row says (calls.actions.told_by_ice).
    """
    at = call["started_at"]
    starts = _starts_at_once(planned)
    return {
        "id": planned.recording_id,
        "destination_id": planned.destination_id,
        "key": planned.key,
        **_asked_for(planned, at),
        "started_at": at if starts else None,
        "happened_at": at,
        "direction": call["direction"],
        "caller": call["caller"],
        "number_id": call["number_id"],
        "state": State.RECORDING if starts else State.EXPECTED,
    }


def _asked_for(planned: PlannedRecording, at: datetime) -> dict[str, Any]:
    return {
        "origin": planned.origin,
        "expected_at": at,
        "folder": planned.folder,
        "format": planned.format,
        "transcription": planned.transcription,
        "locale": planned.locale,
        "notification_events": planned.notification_events,
    }


def _ask_for(
    job: RecordingJob, planned: PlannedRecording, *, subject: Subject, at: datetime, decision: Decision | None
) -> None:
    """Write down in a recording's row what was planned and that it was asked for."""
    job.decision = decision
    for name, value in _asked_for(planned, at).items():
        setattr(job, name, value)
    if not job.key:
        # Else Sinch has told already where it put the file.
        job.destination_id, job.key = planned.destination_id, planned.key
    if job.started_at is None and _starts_at_once(planned):
        job.started_at = at
    attribute(job, subject)
    settle_job(job)


def _starts_at_once(planned: PlannedRecording) -> bool:
    """Whether it starts without an answer: an instruction when it is reached, a conference's with its first call."""
    return planned.starts == "ice" and (planned.origin == Origin.INSTRUCTION or bool(planned.conference_id))


def _adopted_before(subject: Subject, planned: PlannedRecording) -> RecordingJob | None:
    """A notification may overtake the ICE: then the recording was adopted, and is this one.

    The mirror of `match_recording`: the very object, or else the only one that there is.
    """
    jobs = list(jobs_of(subject).defer("peaks").select_for_update())
    adopted = [job for job in jobs if job.origin == Origin.ADOPTED and job.decision_id is None]
    for job in adopted:
        if planned.key and (job.destination_id, job.key) == (planned.destination_id, planned.key):
            return job
    return adopted[0] if len(adopted) == len(jobs) == 1 else None


def _next_ordinal(subject: Subject) -> int:
    highest: int | None = jobs_of(subject).aggregate(highest=Max("ordinal"))["highest"]
    return (highest or 0) + 1


def attribute(job: RecordingJob, subject: Subject) -> None:
    """Copy to a recording what is known of its call or conference; the caller saves it."""
    if isinstance(subject, Call):
        job.call = subject
        job.happened_at = subject.started_at
        job.direction = subject.direction
        job.caller = subject.caller
    else:
        job.conference_session = subject
        job.happened_at = subject.opened_at
        opener = subject.calls.order_by("started_at", "id").first()
        if opener is not None:
            job.direction, job.caller = opener.direction, opener.caller
    job.number_id = subject.number_id or job.number_id


@transaction.atomic(savepoint=False)
def settle(subject: Subject) -> None:
    """Derive again what the facts of a call or conference prove of its recordings, and set the timers that follow."""
    jobs = list(jobs_of(subject).defer("peaks").select_for_update())
    before = {job.pk: _facts(job) for job in jobs}
    for job in jobs:
        attribute(job, subject)
    if isinstance(subject, Call):
        settle_call_recordings(subject, jobs)
    else:
        settle_session_recordings(subject, jobs)
    for job in jobs:
        if _facts(job) != before[job.pk]:
            job.save()
        if _facts(job)[-4:-2] != before[job.pk][-4:-2] and Transcript.objects.filter(recording=job).exists():
            # Whose it is and when it was decide who finds it, and where among the hits.
            enqueue("transcript.index", job.pk)
        if job.finished_at is not None and before[job.pk][1] is None and job.available_at is None:
            _look_later(job)


def _facts(job: RecordingJob) -> tuple[object, ...]:
    return (
        job.started_at, job.finished_at, job.not_recorded_at, job.state, job.overdue_since,
        job.number_id, job.happened_at, job.direction, job.caller,
    )  # fmt: skip


def _look_later(job: RecordingJob) -> None:
    # Timers run from receipt, not from the event's own time, which may lie in the past.
    enqueue("recording.look", job.pk, at=timezone.now() + LOOK_AFTER)


@transaction.atomic
def recording_announced(subject: Subject, *, reported: Reported, at: datetime) -> RecordingJob:
    """Apply `recording_available`: the job that it tells of, or a new adopted one."""
    job = match_recording(subject, reported) or _adopt(subject)
    job.reported_destination = job.reported_destination or reported.text[:1024]
    job.available_at = job.available_at or at
    _take_place(job, reported)
    attribute(job, subject)
    settle_job(job)
    job.save()
    settle(subject)
    if job.destination_id is not None and job.key:
        enqueue("recording.inspect", job.pk)
    return job


@transaction.atomic
def transcript_announced(subject: Subject, *, reported: Reported, at: datetime) -> RecordingJob:
    """Apply `transcription_available`: the job whose transcript it is, or a new adopted one without audio yet."""
    job = match_transcript(subject, reported) or _adopt(subject)
    job.reported_transcript_destination = job.reported_transcript_destination or reported.text[:1024]
    job.transcript_available_at = job.transcript_available_at or at
    if job.destination_id is None and reported.destination is not None:
        job.destination = reported.destination
    attribute(job, subject)
    settle_job(job)
    job.save()
    settle(subject)
    if job.destination_id is not None:
        enqueue("transcript.load", job.pk)
    return job


@transaction.atomic
def give_up_expected(*, decision: Decision, at: datetime) -> None:
    """Keep that what was planned was never asked of Sinch: the answer that left did not record."""
    for job in RecordingJob.objects.filter(decision=decision, available_at=None).defer("peaks").select_for_update():
        job.expected_at = job.started_at = job.finished_at = None
        job.not_recorded_at = at
        settle_job(job, back=True)
        job.save()


def _adopt(subject: Subject) -> RecordingJob:
    return RecordingJob(origin=Origin.ADOPTED, ordinal=_next_ordinal(subject))


def _take_place(job: RecordingJob, reported: Reported) -> None:
    """Believe where Sinch says that it put the file, when that place is one of ours and no other recording's."""
    if reported.destination is not None and reported.key:
        place = (reported.destination.pk, reported.key)
        taken = RecordingJob.objects.filter(destination=place[0], key=place[1]).exclude(pk=job.pk).exists()
        if not taken:
            job.destination_id, job.key = place
    elif not job.key and reported.key and job.destination_id is not None:
        job.key = job.folder + reported.key.rsplit("/", 1)[-1]
