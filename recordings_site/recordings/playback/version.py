"""The version of an object that a response is about, so that a player never mixes the bytes of two."""

from base64 import b64decode
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.credentials import fingerprint
from recordings_site.storage import ObjectStat
from recordings_site.web.ranges import Selected


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """`size` bytes at `key` with this strong ETag.

    With a `head`, a virtual first frame (recordings.audio.mp3), it is sent as head + the object's bytes from `skip` on.
    """

    key: str
    size: int
    etag: str
    head: bytes = b""
    skip: int = 0

    @classmethod
    def of(cls, stat: ObjectStat) -> Self:
        """Return the version that a store reports."""
        return cls(stat.key, stat.size, stat.etag)

    @property
    def length(self) -> int:
        """The number of bytes to send."""
        return len(self.head) + self.size - self.skip

    @property
    def etag_sent(self) -> str:
        """The ETag of the response, which differs from the object's if a head is sent."""
        return f'{self.etag[:-1]}-table"' if self.head else self.etag

    @property
    def token(self) -> str:
        """What names the version in URLs."""
        return fingerprint(self.etag_sent)

    def split(self, selected: Selected) -> tuple[bytes, int, int]:
        """Return the requested bytes of the head, and [start, stop) of the object."""
        front, before = self.head[selected.start : selected.stop], len(self.head)
        return front, max(0, selected.start - before) + self.skip, max(0, selected.stop - before) + self.skip


def known_version(recording: RecordingJob) -> ObjectVersion | None:
    """Return the version that a worker or a listener saw last; None before that."""
    if not recording.etag or recording.size is None:
        return None
    head = b64decode(recording.audio.get("head", ""))
    return ObjectVersion(recording.key, recording.size, recording.etag, head, recording.audio["skip"] if head else 0)


def audio_url(recording: RecordingJob) -> str:
    """Return the URL of the audio; it names the version once that is known."""
    url = reverse("recording_audio", args=[recording.pk])
    known = known_version(recording)
    return f"{url}?{urlencode({'v': known.token})}" if known else url
