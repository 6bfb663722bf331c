"""Opens a recording's audio: the version of the object, its media type, the requested bytes."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from django.conf import settings

from recordings_site.base.lru import Lru
from recordings_site.recordings.audio.sniff import MAGIC, PLAYABLE, audio_type
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.version import ObjectVersion, known_version
from recordings_site.storage import Body, ObjectChanged, ObjectMissing, ObjectStat, Store
from recordings_site.storage.circuit_breaker import breaker_of
from recordings_site.web.ranges import Selected, Unsatisfiable, select

T = TypeVar("T")

# Media types by (destination, key, ETag): a version never changes.
_types = Lru[tuple[int, str, str], str](4096)
_streams = threading.BoundedSemaphore(settings.AUDIO_STREAMS)


class NotAudio(Exception):
    """The object's first bytes are not audio that a browser plays."""


class Replaced(ObjectChanged):
    """The object was replaced during playback; `stat` is the new one."""

    def __init__(self, stat: ObjectStat) -> None:
        super().__init__("The recording was replaced in the store while it was played.")
        self.stat = stat


class TooManyStreams(Exception):
    """This process serves its maximum of streams."""


class Stream:
    """The chunks of one listener; closing it, at the end or on disconnect, frees the store's connection."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks, self._close = chunks, close
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Free the store's connection; may be called twice."""
        if self._open:
            self._open = False
            self._close()


@dataclass(frozen=True, slots=True)
class OpenedAudio:
    """A response ready to be sent. `new_stat`: what the store holds, if that is new. Close it unless it is sent."""

    version: ObjectVersion
    selected: Selected | Unsatisfiable
    content_type: str
    chunks: Stream | None
    new_stat: ObjectStat | None

    @property
    def length(self) -> int:
        """The answer's Content-Length, in bytes."""
        return 0 if isinstance(self.selected, Unsatisfiable) else self.selected.stop - self.selected.start

    def close(self) -> None:
        """Free the store's connection; may be called twice."""
        if self.chunks:
            self.chunks.close()


@dataclass(frozen=True, slots=True)
class AudioRequest:
    """What a request asks for: Range and If-Range, the token of its version, and whether it wants the bytes."""

    range: str | None = None
    if_range: str | None = None
    token: str | None = None
    body: bool = True

    def select(self, version: ObjectVersion) -> Selected | Unsatisfiable:
        """Return which bytes of this version are requested."""
        return select(version.length, self.range, if_range=self.if_range, etag=version.etag_sent)


def open_audio(recording: RecordingJob, wanted: AudioRequest) -> OpenedAudio:
    """Open the requested audio, in bounded time.

    Raises StoreError, SealingError, NotAudio, TooManyStreams. An object that was replaced since it was last seen is
    played in its new version from the start; during playback that raises ObjectChanged, or Replaced when it is new.
    """
    if recording.destination is None or not recording.key or recording.deleted_at is not None:
        raise ObjectMissing("There is no object.")
    source = _Source(recording, recording.destination.read_store())
    known = known_version(recording)
    if known is None:
        return source.open_newest(wanted)
    if wanted.token not in (None, known.token):
        raise ObjectChanged("The recording was replaced in the store while it was played.")
    try:
        return source.open(known, wanted)
    except ObjectChanged:
        selected = wanted.select(known)
        if wanted.token is not None or (isinstance(selected, Selected) and selected.start > 0):
            raise Replaced(source.stat()) from None
    return source.open_newest(wanted)


@dataclass(frozen=True, slots=True)
class _Source:
    """A recording's object in its store, read with a time limit."""

    recording: RecordingJob
    store: Store

    def stat(self) -> ObjectStat:
        return self._call(lambda: self.store.stat(self.recording.key), discard=lambda _: None)

    def open_newest(self, wanted: AudioRequest) -> OpenedAudio:
        stat = self.stat()
        return self.open(ObjectVersion.of(stat), wanted, new_stat=stat)

    def open(self, version: ObjectVersion, wanted: AudioRequest, *, new_stat: ObjectStat | None = None) -> OpenedAudio:
        selected = wanted.select(version)
        if isinstance(selected, Unsatisfiable) or selected.start == selected.stop:
            return OpenedAudio(version, selected, "application/octet-stream", None, new_stat)
        kind = self._content_type(version)
        chunks = self._stream(version, selected) if wanted.body else None
        return OpenedAudio(version, selected, kind, chunks, new_stat)

    def _content_type(self, version: ObjectVersion) -> str:
        """Return the media type by the object's first bytes, read once."""
        known = self.recording
        if known.duration is not None and known.etag == version.etag and known.content_type in PLAYABLE:
            return known.content_type  # a worker has decoded this very version
        token = (known.destination_id or 0, version.key, version.etag)
        kind = _types.get(token)
        if kind is None:
            kind = audio_type(self._call(lambda: self._head(version), discard=lambda _: None))
            if kind is None:
                raise NotAudio
            _types.put(token, kind)
        return kind

    def _head(self, version: ObjectVersion) -> bytes:
        with self.store.read(version.key, 0, min(MAGIC, version.size), etag=version.etag) as body:
            return b"".join(body)

    def _stream(self, version: ObjectVersion, selected: Selected) -> Stream:
        front, start, stop = version.split(selected)
        if start == stop:  # the virtual head alone
            return Stream(iter([front]), lambda: None)
        if not _streams.acquire(blocking=False):
            raise TooManyStreams
        try:
            first, rest, body = self._call(
                lambda: _started(self.store.read(version.key, start, stop, etag=version.etag)),
                discard=lambda late: late[2].close(),
            )
        except BaseException:
            _streams.release()
            raise

        def close() -> None:
            body.close()
            _streams.release()

        # An iterator, not a list: chain would keep the first chunk until the end of the stream.
        return Stream(chain(iter([front + first]), rest), close)

    def _call(self, work: Callable[[], T], *, discard: Callable[[T], None]) -> T:
        return breaker_of(self.recording.destination_id).call(work, discard=discard)


def _started(body: Body) -> tuple[bytes, Iterator[bytes], Body]:
    """Return the body with its first chunk read, to detect a store that accepts and then sends nothing."""
    chunks = iter(body)
    try:
        return next(chunks), chunks, body
    except BaseException:
        body.close()
        raise
