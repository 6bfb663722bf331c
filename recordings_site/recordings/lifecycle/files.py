"""Reads which file each recording of a call or conference stands for, by the places at which it is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.reported import ReportedLocation, location_of, parse_reported_location
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch.uploads import object_keys
from recordings_site.sinch.uploads.destination_url import GeneratedName, parse_generated_name
from recordings_site.sinch.uploads.store_hosts import Place

_UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(eq=False)
class File:
    """A file that was reported or found, with its transcript: the recording that stands for it, and its places."""

    job: RecordingJob
    locations: Sequence[ReportedLocation]

    @property
    def generated(self) -> GeneratedName | None:
        """What its name says, if Sinch made that."""
        names = (parse_generated_name(each.key) for each in self.locations)
        return next((name for name in names if name is not None), None)

    @property
    def names(self) -> frozenset[str]:
        """Its names, without their folders and what tells a recording from its transcript."""
        return frozenset(object_keys.stem(each.key).rpartition("/")[2] for each in self.locations if each.key)

    @property
    def order(self) -> tuple[datetime, str]:
        """Its place among the files of a call: by the date in its name, files without one last."""
        name = self.generated
        return (name.when if name and name.when else _UNDATED, min(self.names, default=""))

    def is_at(self, reported: ReportedLocation) -> bool:
        """Whether a report is about it, or about its transcript: the same store, and the same name but for the end."""
        return any(_is_same_file(one, reported) for one in self.locations)


def is_requested(job: RecordingJob) -> bool:
    """Whether somebody requested the recording, rather than that its file was merely reported or found."""
    return job.origin != Origin.ADOPTED


def has_file(job: RecordingJob) -> bool:
    """Whether a file, or a transcript, of the recording was reported or found."""
    return any(at is not None for at in (job.reported_at, job.available_at, job.transcript_available_at))


def file_of(job: RecordingJob, destinations: Sequence[Destination]) -> File:
    """The file for which a recording stands."""
    found = []
    if job.destination_id is not None and job.key and (job.available_at or not _reported(job)):
        found += [location_of(each, job.key) for each in destinations if each.pk == job.destination_id]
    found += [parse_reported_location(text, destinations) for text in _reported(job)]
    return File(job, found)


def _reported(job: RecordingJob) -> list[str]:
    return [text for text in (job.reported_destination, job.reported_transcript_destination) if text]


def find(files: Sequence[File], reported: ReportedLocation, requested: Iterable[RecordingJob]) -> File | None:
    """Return the file that a report is about: the one that is spelled like it, else one that is spelled alike.

    None also when it is spelled exactly as one of the recordings was requested: then it is that one's.
    """
    alike = [each for each in files if each.is_at(reported)]
    for file in alike:
        if reported.key in {each.key for each in file.locations}:
            return file
    if not alike or any(job.asked_key == reported.key != "" and job is not alike[0].job for job in requested):
        return None
    return alike[0]


def _is_same_file(one: ReportedLocation, other: ReportedLocation) -> bool:
    return any(
        _is_same_place(first, here, second, there) for first, here in one.located for second, there in other.located
    )


def _is_same_place(first: Place, here: frozenset[int], second: Place, there: frozenset[int]) -> bool:
    one, other = object_keys.stem(first.key), object_keys.stem(second.key)
    if not (first.kind and second.kind):
        # Of one of them only a name is known, or the end of a path.
        return object_keys.is_named_by(one, other) or object_keys.is_named_by(other, one)
    same_store = bool(here & there) or _store(first) == _store(second)
    return same_store and one == other


def _store(place: Place) -> tuple[str, str, str]:
    return place.kind, place.account.lower(), place.bucket
