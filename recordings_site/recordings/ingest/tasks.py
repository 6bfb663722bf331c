"""The tasks of this room: inspect an object, load and index a transcript, look for files that nobody announced."""

from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.destinations.models import Destination
from recordings_site.recordings.ingest import elsewhere, inspect, late_or_missing, transcripts
from recordings_site.tasks.registry import Task, task

# An object that is empty is looked at again, ever more rarely, for this long.
_FILLED_WITHIN = timedelta(days=2)


@task("recording.inspect")
def inspect_recording(job: Task) -> datetime | None:
    """Inspect the recording `job.subject`."""
    now = timezone.now()
    waited = now - job.created_at
    if inspect.inspect(job.subject) and waited < _FILLED_WITHIN:
        return now + max(timedelta(minutes=1), waited / 4)
    return None


@task("transcript.load")
def load_transcript(job: Task) -> None:
    """Load the transcript of the recording `job.subject`."""
    transcripts.load(job.subject)


@task("transcript.index")
def index_transcript(job: Task) -> None:
    """Index the transcript of the recording `job.subject`."""
    transcripts.index(job.subject)


@task("recording.look")
def look_for_recording(job: Task) -> datetime | None:
    """Look for the object of the recording `job.subject`."""
    return late_or_missing.look_for_recording(job.subject, since=job.created_at)


@task("transcript.look")
def look_for_transcript(job: Task) -> datetime | None:
    """Look for the transcript of the recording `job.subject`."""
    return late_or_missing.look_for_transcript(job.subject, since=job.created_at)


@task("destination.covers")
def look_again(job: Task) -> None:
    """Look again for what was reported in the destination `job.subject`, which is new or was changed."""
    destination = Destination.objects.filter(pk=job.subject).first()
    if destination is not None:
        elsewhere.look_again(destination)
