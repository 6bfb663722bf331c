"""The version of an object that a response is about, so that a player never mixes the bytes of two."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from recordings_site.recordings.audio.layout import Layout, Part, landing, unpack_parts
from recordings_site.recordings.models import AudioIndex, RecordingJob
from recordings_site.sinch.credentials import fingerprint
from recordings_site.storage import ObjectStat


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """The object of `size` bytes at `key` with this strong ETag, sent as `layout` has it."""

    key: str
    size: int
    etag: str
    layout: Layout

    @classmethod
    def of(cls, stat: ObjectStat) -> Self:
        """The version that a store reports, as it is."""
        return cls.whole(stat.key, stat.size, stat.etag)

    @classmethod
    def whole(cls, key: str, size: int, etag: str) -> Self:
        """The object as it is."""
        return cls(key, size, etag, Layout(((0, size),)))

    @property
    def is_whole(self) -> bool:
        """Whether the object is sent as it is."""
        return self.layout.is_whole(self.size)

    @property
    def etag_sent(self) -> str:
        """The ETag of what is sent: other bytes than the object's have another one."""
        return self.etag if self.is_whole else f'{self.etag[:-1]}-{self.layout.mark}"'

    @property
    def token(self) -> str:
        """What names the version in URLs."""
        return fingerprint(self.etag_sent)


def object_version(recording: RecordingJob) -> ObjectVersion | None:
    """The object as a worker or a listener saw it; None before, and while it was empty: that is asked again."""
    if not recording.etag or not recording.size:
        return None
    return ObjectVersion.whole(recording.key, recording.size, recording.etag)


def known_version(recording: RecordingJob, start: float | None = None) -> ObjectVersion | None:
    """What a player gets of that object, from its beginning or from the place before a second."""
    known = object_version(recording)
    kept = recording.audio.get("parts")
    if known is None or not kept:
        return known
    if start is None:
        found = Part.of(kept[0]).layout
    else:
        found = landing(unpack_parts(kept, AudioIndex.of(recording).seek_table), start)
    return ObjectVersion(known.key, known.size, known.etag, found)


def audio_url(recording: RecordingJob) -> str:
    """Return the URL of the audio; it names the version once that is known."""
    url = reverse("recording_audio", args=[recording.pk])
    known = known_version(recording)
    return f"{url}?{urlencode({'v': known.token})}" if known else url
