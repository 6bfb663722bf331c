"""The audio of several recordings as one ZIP file, written while it is sent: neither side ever holds a whole file."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings.audio.formats import ENDINGS
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import actions
from recordings_site.recordings.playback.open import PLAYBACK_ERRORS, AudioRequest, OpenedAudio, open_audio
from recordings_site.recordings.playback.sentences import playback_error
from recordings_site.recordings.transcripts.exports import file_name
from recordings_site.web.connections import release_connections

PROBLEMS = "Not included.txt"


class CutOff(Exception):
    """A store ended a file before its end."""


class _Outlet:
    """What ZipFile writes into; it cannot seek back, so sizes stand behind each file."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Everything is taken as it is written."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._written = bytes(self._written), bytearray()
        return taken


def archived(keys: Sequence[uuid.UUID], *, by: User, zone: tzinfo) -> Iterator[bytes]:
    """Yield the archive of these recordings, as far as the user may see them when their turn comes.

    Each file is opened, audited and sent after the one before it, uncompressed: audio is. Recordings without audio are
    named in a text file with the reason. A store that fails in the middle of a file ends the answer: it raises, and the
    client does not take what it has for the whole.
    """
    outlet, problems = _Outlet(), []
    with ZipFile(outlet, "w", ZIP_STORED) as packed:  # type: ignore[call-overload]
        for key in keys:
            recording = RecordingJob.objects.visible_to(by).with_facts().filter(pk=key).first()
            release_connections()
            if recording is None:
                problems.append(f"{key}: You no longer have access to this recording.")
                continue
            with timezone.override(zone):
                name, at = file_name(recording, ""), timezone.localtime(recording.happened_at)
            try:
                opened = open_audio(recording, AudioRequest(original=True))
            except PLAYBACK_ERRORS as error:
                problems.append(f"{name.rstrip('.')}: {playback_error(recording, error, admin=by.oversees)[1]}")
                continue
            info = ZipInfo(name + ENDINGS.get(opened.content_type, recording.format), at.timetuple()[:6])
            info.file_size = opened.length
            yield from _sent(packed, info, recording, opened, by, outlet)
        if problems:
            packed.writestr(PROBLEMS, "\r\n".join(problems) + "\r\n")
    yield outlet.take()


def _sent(
    packed: ZipFile, info: ZipInfo, recording: RecordingJob, opened: OpenedAudio, by: User, outlet: _Outlet
) -> Iterator[bytes]:
    """Yield one file of the archive. Raises CutOff, and what its store raises."""
    try:
        if opened.chunks:
            actions.downloaded(by=by, recording=recording)
            release_connections()
        sent = 0
        with packed.open(info, "w") as file:
            for chunk in opened.chunks or ():
                sent += len(chunk)
                file.write(chunk)
                yield outlet.take()
        if sent != opened.length:
            raise CutOff(f"{info.filename} ended after {sent} of {opened.length} bytes.")
    finally:
        opened.close()
