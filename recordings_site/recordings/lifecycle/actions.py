"""Changes of recordings caused by Sinch's callbacks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from recordings_site.calls.models import Call, Decision
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine.answer import PlannedRecording
from recordings_site.recordings.lifecycle.derive_state import update_state
from recordings_site.recordings.lifecycle.files import File, find, has_file, is_requested
from recordings_site.recordings.lifecycle.locked import LockedRecordings, attribute, examine
from recordings_site.recordings.lifecycle.matching import Subject
from recordings_site.recordings.lifecycle.objects import alert_elsewhere
from recordings_site.recordings.lifecycle.reported import ReportedLocation, distance, location_of, nearest
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch.formats import FORMATS
from recordings_site.sinch.uploads.destination_url import recording_stem
from recordings_site.storage import ObjectStat
from recordings_site.tasks.registry import enqueue

# After a conference has closed, the notification of its recording's end may come this much later.
FINISHED_WITHIN = timedelta(minutes=10)


@transaction.atomic(savepoint=False)
def update_states(subject: Subject) -> None:
    """Derive the states of the recordings of a call or conference, and schedule the tasks that follow."""
    LockedRecordings(subject).update()


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
    found = LockedRecordings(session)
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
    """Create the requested recordings and return them, with their files if those were reported before.

    `origin` replaces the planned one.
    """
    found, asked = LockedRecordings(subject), []
    found.claim((one.destination_id, one.key) for one in planned if one.destination_id and one.key)
    for one in planned:
        known = next((job for job in found.jobs if job.pk == one.recording_id), None)
        if known is not None:
            # The same event once more, such as a PIE that came by the fallback as well.
            asked.append(known)
            continue
        job = found.add(RecordingJob(id=one.recording_id))
        _apply_plan(job, one, subject=subject, at=at, decision=decision)
        job.origin = origin or job.origin
        asked.append(job)
    if any(has_file(job) for job in found.jobs):
        found.pair()
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
    job.destination_id, job.key = planned.destination_id, planned.key
    job.asked_destination_id, job.asked_key = planned.destination_id, planned.key
    if job.started_at is None and _starts_at_once(planned):
        job.started_at = at
    attribute(job, subject)
    update_state(job)


def _starts_at_once(planned: PlannedRecording) -> bool:
    """Whether recording starts without an answer: an instruction when reached, a conference with its first call."""
    by_instruction = planned.starts in ("ice", "pie") and planned.origin == Origin.INSTRUCTION
    return by_instruction or bool(planned.conference_id)


@transaction.atomic(savepoint=False)
def recording_announced(subject: Subject, *, reported: ReportedLocation, at: datetime) -> RecordingJob:
    """Apply `recording_available` to the recording it is about, or adopt a new one."""
    found = LockedRecordings(subject, reported.destinations)
    job = _reported(found, reported)
    job.reported_at = job.reported_at or at
    if not job.reported_destination or (job.available_at is None and reported.destination is not None):
        job.reported_destination = reported.text[:1024]
    if reported.destination is not None:
        job.available_at = job.available_at or at
        _accept_location(job, reported)
    found.pair()
    job = found.current(job)
    elsewhere = reported.text and job.asked_destination_id is None and job.available_at is None
    if elsewhere and job.elsewhere_at is None:
        # None was requested, so there is no other place at which it could be.
        job.elsewhere_at = at
    found.update()
    if job.elsewhere_at == at:
        alert_elsewhere(job)
    examine(job)
    return job


@transaction.atomic(savepoint=False)
def transcript_announced(subject: Subject, *, reported: ReportedLocation, at: datetime) -> RecordingJob:
    """Apply `transcription_available` to its recording, or adopt a new one without audio."""
    found = LockedRecordings(subject, reported.destinations)
    job = _reported(found, reported)
    job.reported_transcript_destination = job.reported_transcript_destination or reported.text[:1024]
    job.transcript_available_at = job.transcript_available_at or at
    if job.destination_id is None and reported.destination is not None:
        job.destination = reported.destination
    found.pair()
    job = found.current(job)
    found.update()
    if job.destination_id is not None:
        enqueue("transcript.load", job.pk)
    return job


def _reported(found: LockedRecordings, reported: ReportedLocation) -> RecordingJob:
    """The recording that stands for the reported file, or a new one for it."""
    file = find(found.files(), reported, found.jobs)
    if file is not None:
        return file.job
    requested = nearest((job for job in found.jobs if is_requested(job) and not has_file(job)), reported, stem=True)
    if requested is not None:
        return requested
    if not reported.text and len(found.jobs) == 1:
        return found.jobs[0]
    if reported.destination is not None:
        # It may have been found in the store before, and nothing in its name told for which call.
        stems = {recording_stem(key) for key in reported.keys}
        names = [*reported.keys, *(f"{stem}.{ending}" for stem in sorted(stems) for ending in FORMATS)]
        found.claim((reported.destination.pk, key) for key in names)
        file = find(found.files(), reported, found.jobs)
    return file.job if file is not None else found.add(RecordingJob(origin=Origin.ADOPTED))


@transaction.atomic
def objects_found(
    subject: Subject,
    *,
    destination: Destination,
    stats: Sequence[ObjectStat],
    at: datetime,
    leftover: bool,
    adopt: bool,
) -> list[RecordingJob]:
    """Link objects in the store, none of which is known, to the recordings of their call; return those.

    With `leftover` the only one that remains is linked to the only recording that remains, whatever its name; with
    `adopt` those that no recording awaits become recordings of their own.
    """
    found, made = LockedRecordings(subject), []
    files: Sequence[File] = found.files()
    for stat in stats:
        location = location_of(destination, stat.key)
        file = find(files, location, found.jobs)
        job = file.job if file is not None else found.add(RecordingJob(origin=Origin.ADOPTED))
        if job.available_at is None:
            job.available_at = at
            job.destination, job.key = destination, stat.key
            job.format = stat.key.rpartition(".")[2][:10] or job.format
        made.append(job)
    found.pair(leftover=leftover, adopt=adopt)
    linked = [found.current(job) for job in made]
    found.update()
    kept = [job for job in linked if job in found.jobs]
    for job in kept:
        examine(job)
    return kept


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
