"""The worker's inspection of a recording in its store: which version there is, and what kind of audio."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from recordings_site.recordings.audio.probe import NotAudio, check_head, examine
from recordings_site.recordings.audio.sniff import DEPTH
from recordings_site.recordings.ingest import actions
from recordings_site.recordings.ingest.keys import stat_audio
from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.lifecycle.actions import update_states
from recordings_site.recordings.models import AudioIndex, Problem, RecordingJob
from recordings_site.storage import ObjectMissing, ObjectStat, Store

# A larger file is played as it is: reading all of it would take a worker too long.
LARGEST = 4 << 30


def inspect(recording_id: UUID | str) -> bool:
    """Find duration, format and waveform of a recording's object, once per version of it.

    Returns whether to look again: there is an object, but nothing in it yet. Raises StoreError when the object
    cannot be read now, ObjectMissing when it was announced and is not there.
    """
    job = RecordingJob.objects.select_related("destination", "call").get(pk=recording_id)
    if job.destination is None or not job.key or job.deleted_at is not None:
        return False
    store = job.destination.read_store()
    stat = stat_audio(job, store)
    if stat.key != job.key and not objects.correct_key(job.pk, key=stat.key):
        raise ObjectMissing(job.key)
    if job.etag == stat.etag and AudioIndex.objects.filter(recording=job).exists():
        return False
    try:
        check_head(_head(store, stat), stat.size)
        if stat.size > LARGEST:
            raise NotAudio(Problem.TOO_LARGE)
        with _downloaded(store, stat) as path:
            audio = examine(path)
    except NotAudio as error:
        actions.mark_not_audio(job.pk, stat=stat, problem=error.problem, code=error.code)
        empty = error.problem == Problem.EMPTY
    else:
        actions.save_audio_facts(job.pk, stat=stat, audio=audio)
        empty = False
    # In a transaction of its own: all parts of the call are locked together, in one order.
    if job.call is not None:
        update_states(job.call)
    return empty


def _head(store: Store, stat: ObjectStat) -> bytes:
    with store.read(stat.key, 0, min(stat.size, DEPTH), etag=stat.etag) as body:
        return b"".join(body)


@contextmanager
def _downloaded(store: Store, stat: ObjectStat) -> Iterator[Path]:
    """Yield the path of a temporary copy of the version `stat`."""
    with tempfile.NamedTemporaryFile(prefix="recording-") as file:
        with store.read(stat.key, 0, stat.size, etag=stat.etag) as body:
            for chunk in body:
                file.write(chunk)
        file.flush()
        yield Path(file.name)
