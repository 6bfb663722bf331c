"""Decides which of a call's files is that of which requested recording, from all of them at once.

Reports and requests come in any order, and a name that Sinch made does not say for which request. So this is decided
again whenever one of them is added, and the result depends on what is known, not on when it became known.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from recordings_site.recordings.lifecycle.files import File
from recordings_site.recordings.lifecycle.reported import distance
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.uploads.object_keys import canonical

# By how much the clock of the date in a generated name may be behind ours.
CLOCK_TOLERANCE = timedelta(seconds=10)

Pairs = Mapping[UUID, File]


def pair(requested: Sequence[RecordingJob], files: Sequence[File], *, leftover: bool = True) -> Pairs:
    """Return the file of each requested recording that has one, by the recording's id.

    In order: the very place that was requested; in a folder in which Sinch makes the names, by the order of dates; and,
    with `leftover`, the only file that remains for the only recording that remains, as Sinch does not say whether it
    reports the URL as requested.
    """
    pairs: dict[UUID, File] = {}
    left = sorted(files, key=lambda file: file.order)
    _pair_places(requested, left, pairs)
    _pair_generated([job for job in requested if job.pk not in pairs], _free(left, pairs), pairs)
    free, lacking = _free(left, pairs), [job for job in requested if job.pk not in pairs]
    if leftover and len(free) == len(lacking) == 1:
        pairs[lacking[0].pk] = free[0]
    return pairs


def _free(files: Sequence[File], pairs: Pairs) -> list[File]:
    taken = {id(file) for file in pairs.values()}
    return [file for file in files if id(file) not in taken]


def _pair_places(requested: Sequence[RecordingJob], files: Sequence[File], pairs: dict[UUID, File]) -> None:
    """Pair what lies where it was requested, the best spelling first."""
    found = [
        (far, index, job, file)
        for index, file in enumerate(files)
        for job in requested
        if job.asked_key and (far := _distance(file, job)) is not None
    ]
    taken: set[int] = set()
    for _, _, job, file in sorted(found, key=lambda each: each[:2]):
        if job.pk not in pairs and id(file) not in taken:
            pairs[job.pk] = file
            taken.add(id(file))


def _distance(file: File, job: RecordingJob) -> int | None:
    """How far the best spelling of a file's places is from the requested one; None for another place."""
    found = (distance(each, job, stem=True) for each in file.locations)
    return min((far for far in found if far is not None), default=None)


def _pair_generated(requested: Sequence[RecordingJob], files: Sequence[File], pairs: dict[UUID, File]) -> None:
    """Pair the recordings for which a folder was requested with the files in it, both by their dates."""
    folders: dict[tuple[int | None, str], list[RecordingJob]] = defaultdict(list)
    for job in requested:
        if not job.asked_key and job.asked_destination_id is not None:
            folders[job.asked_destination_id, canonical(job.folder).rstrip("/")].append(job)
    for place, jobs in sorted(folders.items(), key=lambda each: str(each[0])):
        jobs.sort(key=lambda job: (job.expected_at or job.happened_at, job.ordinal))
        here = [file for file in _free(files, pairs) if _lies_in(file, *place)]
        pairs.update((jobs[index].pk, file) for index, file in _in_order(jobs, here))


def _in_order(jobs: Sequence[RecordingJob], files: Sequence[File]) -> list[tuple[int, File]]:
    """Give each of these files, ordered by date, the index of its recording; the order of both is kept.

    What the date means is not published: the recording's start, its end, or when it was written. All lie after the
    recording's request and, unless parts are missing, before that of the next one.
    """
    chosen, after = [], len(jobs)
    for position in reversed(range(min(len(files), len(jobs)))):
        made = files[position].generated
        by_date = _requested_before(jobs, made.when if made else None)
        after = max(position, min(after - 1, by_date))
        chosen.append((after, files[position]))
    return chosen


def _requested_before(jobs: Sequence[RecordingJob], when: datetime | None) -> int:
    """The index of the last recording that was requested by this time, of those that were requested together the first.

    0 when none was, or when there is no date.
    """
    times = [job.expected_at or job.happened_at for job in jobs]
    latest = max((each for each in times if when is not None and each <= when + CLOCK_TOLERANCE), default=times[0])
    return times.index(latest)


def _lies_in(file: File, destination_id: int | None, folder: str) -> bool:
    return any(
        not place.kind or (destination_id in here and canonical(place.key).rpartition("/")[0] == folder)
        for each in file.locations
        for place, here in each.located
    )
