"""Finds the recording that a notification is about, by the location it reports, without fetching it."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.sinch import destination_url
from recordings_site.sinch.destination_url import DestinationUrl
from recordings_site.sinch.errors import DestinationUrlError

Subject = Call | ConferenceSession


@dataclass(frozen=True)
class ReportedLocation:
    """A reported location: its text, and what was understood of it. `place` is None for text that is no location."""

    text: str
    place: DestinationUrl | None
    destination: Destination | None

    @property
    def key(self) -> str:
        """The key, with its folder where that is reported."""
        return self.place.key if self.place else ""

    @property
    def is_full(self) -> bool:
        """Whether it names store and bucket, not only a file."""
        return self.place is not None and self.place.kind != ""


def parse_reported_location(text: str) -> ReportedLocation:
    """Parse the `destination` of a notification, and match it to a configured destination."""
    try:
        place = destination_url.parse_reported(text)
    except DestinationUrlError:
        return ReportedLocation(text, None, None)
    return ReportedLocation(text, place, destination_of(place) if place.kind else None)


def destination_of(place: DestinationUrl) -> Destination | None:
    """Return the configured destination of a location: the one with the longest prefix of its key."""
    found = Destination.objects.filter(kind=place.kind, account=place.account, bucket=place.bucket)
    return max((d for d in found if place.key.startswith(d.prefix)), key=lambda d: (len(d.prefix), -d.pk), default=None)


def jobs_of(subject: Subject) -> RecordingJobQuerySet:
    """Return the recordings of a call or conference session, in their order."""
    jobs = RecordingJob.objects.order_by("ordinal")
    return jobs.filter(call=subject) if isinstance(subject, Call) else jobs.filter(conference_session=subject)


def locked_jobs(subject: Subject) -> list[RecordingJob]:
    """Return the recordings of a call or conference session, locked against concurrent changes."""
    jobs = jobs_of(subject).order_by().select_for_update()
    return sorted(jobs, key=lambda job: job.ordinal)


def session_of_object(application_id: int, conference_id: str, reported: ReportedLocation) -> ConferenceSession | None:
    """Return the session of the conference that was to be recorded, or transcribed, at the reported location."""
    if not reported.key:
        return None
    stem = destination_url.recording_stem(reported.key)
    jobs = RecordingJob.objects.filter(
        conference_session__application=application_id,
        conference_session__conference_id=conference_id,
        **({"key__startswith": stem} if reported.is_full else {"key__contains": stem}),
    ).select_related("conference_session", "destination")
    for job in jobs.order_by("-happened_at"):
        if _same_object(job, reported, stem=True):
            return job.conference_session
    return None


def match_recording(jobs: Sequence[RecordingJob], reported: ReportedLocation) -> RecordingJob | None:
    """Return the recording of a call or conference whose audio is at the reported location, or None if none was
    requested. The jobs must be locked, as the match is changed.

    In order: the same object; a generated name in the requested folder; the only job without an object, as Sinch does
    not say whether it reports the URL as requested.
    """
    return _match(jobs, reported, stem=False)


def match_transcript(jobs: Sequence[RecordingJob], reported: ReportedLocation) -> RecordingJob | None:
    """Return the one whose transcript is at the reported location (the recording's stem plus "-transcript.json")."""
    return _match(jobs, reported, stem=True)


def _match(jobs: Sequence[RecordingJob], reported: ReportedLocation, *, stem: bool) -> RecordingJob | None:
    if reported.key:
        for job in jobs:
            if job.key and _same_object(job, reported, stem=stem):
                return job
        nameless = [j for j in jobs if not j.key and _lies_in(j, reported)]
        if len(nameless) == 1:
            return nameless[0]
    if stem:
        lacking = [j for j in jobs if j.transcript_available_at is None]
    else:
        lacking = [j for j in jobs if j.available_at is None]
    return lacking[0] if len(lacking) == 1 and len(jobs) == 1 else None


def _same_object(job: RecordingJob, reported: ReportedLocation, *, stem: bool) -> bool:
    key, reported_key = job.key, reported.key
    if stem:
        key, reported_key = destination_url.recording_stem(key), destination_url.recording_stem(reported_key)
    if not reported.is_full:
        # A bare name or path: compare as much of the key's end as is told.
        return key == reported_key or key.endswith("/" + reported_key)
    place = reported.place
    if key != reported_key or place is None:
        return False
    if reported.destination is not None and job.destination_id == reported.destination.pk:
        return True
    found = job.destination
    return found is not None and (found.kind, found.account, found.bucket) == (place.kind, place.account, place.bucket)


def _lies_in(job: RecordingJob, reported: ReportedLocation) -> bool:
    if not reported.is_full:
        return True
    return reported.key.rpartition("/")[0] == job.folder.rstrip("/")
