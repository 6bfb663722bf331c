"""Finds the recordings of a call or conference, and the session that a notification is about."""

import re

from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.recordings.lifecycle.reported import ReportedLocation, nearest
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.sinch.uploads.object_keys import stem

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
