"""Finds the recording that a notification is about, by the location it reports, without fetching it."""

import re
from collections.abc import Sequence

from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.recordings.lifecycle.reported import ReportedLocation, nearest
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.sinch.object_keys import canonical, stem

Subject = Call | ConferenceSession


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
    name = stem(reported.key).rsplit("/", 1)[-1]
    if not name:
        return None
    # The place is compared below; here few rows are found by what no encoding changes.
    plain = re.split(r"[^A-Za-z0-9_-]", name)
    jobs = RecordingJob.objects.filter(
        conference_session__application=application_id,
        conference_session__conference_id=conference_id,
        key__contains=max(plain, key=len),
    ).select_related("conference_session", "destination")
    found = nearest(jobs.order_by("-happened_at"), reported, stem=True)
    return found.conference_session if found is not None else None


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
        column = "reported_transcript_destination" if stem else "reported_destination"
        if same := [job for job in jobs if getattr(job, column) == reported.text[:1024]]:
            return same[0]
        if (found := nearest(jobs, reported, stem=stem)) is not None:
            return found
        nameless = [j for j in jobs if not j.key and not getattr(j, column) and _lies_in(j, reported)]
        if len(nameless) == 1:
            return nameless[0]
    if stem:
        lacking = [j for j in jobs if j.transcript_available_at is None]
    else:
        lacking = [j for j in jobs if j.available_at is None and j.reported_at is None]
    return lacking[0] if len(lacking) == 1 and len(jobs) == 1 else None


def _lies_in(job: RecordingJob, reported: ReportedLocation) -> bool:
    if not reported.is_full:
        return True
    return canonical(reported.key).rpartition("/")[0] == canonical(job.folder).rstrip("/")
