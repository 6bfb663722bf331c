"""The recordings of one call or conference session, locked, changed together and saved once."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from recordings_site.calls.models import Call
from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle import merging
from recordings_site.recordings.lifecycle.derive_state import derive_from_call, derive_from_session
from recordings_site.recordings.lifecycle.files import File, file_of, has_file, is_requested
from recordings_site.recordings.lifecycle.matching import Subject, locked_jobs
from recordings_site.recordings.lifecycle.pairing import pair
from recordings_site.recordings.lifecycle.reported import all_destinations, distance
from recordings_site.recordings.lifecycle.shortness import derive_shortness
from recordings_site.recordings.models import Origin, RecordingJob, Transcript
from recordings_site.tasks.registry import enqueue

# Sinch uploads after the call has ended: the worker looks for the file this long after, without a notification.
LOOK_AFTER = timedelta(minutes=3)
# No call has so many recordings; ordinals are moved out of the way by this much.
_FREE_ORDINALS = 10_000


class LockedRecordings:
    """The recordings of a call or conference session. `update` saves what was changed."""

    def __init__(self, subject: Subject, destinations: Sequence[Destination] = ()) -> None:
        """Lock them. `destinations` are `reported.all_destinations()`, if those were read already."""
        self.subject = subject
        self._destinations = destinations
        self.jobs = locked_jobs(subject)
        self._before = {job.pk: _columns(job) for job in self.jobs}
        # Those that got another file: what follows from it has to be found out.
        self._moved: set[UUID] = set()
        self._merged: dict[UUID, RecordingJob] = {}
        self._split: set[UUID] = set()

    def add(self, job: RecordingJob) -> RecordingJob:
        """Add a recording, the last one of the call."""
        job.ordinal = 1 + max((other.ordinal for other in self.jobs), default=0)
        self.jobs.append(job)
        return job

    def claim(self, places: Iterable[tuple[int, str]]) -> None:
        """Take what was found or reported at these places (destination, key) before it was known for which call."""
        found = Q(pk=None)
        for destination_id, key in places:
            found |= Q(destination=destination_id, key=key)
        rows = RecordingJob.objects.filter(found, origin=Origin.ADOPTED).exclude(pk__in=[job.pk for job in self.jobs])
        for job in rows.select_for_update():
            self._before[job.pk] = _columns(job)
            job.call = job.conference_session = None
            self.add(job)

    def current(self, job: RecordingJob) -> RecordingJob:
        """The recording that a recording was merged into, or itself."""
        while job.pk in self._merged:
            job = self._merged[job.pk]
        return job

    def files(self) -> list[File]:
        """The files for which these recordings stand."""
        jobs = [job for job in self.jobs if has_file(job)]
        if jobs and not self._destinations:
            self._destinations = all_destinations()
        return [file_of(job, self._destinations) for job in jobs]

    def pair(self, *, leftover: bool = True, adopt: bool = True) -> None:
        """Give each requested recording its file, as far as all that is known now tells which one that is.

        A file of none of them stays, or becomes, a recording of its own; with `adopt=False` a new one is left out.
        """
        files = self.files()
        requested = [job for job in self.jobs if is_requested(job)]
        pairs = pair(requested, files, leftover=leftover)
        own = {file.job.pk: file for file in files}
        for file in files:
            if is_requested(file.job) and pairs.get(file.job.pk) is not file:
                self._detach(file)
        for job in requested:
            if job.pk in pairs and pairs[job.pk].job is not job:
                self._merge(pairs[job.pk], job)
        self._join_transcripts()
        self._moved |= {pk for pk in pairs if pairs.get(pk) is not own.get(pk)}
        if not adopt:
            self.jobs = [job for job in self.jobs if not (job._state.adding and not is_requested(job))]

    def _join_transcripts(self) -> None:
        """Join a transcript that is stored apart from its recording to the only one of that name."""
        files = self.files()
        for lone in files:
            if is_requested(lone.job) or _has_audio(lone.job):
                continue
            named = [each.job for each in files if _has_audio(each.job) and each.names & lone.names]
            if len(named) == 1 and named[0].transcript_available_at is None:
                self._merge(lone, named[0])

    def _detach(self, file: File) -> None:
        job, file.job = file.job, merging.split(file.job)
        file.job.happened_at = job.happened_at
        self._split.add(file.job.pk)
        self.add(file.job)

    def _merge(self, file: File, job: RecordingJob) -> None:
        source, file.job = file.job, job
        at_requested_place = any(distance(each, job) is not None for each in file.locations)
        keeps_place = _has_audio(job) or (bool(job.asked_key) and at_requested_place)
        has_history = source.pk in self._before or source.pk in self._split
        merging.merge(source, job, keeps_place=keeps_place, has_history=has_history)
        self.jobs.remove(source)
        self._merged[source.pk] = job

    def update(self) -> None:
        """Derive the states, save what changed, and schedule the tasks that follow."""
        for job in self.jobs:
            attribute(job, self.subject)
        self._order()
        if isinstance(self.subject, Call):
            derive_from_call(self.subject, self.jobs)
            derive_shortness(self.subject, self.jobs)
        else:
            derive_from_session(self.subject, self.jobs)
        looked_for, reindexed = [], []
        for job in self.jobs:
            before, after = self._before.get(job.pk), _columns(job)
            if before is None:
                job.save(force_insert=True)
            elif changed := [name for name, value in after.items() if value != before[name]]:
                job.save(update_fields=changed)
                if "number_id" in changed or "happened_at" in changed:
                    reindexed.append(job.pk)
            if job.finished_at is not None and not (before and before["finished_at"]) and job.available_at is None:
                looked_for.append(job.pk)
        if looked_for:
            # Timers run from receipt, not from the event's own time, which may lie in the past.
            enqueue("recording.look", *looked_for, at=timezone.now() + LOOK_AFTER)
        if reindexed:
            # Number and time decide who finds it, and where among the hits.
            transcribed = Transcript.objects.filter(recording__in=reindexed).values_list("recording_id", flat=True)
            enqueue("transcript.index", *transcribed)
        for job in self.jobs:
            if job.pk in self._moved | self._split and has_file(job):
                examine(job)

    def _order(self) -> None:
        """Number the recordings: those that were requested in the order of their requests, then the others."""
        ordered = sorted(self.jobs, key=_order_of)
        if [job.ordinal for job in ordered] == [*range(1, len(ordered) + 1)]:
            return
        saved = [job.pk for job in ordered if job.pk in self._before]
        RecordingJob.objects.filter(pk__in=saved).update(ordinal=F("ordinal") + _FREE_ORDINALS)
        for ordinal, job in enumerate(ordered, 1):
            job.ordinal = ordinal
            if job.pk in self._before:
                self._before[job.pk]["ordinal"] = None


def _has_audio(job: RecordingJob) -> bool:
    return job.reported_at is not None or job.available_at is not None


def _order_of(job: RecordingJob) -> tuple[bool, object, int]:
    return (not is_requested(job), job.expected_at or job.happened_at, job.ordinal)


def examine(job: RecordingJob) -> None:
    """Schedule what finds out about the file of a recording: its inspection, else the search for it."""
    if job.available_at is None and job.reported_at is not None:
        enqueue("recording.look", job.pk)
    elif job.available_at is not None and job.destination_id is not None and job.key:
        enqueue("recording.inspect", job.pk)
    if job.transcript_available_at is not None and job.destination_id is not None:
        enqueue("transcript.load", job.pk)


def _columns(job: RecordingJob) -> dict[str, object]:
    """Return the loaded columns of a row."""
    return {
        field.attname: vars(job)[field.attname] for field in job._meta.concrete_fields if field.attname in vars(job)
    }


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
