"""Stores what was found out about a recording's file: its version, and whether it is late, missing or deleted."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.derive_state import update_state
from recordings_site.recordings.models import (
    AWAITED,
    AudioIndex,
    DeletedCode,
    OverdueCode,
    OverdueKind,
    Problem,
    RecordingJob,
)
from recordings_site.storage import ObjectStat
from recordings_site.tasks.registry import enqueue

ELSEWHERE = "alert.recording.elsewhere"
ALERT_EVERY = timedelta(hours=1)


@transaction.atomic
def record_object_version(*, recording: RecordingJob, stat: ObjectStat) -> None:
    """Store the version in the store; a replaced one is audited and shown."""
    row = RecordingJob.objects.select_for_update(of=("self",)).get(pk=recording.pk)
    if (row.etag, row.size) == (stat.etag, stat.size):
        return
    if row.etag:
        enqueue("recording.inspect", row.pk)
        row.problem_code, row.problem_values = "", {}
    if row.etag and row.size:  # what was empty was not replaced, but filled
        seen = {"seen": row.checked_at.isoformat()} if row.checked_at else {}
        row.problem_code, row.problem_values = (
            Problem.REPLACED,
            {"at": (stat.modified or timezone.now()).isoformat(), **seen},
        )
        row.duration, row.audio = None, {}
        AudioIndex.objects.filter(recording=row).delete()
        audit.record(
            by=None,
            action="recording.replaced",
            subject=row,
            data={"before": {"etag": row.etag, "size": row.size}, "after": {"etag": stat.etag, "size": stat.size}},
        )
    row.size, row.etag, row.version, row.modified_at = stat.size, stat.etag, stat.version, stat.modified
    row.content_type = stat.content_type[:100]
    row.save()


@transaction.atomic
def mark_available(
    recording_id: UUID, *, stat: ObjectStat, at: datetime, destination: Destination | None = None
) -> RecordingJob:
    """Mark the file as available, with or without a notification, and queue its inspection.

    `destination` is where it was found, unless that is where it was asked for.
    """
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if job.available_at is None:
        job.destination_id = destination.pk if destination is not None else job.destination_id
        if _is_of_another(job, stat.key):
            return job
        job.available_at = at
        job.key = stat.key
        update_state(job)
        job.save()
        enqueue("recording.inspect", job.pk)
    return job


@transaction.atomic
def mark_all_available(recording_ids: Collection[UUID], *, at: datetime) -> None:
    """Mark files as available that lie where their rows say, as `mark_available` does one."""
    jobs = list(RecordingJob.objects.select_for_update().filter(pk__in=recording_ids, available_at=None))
    for job in jobs:
        job.available_at = at
        update_state(job)
    changed = ["available_at", "finished_at", "state"]
    changed += ["overdue_since", "overdue_kind", "overdue_code", "overdue_values"]
    RecordingJob.objects.bulk_update(jobs, changed, batch_size=200)
    enqueue("recording.inspect", *(job.pk for job in jobs))


@transaction.atomic
def mark_elsewhere(recording_id: UUID, *, at: datetime) -> RecordingJob:
    """Mark a file that Sinch reported as stored where no destination of ours is, and alert."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if job.elsewhere_at is None and job.available_at is None:
        job.elsewhere_at = at
        update_state(job)
        job.save()
        alert_elsewhere(job)
    return job


def alert_elsewhere(job: RecordingJob) -> None:
    """Alert of a recording stored elsewhere, once an hour: a bucket that is missing here concerns each call."""
    recent = AuditEvent.objects.filter(action=ELSEWHERE, at__gte=timezone.now() - ALERT_EVERY)
    if not recent.exists():
        audit.record(by=None, action=ELSEWHERE, subject=job, data={"reported": job.reported_destination})


@transaction.atomic
def correct_key(recording_id: UUID, *, key: str) -> bool:
    """Keep under which spelling of its key a recording's file lies; False when that key is another recording's."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if _is_of_another(job, key):
        return False
    job.key = key
    job.save(update_fields=("key",))
    return True


def _is_of_another(job: RecordingJob, key: str) -> bool:
    return RecordingJob.objects.filter(destination=job.destination_id, key=key).exclude(pk=job.pk).exists()


@transaction.atomic
def mark_transcript_available(recording_id: UUID, *, at: datetime, found_at: str = "") -> RecordingJob:
    """Mark the transcript as available, with or without a notification, and queue its loading.

    `found_at`: the URL of its place, where that is not the one that Sinch would give it.
    """
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if job.transcript_available_at is None:
        job.transcript_available_at = at
        job.reported_transcript_destination = job.reported_transcript_destination or found_at[:1024]
        job.save(update_fields=("transcript_available_at", "reported_transcript_destination"))
        enqueue("transcript.load", job.pk)
    return job


@transaction.atomic
def mark_all_transcripts_available(recording_ids: Collection[UUID], *, at: datetime) -> int:
    """Mark transcripts as available that lie beside their recordings; return how many were not known to be."""
    waiting = RecordingJob.objects.filter(pk__in=recording_ids, transcript_available_at=None)
    new = list(waiting.select_for_update().values_list("pk", flat=True))
    RecordingJob.objects.filter(pk__in=new).update(transcript_available_at=at)
    enqueue("transcript.load", *new)
    return len(new)


@transaction.atomic
def mark_overdue(
    recording_id: UUID, *, kind: OverdueKind, code: OverdueCode, values: Mapping[str, Any], at: datetime
) -> RecordingJob:
    """Mark a file as late or missing; its arrival clears this. A missing one does not become late again."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    given_up = job.overdue_kind == OverdueKind.MISSING and kind == OverdueKind.LATE
    if job.state in AWAITED and not given_up:
        job.overdue_since = job.overdue_since or at
        job.overdue_kind, job.overdue_code, job.overdue_values = kind, code, values
        job.save(update_fields=("overdue_since", "overdue_kind", "overdue_code", "overdue_values"))
    return job


@transaction.atomic
def mark_deleted(
    recording_id: UUID, *, by: User | None, code: DeletedCode, values: Mapping[str, Any], at: datetime
) -> RecordingJob:
    """Mark a file as deleted from the store."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if job.deleted_at is None:
        job.deleted_at = at
        job.deleted_code, job.deleted_values = code, values
        update_state(job)
        job.save()
        audit.record(by=by, action="recording.deleted", subject=job, data={"code": code, **values})
    return job


@transaction.atomic
def mark_restored(recording_id: UUID) -> RecordingJob:
    """Mark a deleted file as found again."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    if job.deleted_at is not None:
        job.deleted_at, job.deleted_code, job.deleted_values = None, "", {}
        update_state(job, allow_regression=True)
        job.save()
        audit.record(by=None, action="recording.returned", subject=job)
    return job


def late_after() -> timedelta:
    """Return how long after a call's end its recording is late."""
    return timedelta(minutes=settings.LATE_AFTER_MINUTES)


def missing_after() -> timedelta:
    """Return how long after a call's end its recording is missing."""
    return timedelta(minutes=settings.MISSING_AFTER_MINUTES)
