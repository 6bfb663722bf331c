"""Looks for recordings stored elsewhere again, once a destination covers the place that Sinch reported."""

from uuid import UUID

from django.db.models import Q

from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.reported import all_destinations, parse_reported_location
from recordings_site.recordings.models import RecordingJob, State, Transcript
from recordings_site.tasks.registry import enqueue

_AT_ONCE = 500


def look_again(destination: Destination) -> int:
    """Queue the search for the files and transcripts that were reported in this destination; returns how many."""
    files = _covered(destination, "reported_destination", Q(state=State.ELSEWHERE))
    without_transcript = ~Q(pk__in=Transcript.objects.values("recording"))
    transcripts = _covered(destination, "reported_transcript_destination", without_transcript)
    for start in range(0, len(files), _AT_ONCE):
        enqueue("recording.look", *files[start : start + _AT_ONCE])
    for start in range(0, len(transcripts), _AT_ONCE):
        enqueue("transcript.load", *transcripts[start : start + _AT_ONCE])
    return len(files) + len(transcripts)


def _covered(destination: Destination, column: str, missing: Q) -> list[UUID]:
    """Return the recordings whose place in this column is one that a destination covers now."""
    destinations = all_destinations()
    # The places are compared below; the bucket's name is in each form of them.
    named = RecordingJob.objects.filter(missing, **{f"{column}__icontains": destination.bucket})
    return [
        pk
        for pk, text in named.order_by().values_list("pk", column)
        if parse_reported_location(text, destinations).destination is not None
    ]
