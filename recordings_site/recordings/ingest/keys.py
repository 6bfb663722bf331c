"""Where in the store a recording's audio and transcript may lie: as asked for first, then as else it may be spelled."""

from collections.abc import Iterator

from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.reported import ReportedLocation, parse_reported_location
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.uploads.destination_url import transcript_key
from recordings_site.sinch.uploads.object_keys import spellings
from recordings_site.storage import ObjectMissing, ObjectStat, Store, first_stat


def keys_of_audio(job: RecordingJob) -> tuple[str, ...]:
    """The keys of a recording's file in its destination, the likeliest first; empty while none is known."""
    here = job.destination
    return tuple(key for there, key in places_of_audio(job) if here is not None and there.location == here.location)


def places_of_audio(job: RecordingJob) -> list[tuple[Destination, str]]:
    """Where a recording's file may lie: as asked for, else as Sinch reported it, if a destination covers that."""
    reported = parse_reported_location(job.reported_destination)
    return list(dict.fromkeys(_places_of_audio(job, reported)))


def _places_of_audio(job: RecordingJob, reported: ReportedLocation) -> Iterator[tuple[Destination, str]]:
    if job.destination is not None:
        if job.key:
            yield from ((job.destination, key) for key in (job.key, *spellings(job.key)))
        elif reported.key and not reported.is_full:
            # Sinch made the name, and reported that alone: it lies in the folder that was asked for.
            yield from ((job.destination, key) for key in spellings(job.folder + reported.key.rpartition("/")[2]))
    if reported.destination is not None:
        yield from ((reported.destination, key) for key in reported.keys)


def find_audio(job: RecordingJob) -> tuple[Destination, ObjectStat] | None:
    """What lies at the first of them, None when nothing does. Raises StoreError."""
    for destination, key in places_of_audio(job):
        stat = first_stat(destination.read_store(), [key])
        if stat is not None:
            return destination, stat
    return None


def stat_audio(job: RecordingJob, store: Store) -> ObjectStat:
    """What lies at the first of them. Raises ObjectMissing when nothing does."""
    stat = first_stat(store, keys_of_audio(job))
    if stat is None:
        raise ObjectMissing(job.key)
    return stat


def places_of_transcript(job: RecordingJob) -> list[tuple[Destination, str]]:
    """Where a recording's transcript may lie: as Sinch reported it in full, else beside the recording."""
    reported = parse_reported_location(job.reported_transcript_destination)
    return list(dict.fromkeys(_places_of_transcript(job, reported)))


def _places_of_transcript(job: RecordingJob, reported: ReportedLocation) -> Iterator[tuple[Destination, str]]:
    if reported.destination is not None:
        yield from ((reported.destination, key) for key in reported.keys)
    if job.destination is None:
        return
    beside = transcript_key(job.key) if job.key else ""
    if not beside and reported.key and not reported.is_full:
        beside = job.folder + reported.key.rpartition("/")[2]
    yield from ((job.destination, key) for key in spellings(beside))


def find_transcript(job: RecordingJob) -> tuple[Store, ObjectStat] | None:
    """The store of a recording's transcript and what lies there, None when there is none yet. Raises StoreError."""
    for destination, key in places_of_transcript(job):
        store = destination.read_store()
        if (stat := first_stat(store, [key])) is not None:
            return store, stat
    return None
