"""Looks for recordings stored elsewhere again, once a destination covers the place that Sinch reported."""

from django.db.models import Q

from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle.reported import all_destinations, parse_reported_location
from recordings_site.recordings.models import RecordingJob, State, Transcript
from recordings_site.tasks.registry import enqueue

_AT_ONCE = 500


def look_again(destination: Destination) -> int:
    """Queue the search for the files and transcripts that were reported in this destination; returns how many."""
    without_transcript = ~Q(pk__in=Transcript.objects.values("recording"))
    files = _look_again(destination, "reported_destination", Q(state=State.ELSEWHERE), "recording.look")
    return files + _look_again(destination, "reported_transcript_destination", without_transcript, "transcript.load")


def _look_again(destination: Destination, column: str, missing: Q, kind: str) -> int:
    destinations = all_destinations()
    # The places are compared below; the bucket's name is in each form of them.
    named = RecordingJob.objects.filter(missing, **{f"{column}__icontains": destination.bucket})
    covered = [
        pk
        for pk, text in named.order_by().values_list("pk", column)
        if parse_reported_location(text, destinations).destination is not None
    ]
    for start in range(0, len(covered), _AT_ONCE):
        enqueue(kind, *covered[start : start + _AT_ONCE])
    return len(covered)
