"""Looks for files without a notification and marks them late or missing.

Sinch's notifications may be lost or switched off, and it sends none for failures.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from recordings_site.calls.models import LONGEST_CALL, Call
from recordings_site.recordings.ingest import actions
from recordings_site.recordings.ingest.keys import find_audio, find_transcript, places_of_transcript
from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.lifecycle.actions import objects_found
from recordings_site.recordings.models import LOOKED_FOR, OverdueCode, OverdueKind, RecordingJob, State
from recordings_site.sinch.uploads import destination_url
from recordings_site.storage import ObjectStat, Store, iter_objects
from recordings_site.tasks.registry import enqueue


def look_for_recording(recording_id: UUID | str, *, since: datetime) -> datetime | None:
    """Look for a recording's object; `since`: when the waiting began.

    Returns when to look again, None when there is nothing more to look for. Raises StoreError.
    """
    job = RecordingJob.objects.select_related("destination", "call", "conference_session").get(pk=recording_id)
    if job.state not in LOOKED_FOR or not (job.destination or job.reported_destination):
        return None
    now = timezone.now()
    if (found := find_audio(job)) is not None:
        destination, stat = found
        objects.mark_available(job.pk, stat=stat, at=now, destination=destination)
        return None
    if _link_generated(job, at=now):
        return None
    waited = now - since
    if job.reported_destination:
        # Sinch has written it, and not where it was asked to: there a copy of it may still appear.
        objects.mark_elsewhere(job.pk, at=now)
        return now + max(timedelta(minutes=1), waited / 4) if waited < objects.missing_after() else None
    if waited >= objects.late_after():
        missing = waited >= objects.missing_after()
        kind, after = (
            (OverdueKind.MISSING, objects.missing_after()) if missing else (OverdueKind.LATE, objects.late_after())
        )
        values = {"minutes": after // timedelta(minutes=1)}
        objects.mark_overdue(job.pk, kind=kind, code=OverdueCode.NOT_WRITTEN, values=values, at=now)
        if missing:
            return None
    return _next(now, since, objects.late_after())


def look_for_transcript(recording_id: UUID | str, *, since: datetime) -> datetime | None:
    """Look for a requested transcript; arguments and result are those of `look_for_recording`."""
    job = RecordingJob.objects.select_related("destination").get(pk=recording_id)
    if job.transcript_available_at is not None or job.deleted_at is not None or not places_of_transcript(job):
        return None
    now = timezone.now()
    if find_transcript(job) is not None:
        objects.mark_transcript_available(job.pk, at=now)
        return None
    late_after = timedelta(minutes=settings.TRANSCRIPT_LATE_AFTER_MINUTES)
    if now - since >= late_after:
        actions.mark_transcript_overdue(job.pk)
    return None if now - since >= objects.missing_after() else _next(now, since, late_after)


def enqueue_calls_without_end(limit: int = 1000) -> int:
    """Queue the search for recordings of calls that must have ended although no DiCE was received."""
    open_since = timezone.now() - LONGEST_CALL
    calls = Call.objects.filter(dice_received_at=None, ice_received_at__lt=open_since)
    waiting = RecordingJob.objects.filter(
        call__in=calls, state__in=(State.EXPECTED, State.RECORDING), available_at=None, overdue_since=None
    ).values_list("pk", flat=True)[:limit]
    for recording_id in waiting:
        enqueue("recording.look", recording_id)
    return len(waiting)


def _next(now: datetime, since: datetime, late_after: timedelta) -> datetime:
    """Return when to look again: when it becomes late, then at growing intervals."""
    late_at = since + late_after
    return late_at if now < late_at else now + max(timedelta(minutes=5), (now - since) / 4)


def _link_generated(job: RecordingJob, *, at: datetime) -> bool:
    """Link the objects in the folder whose generated names have the call or conference id; whether one is this job's.

    All of them are linked together: which one belongs to which part of the call follows from the order of their dates.
    """
    subject = job.call or job.conference_session
    if job.key or job.destination is None or subject is None:
        return False
    stats = list(_generated(job, job.destination.read_store()))
    if not stats:
        return False
    linked = objects_found(subject, destination=job.destination, stats=stats, at=at, leftover=False, adopt=False)
    return job.pk in {each.pk for each in linked}


def _generated(job: RecordingJob, store: Store) -> Iterator[ObjectStat]:
    """Yield the objects in the recording's folder that Sinch named after its call or conference."""
    if job.call is not None:
        named = job.call.call_id
        days = (job.happened_at, job.happened_at + timedelta(days=1))
        prefixes = [f"{job.folder}{day:%Y%m%d}" for day in days]
    else:  # no date in its name
        named, prefixes = job.conference_session.conference_id if job.conference_session else "", [job.folder]
    for prefix in prefixes:
        for stat in iter_objects(store, prefix):
            name = destination_url.parse_generated_name(stat.key)
            if name is not None and not name.transcript and name.call_id == named:
                yield stat
