"""Opens a transcript's file in its store: one that was too large to be read is handed out from there."""

from recordings_site.recordings.ingest.keys import find_transcript
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.stream import Pieces, Stream, stream
from recordings_site.storage import ObjectMissing
from recordings_site.storage.circuit_breaker import breaker_of


def open_transcript(recording: RecordingJob) -> tuple[int, Stream]:
    """The file's size in bytes, and its chunks; close them unless they are sent.

    Raises StoreError, SealingError, TooManyStreams.
    """
    breaker = breaker_of(recording.destination_id)
    found = breaker.call(lambda: find_transcript(recording), discard=lambda _: None)
    if found is None:
        raise ObjectMissing("There is no transcript.")
    store, stat = found

    whole = [(0, stat.size)]

    def begin() -> Pieces:
        return breaker.call(
            lambda: Pieces(lambda piece: store.read(stat.key, *piece, etag=stat.etag), whole),
            discard=lambda late: late.close(),
        )

    return stat.size, stream(b"", whole, begin)
