"""The worker's inspection of a recording in its store: which version there is, and what kind of audio."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from recordings_site.recordings.audio.probe import NotAudio, examine
from recordings_site.recordings.ingest import actions
from recordings_site.recordings.lifecycle.actions import update_states
from recordings_site.recordings.models import RecordingJob
from recordings_site.storage import ObjectStat, Store
from recordings_site.tasks.registry import Task, task


def inspect(recording_id: UUID | str) -> None:
    """Find duration, format and waveform of a recording's object, once per version.

    Raises StoreError when the object cannot be read now, ObjectMissing when it was announced and is not there.
    """
    job = RecordingJob.objects.select_related("destination", "call").get(pk=recording_id)
    if job.destination is None or not job.key or job.deleted_at is not None:
        return
    store = job.destination.read_store()
    stat = store.stat(job.key)
    if job.etag == stat.etag and job.peaks is not None:
        return
    with _downloaded(store, stat) as path:
        try:
            audio = examine(path)
        except NotAudio as error:
            actions.mark_not_audio(job.pk, stat=stat, problem=error.problem)
        else:
            actions.save_audio_facts(job.pk, stat=stat, audio=audio)
    # In a transaction of its own: all parts of the call are locked together, in one order.
    if job.call is not None:
        update_states(job.call)


@contextmanager
def _downloaded(store: Store, stat: ObjectStat) -> Iterator[Path]:
    """Yield the path of a temporary copy of the version `stat`."""
    with tempfile.NamedTemporaryFile(prefix="recording-") as file:
        with store.read(stat.key, 0, stat.size, etag=stat.etag) as body:
            for chunk in body:
                file.write(chunk)
        file.flush()
        yield Path(file.name)


@task("recording.inspect")
def inspect_task(job: Task) -> None:
    """Inspect the recording `job.subject`."""
    inspect(job.subject)
