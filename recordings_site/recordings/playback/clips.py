"""Opens a clip: a span of a recording as a file of its own, cut from the version that a worker examined."""

from recordings_site.recordings.audio import clip
from recordings_site.recordings.audio.clip import CannotCut, Clip
from recordings_site.recordings.audio.layout import unpack_parts
from recordings_site.recordings.models import AudioIndex, RecordingJob
from recordings_site.recordings.playback.open import AudioRequest, OpenedAudio, source_of
from recordings_site.recordings.playback.version import ObjectVersion, object_version

CLIPPED = ("mp3", "wav")
"""The formats (audio.formats) that can be cut."""


def can_clip(recording: RecordingJob) -> bool:
    """Whether clips of this recording can be cut."""
    return bool(recording.is_available and recording.audio.get("parts") and recording.audio.get("format") in CLIPPED)


def open_clip(recording: RecordingJob, start: float, end: float, *, body: bool) -> tuple[Clip, OpenedAudio]:
    """The clip that holds the seconds [start, end), ready to be sent; without its bytes unless `body`.

    Raises CannotCut, StoreError (ObjectChanged when another version lies there), SealingError, TooManyStreams.
    """
    known = object_version(recording)
    if known is None or not can_clip(recording):
        raise CannotCut(clip.FORMAT)
    source = source_of(recording)
    part = clip.part_at(unpack_parts(recording.audio["parts"], AudioIndex.of(recording).seek_table), start, end)
    whole = ObjectVersion(known.key, known.size, known.etag, part.layout)
    found = clip.cut(recording.audio, part, lambda first, stop: source.read(whole, first, stop), start, end)
    version = ObjectVersion(known.key, known.size, known.etag, found.layout)
    return found, source.open(version, AudioRequest(body=body))
