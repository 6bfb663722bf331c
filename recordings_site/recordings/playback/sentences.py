"""Sentences for why a recording cannot be played."""

from recordings_site.recordings.audio import clip
from recordings_site.recordings.lifecycle.sentences import no_audio_reason, unplayable
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.open import NotAudio
from recordings_site.recordings.playback.stream import TooManyStreams
from recordings_site.storage import ObjectArchived, ObjectChanged, ObjectMissing, StoreError, StoreUnavailable

_CANNOT_CUT = {
    clip.FORMAT: "Clips can only be made from MP3 and WAV files.",
    clip.EMPTY: "The recording has no audio in this selection.",
    clip.ACROSS: "The audio format changes within this selection. Choose a shorter one.",
}


def cannot_cut(code: str) -> str:
    """Return why no clip can be cut (audio.clip)."""
    return _CANNOT_CUT[code]


def playback_error(recording: RecordingJob, error: Exception, *, admin: bool) -> tuple[int, str]:
    """Return status and sentence of an error; only admins see the destination's name and error."""
    where = f" (destination {recording.destination})" if admin and recording.destination else ""
    said = f" The storage service said: {error}" if admin and isinstance(error, StoreError) else ""
    match error:
        case ObjectMissing():
            return (410 if recording.deleted_at else 404), no_audio_reason(recording)
        case ObjectChanged():
            return (
                409,
                "The file was replaced while it was playing. Reload the page to hear the new one.",
            )
        case NotAudio(code=code) if code:
            return 415, unplayable(code)
        case NotAudio():
            return 415, f"The stored file isn’t audio{where}, so it can’t be played."
        case TooManyStreams():
            return 503, "Too many people are listening right now. Try again in a few seconds."
        case ObjectArchived():
            ask = "" if admin else " Ask an admin to restore it."
            return (
                409,
                f"The recording is in an archive tier and can’t be played right now{where}.{said}{ask}",
            )
        case StoreUnavailable():
            return 503, f"The storage for this recording isn’t responding{where}. Try again in a few seconds.{said}"
        case _:
            help_ = "" if admin else " Ask an admin to check the destination."
            return 502, f"The storage service denied access to this recording{where}.{said}{help_}"
