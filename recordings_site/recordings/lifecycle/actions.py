"""Changes of recordings caused by Sinch's callbacks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recordings_site.calls.models import Call, Decision
from recordings_site.policies.engine.answer import PlannedRecording
from recordings_site.recordings.lifecycle.derive_state import (
    derive_from_call,
    derive_from_session,
    update_state,
)
from recordings_site.recordings.lifecycle.matching import Subject, locked_jobs, match_recording, match_transcript
from recordings_site.recordings.lifecycle.objects import alert_elsewhere
from recordings_site.recordings.lifecycle.reported import ReportedLocation, distance
from recordings_site.recordings.lifecycle.shortness import derive_shortness
from recordings_site.recordings.models import Origin, RecordingJob, Transcript
from recordings_site.tasks.registry import enqueue

# Sinch uploads after the call has ended: the worker looks for the file this long after, without a notification.
LOOK_AFTER = timedelta(minutes=3)
# After a conference has closed, the notification of its recording's end may come this much later.
FINISHED_WITHIN = timedelta(minutes=10)


class _LockedRecordings:
    """The recordings of a call or conference, locked, changed together and saved once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.jobs = locked_jobs(subject)
        self._before = {job.pk: _columns(job) for job in self.jobs}

    def add(self, job: RecordingJob) -> RecordingJob:
        """Add a recording, the last one of the call."""
        job.ordinal = 1 + max((other.ordinal for other in self.jobs), default=0)
        self.jobs.append(job)
        return job

    def update(self) -> None:
        """Derive the states, save what changed, and schedule the tasks that follow."""
        for job in self.jobs:
            attribute(job, self.subject)
        if isinstance(self.subject, Call):
            derive_from_call(self.subject, self.jobs)
            derive_shortness(self.subject, self.jobs)
        else:
            derive_from_session(self.subject, self.jobs)
        looked_for, moved = [], []
        for job in self.jobs:
            before, after = self._before.get(job.pk), _columns(job)
            if before is None:
                job.save(force_insert=True)
            elif changed := [name for name, value in after.items() if value != before[name]]:
                job.save(update_fields=changed)
                if "number_id" in changed or "happened_at" in changed:
                    moved.append(job.pk)
            if job.finished_at is not None and not (before and before["finished_at"]) and job.available_at is None:
                looked_for.append(job.pk)
        if looked_for:
            # Timers run from receipt, not from the event's own time, which may lie in the past.
            enqueue("recording.look", *looked_for, at=timezone.now() + LOOK_AFTER)
        if moved:
            # Number and time decide who finds it, and where among the hits.
            transcribed = Transcript.objects.filter(recording__in=moved).values_list("recording_id", flat=True)
            enqueue("transcript.index", *transcribed)


def _columns(job: RecordingJob) -> dict[str, object]:
    """Return the loaded columns of a row."""
    return {
        field.attname: vars(job)[field.attname] for field in job._meta.concrete_fields if field.attname in vars(job)
    }


@transaction.atomic(savepoint=False)
def update_states(subject: Subject) -> None:
    """Derive the states of the recordings of a call or conference, and schedule the tasks that follow."""
    _LockedRecordings(subject).update()


@transaction.atomic(savepoint=False)
def conference_recording_finished(*, application_id: int, conference_id: str, at: datetime) -> RecordingJob | None:
    """Apply `recording_finished` of a conference to the only recording that it can mean, and return that.

    Conference ids are used again, and the notification names no session. So nothing is changed when more than one
    recording runs, or when a session has just closed whose file is still awaited: it may be that one's.
    """
    jobs = RecordingJob.objects.filter(
        conference_session__application=application_id,
        conference_session__conference_id=conference_id,
        started_at__isnull=False,
        reported_at=None,
        available_at=None,
    )
    recent = Q(conference_session__closed_at=None) | Q(conference_session__closed_at__gte=at - FINISHED_WITHIN)
    possible = list(jobs.filter(recent).select_related("conference_session")[:2])
    if len(possible) != 1 or (session := possible[0].conference_session) is None:
        return None
    found = _LockedRecordings(session)
    job = next((each for each in found.jobs if each.pk == possible[0].pk), None)
    if job is not None:
        job.finished_at = job.finished_at or at
        found.update()
    return job


@transaction.atomic(savepoint=False)
def expect_recordings(
    *,
    subject: Subject,
    planned: Sequence[PlannedRecording],
    at: datetime,
    decision: Decision | None = None,
    origin: str = "",
) -> list[RecordingJob]:
    """Create the requested recordings and return them. One that was adopted before its ICE is reused.

    `origin` replaces the planned one.
    """
    found, asked = _LockedRecordings(subject), []
    for one in planned:
        known = next((job for job in found.jobs if job.pk == one.recording_id), None)
        if known is not None:
            # The same event once more, such as a PIE that came by the fallback as well.
            asked.append(known)
            continue
        job = _adopted_before(found.jobs, one) or found.add(RecordingJob(id=one.recording_id))
        _apply_plan(job, one, subject=subject, at=at, decision=decision)
        job.origin = origin or job.origin
        asked.append(job)
    found.update()
    return asked


def new_call_recordings(
    call: Call, planned: Sequence[PlannedRecording], *, at: datetime, decision: Decision | None
) -> list[RecordingJob]:
    """Return the unsaved rows of the recordings requested for a new call."""
    jobs = [RecordingJob(id=one.recording_id, ordinal=ordinal) for ordinal, one in enumerate(planned, 1)]
    for job, one in zip(jobs, planned, strict=True):
        _apply_plan(job, one, subject=call, at=at, decision=decision)
    return jobs


def _apply_plan(
    job: RecordingJob, planned: PlannedRecording, *, subject: Subject, at: datetime, decision: Decision | None
) -> None:
    """Copy the plan of a requested recording to its row."""
    job.decision = decision
    job.origin = planned.origin
    job.expected_at = at
    job.folder, job.format = planned.folder, planned.format
    job.transcription, job.locale = planned.transcription, planned.locale
    job.notification_events = planned.notification_events
    if not job.key:
        # Otherwise Sinch has already reported its location.
        job.destination_id, job.key = planned.destination_id, planned.key
    if job.started_at is None and _starts_at_once(planned):
        job.started_at = at
    attribute(job, subject)
    update_state(job)


def _starts_at_once(planned: PlannedRecording) -> bool:
    """Whether recording starts without an answer: an instruction when reached, a conference with its first call."""
    return planned.starts in ("ice", "pie") and (planned.origin == Origin.INSTRUCTION or bool(planned.conference_id))


def _adopted_before(jobs: Sequence[RecordingJob], planned: PlannedRecording) -> RecordingJob | None:
    """Return the recording that a notification adopted before the ICE came.

    The mirror of `match_recording`: the very object, or else the only recording.
    """
    adopted = [job for job in jobs if job.origin == Origin.ADOPTED and job.decision_id is None]
    for job in adopted:
        if planned.key and (job.destination_id, job.key) == (planned.destination_id, planned.key):
            return job
    return adopted[0] if len(adopted) == len(jobs) == 1 else None


def attribute(job: RecordingJob, subject: Subject) -> None:
    """Copy the facts of its call or conference to a recording; the caller saves it."""
    if isinstance(subject, Call):
        job.call = subject
        job.happened_at = subject.started_at
        job.direction = subject.direction
        job.caller, job.caller_type = subject.caller, subject.caller_type
    else:
        job.conference_session = subject
        job.happened_at = subject.opened_at
        opener = subject.calls.order_by("started_at", "id").first()
        if opener is not None:
            job.direction, job.caller, job.caller_type = opener.direction, opener.caller, opener.caller_type
    job.number_id = subject.number_id or job.number_id


@transaction.atomic(savepoint=False)
def recording_announced(subject: Subject, *, reported: ReportedLocation, at: datetime) -> RecordingJob:
    """Apply `recording_available` to the recording it is about, or adopt a new one."""
    found = _LockedRecordings(subject)
    job = match_recording(found.jobs, reported) or found.add(RecordingJob(origin=Origin.ADOPTED))
    job.reported_at = job.reported_at or at
    if not job.reported_destination or (job.available_at is None and reported.destination is not None):
        job.reported_destination = reported.text[:1024]
    if reported.destination is not None:
        job.available_at = job.available_at or at
        _accept_location(job, reported)
    elif reported.key and job.destination_id is None and job.available_at is None:
        # None was asked for, so there is no other place at which it could be.
        job.elsewhere_at = job.elsewhere_at or at
    found.update()
    if job.elsewhere_at == at:
        alert_elsewhere(job)
    if job.available_at is None:
        enqueue("recording.look", job.pk)
    elif job.destination_id is not None and job.key:
        enqueue("recording.inspect", job.pk)
    return job


@transaction.atomic(savepoint=False)
def transcript_announced(subject: Subject, *, reported: ReportedLocation, at: datetime) -> RecordingJob:
    """Apply `transcription_available` to its recording, or adopt a new one without audio."""
    found = _LockedRecordings(subject)
    job = match_transcript(found.jobs, reported) or found.add(RecordingJob(origin=Origin.ADOPTED))
    job.reported_transcript_destination = job.reported_transcript_destination or reported.text[:1024]
    job.transcript_available_at = job.transcript_available_at or at
    if job.destination_id is None and reported.destination is not None:
        job.destination = reported.destination
    found.update()
    if job.destination_id is not None:
        enqueue("transcript.load", job.pk)
    return job


@transaction.atomic
def give_up_expected(*, decision: Decision, at: datetime) -> None:
    """Mark planned recordings as never requested: the answer that was sent does not record."""
    withdrawn = RecordingJob.objects.filter(decision=decision, available_at=None, reported_at=None)
    for job in withdrawn.select_for_update():
        job.expected_at = job.started_at = job.finished_at = None
        job.not_recorded_at = at
        update_state(job, allow_regression=True)
        job.save()


def _accept_location(job: RecordingJob, reported: ReportedLocation) -> None:
    """Store the location in one of our destinations that Sinch reports, if it is free."""
    if distance(reported, job) is not None or reported.destination is None:
        return  # The requested location, in any spelling: the store itself says which spelling it has.
    place = (reported.destination.pk, reported.key)
    lies_there = RecordingJob.objects.filter(destination=place[0], key=place[1])
    if (job.destination_id, job.key) != place and not lies_there.exists():
        job.destination_id, job.key = place
