"""The worker's loading and indexing of transcripts."""

from uuid import UUID

from recordings_site.recordings import search
from recordings_site.recordings.ingest import actions
from recordings_site.recordings.ingest.keys import find_transcript, places_of_transcript
from recordings_site.recordings.models import IndexedRecording, RecordingJob, Transcript
from recordings_site.sinch.transcript import MAX_BYTES
from recordings_site.storage import ObjectMissing, read_whole
from recordings_site.tasks.registry import enqueue


def load(recording_id: UUID | str) -> None:
    """Read the transcript of a recording from its store and save it; of one that is too large, that it is there.

    Raises StoreError when it cannot be read now, ObjectMissing when it was announced and is not there.
    """
    job = RecordingJob.objects.select_related("destination").get(pk=recording_id)
    places = places_of_transcript(job)
    if not places:
        return
    found = find_transcript(job)
    if found is None:
        raise ObjectMissing(places[0][1])
    store, stat = found
    if stat.size > MAX_BYTES:
        actions.save_unread_transcript(job.pk, size=stat.size)
    else:
        actions.save_transcript(job.pk, raw=read_whole(store, stat))


def index(recording_id: UUID | str) -> None:
    """Index a recording's transcript in its current form, if there is one."""
    transcript = Transcript.objects.select_related("recording").filter(recording__pk=recording_id).first()
    if transcript is not None:
        actions.index_transcript(transcript)


def enqueue_outdated(most: int) -> None:
    """Queue the reindexing of at most n transcripts that an older version indexed, newest first."""
    # In the order of their index: by the id alone, all rows would be read when none is outdated.
    outdated = IndexedRecording.objects.filter(version__lt=search.VERSION).order_by("-version", "-id")
    for pk in outdated.values_list("recording", flat=True)[:most]:
        enqueue("transcript.index", pk)
