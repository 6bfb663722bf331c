"""Where in the store a recording's audio and transcript may lie: as asked for first, then as else it may be spelled."""

from collections.abc import Iterator

from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.reported import ReportedLocation, parse_reported_location
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.destination_url import transcript_key
from recordings_site.sinch.object_keys import spellings
from recordings_site.storage import ObjectMissing, ObjectStat, Store, first_stat


def keys_of_audio(job: RecordingJob) -> tuple[str, ...]:
    """The keys of a recording's file, the likeliest first; empty while none is known."""
    if not job.key:
        return ()
    reported = parse_reported_location(job.reported_destination)
    there = reported.keys if reported.destination is not None and _is_same(reported.destination, job) else ()
    return tuple(dict.fromkeys((job.key, *spellings(job.key), *there)))


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


def find_transcript(job: RecordingJob) -> tuple[Store, str] | None:
    """The store and key of a recording's transcript, None when there is none yet. Raises StoreError."""
    for destination, key in places_of_transcript(job):
        store = destination.read_store()
        if first_stat(store, [key]) is not None:
            return store, key
    return None


def _is_same(destination: Destination, job: RecordingJob) -> bool:
    here = job.destination
    return here is not None and here.location == destination.location
