"""Opens a recording's audio: which version of the object, of what kind, which of its bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from recordings_site.base.lru import Lru
from recordings_site.destinations.sealing import SealingError
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.audio.sniff import HEAD, sniff
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.stream import Pieces, Stream, TooManyStreams, stream
from recordings_site.recordings.playback.version import ObjectVersion, known_version, object_version
from recordings_site.storage import ObjectChanged, ObjectMissing, ObjectStat, Store, StoreError
from recordings_site.storage.circuit_breaker import breaker_of
from recordings_site.web.ranges import Selected, Unsatisfiable, select

T = TypeVar("T")
UNKNOWN = "application/octet-stream"

# The format of an object (audio.formats, "" for none) by (destination, key, ETag): a version never changes.
_formats = Lru[tuple[int, str, str], str](4096)


class NotAudio(Exception):
    """The object is nothing that a browser plays; `code` is its format (audio.formats), "" for no audio."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Replaced(ObjectChanged):
    """The object was replaced while it was played; `stat` is what lies there now."""

    def __init__(self, stat: ObjectStat) -> None:
        super().__init__("The file was replaced while it was playing.")
        self.stat = stat


# Why audio cannot be opened; playback.sentences says each in words.
PLAYBACK_ERRORS = (StoreError, SealingError, NotAudio, TooManyStreams)


@dataclass(frozen=True, slots=True)
class OpenedAudio:
    """An answer ready to be sent. `new_stat`: what the store holds, when that is news. Close it unless it is sent."""

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
        """Free the store's connection, if there is one."""
        if self.chunks:
            self.chunks.close()


@dataclass(frozen=True, slots=True)
class AudioRequest:
    """What a request asks for: its Range and If-Range, the version it began with, and whether it wants the bytes.

    `start`: from the place before this second on. `original`: the object as it is, whatever it is.
    """

    range: str | None = None
    if_range: str | None = None
    token: str | None = None
    start: float | None = None
    body: bool = True
    original: bool = False

    def select(self, version: ObjectVersion) -> Selected | Unsatisfiable:
        """Which bytes of this version."""
        return select(version.layout.length, self.range, if_range=self.if_range, etag=version.etag_sent)

    def version(self, recording: RecordingJob) -> ObjectVersion | None:
        """Which version is meant, None while none is known. Raises ObjectChanged for one that is no longer there."""
        plain = object_version(recording)
        if plain is None or self.original:
            return plain
        known = known_version(recording)
        if known is None or self.token in (None, known.token):
            return known if self.start is None else known_version(recording, self.start)
        if self.token == plain.token:  # it began before a worker found out how to play it
            return plain
        raise ObjectChanged("The file was replaced while it was playing.")


def open_audio(recording: RecordingJob, wanted: AudioRequest) -> OpenedAudio:
    """Open what was asked for, in bounded time.

    Raises one of PLAYBACK_ERRORS. An object that was replaced since we first saw it is
    played in its new version from the start on; in the middle of playing it is ObjectChanged, Replaced when that is
    news.
    """
    source = source_of(recording)
    known = wanted.version(recording)
    if known is None:
        return source.open_newest(wanted)
    try:
        return source.open(known, wanted)
    except ObjectChanged:
        selected = wanted.select(known)
        if wanted.token is not None or (isinstance(selected, Selected) and selected.start > 0):
            raise Replaced(source.stat()) from None
    return source.open_newest(wanted)


def source_of(recording: RecordingJob) -> "Source":
    """The object of a recording. Raises ObjectMissing when there cannot be one, StoreError, SealingError."""
    if recording.destination is None or not recording.key or recording.deleted_at is not None:
        raise ObjectMissing("There is no file.")
    return Source(recording, recording.destination.read_store())


@dataclass(frozen=True, slots=True)
class Source:
    """A recording's object in its store, which is never waited for in vain."""

    recording: RecordingJob
    store: Store

    def stat(self) -> ObjectStat:
        """What lies there now."""
        return self._call(lambda: self.store.stat(self.recording.key), discard=lambda _: None)

    def read(self, version: ObjectVersion, start: int, stop: int) -> bytes:
        """The bytes [start, stop) of what is sent of a version; they are few."""
        front, pieces = version.layout.stretch(start, stop)

        def read() -> bytes:
            found = bytearray(front)
            for piece in pieces:
                with self.store.read(version.key, *piece, etag=version.etag) as body:
                    found += b"".join(body)
            return bytes(found)

        return self._call(read, discard=lambda _: None)

    def open_newest(self, wanted: AudioRequest) -> OpenedAudio:
        """The version that lies there now."""
        stat = self.stat()
        return self.open(ObjectVersion.of(stat), wanted, new_stat=stat)

    def open(self, version: ObjectVersion, wanted: AudioRequest, *, new_stat: ObjectStat | None = None) -> OpenedAudio:
        """This version. Raises ObjectChanged when another one lies there."""
        selected = wanted.select(version)
        if isinstance(selected, Unsatisfiable) or selected.start == selected.stop:
            if new_stat is None:
                self._look_again(version)
            return OpenedAudio(version, selected, UNKNOWN, None, new_stat)
        media_type = self._media_type(version, refuse=not wanted.original)
        chunks = self._stream(version, selected) if wanted.body else None
        return OpenedAudio(version, selected, media_type, chunks, new_stat)

    def _look_again(self, version: ObjectVersion) -> None:
        """Before a range is refused: raises ObjectChanged when the store holds more, or less, than is remembered."""
        stat = self.stat()
        if (stat.etag, stat.size) != (version.etag, version.size):
            raise ObjectChanged("The file has a different size now.")

    def _media_type(self, version: ObjectVersion, *, refuse: bool) -> str:
        """By the object's own bytes, read once, never by those that were asked for. Raises NotAudio if to `refuse`."""
        known = self.recording
        code = str(known.audio.get("format", "")) if known.etag == version.etag else ""  # a worker decoded this one
        if not code:
            token = (known.destination_id or 0, version.key, version.etag)
            if (sniffed := _formats.get(token)) is None:
                sniffed = sniff(self._call(lambda: self._head(version), discard=lambda _: None)) or ""
                _formats.put(token, sniffed)
            code = sniffed
        if refuse and not (code and FORMATS[code].plays):
            raise NotAudio(code)
        return FORMATS[code].media_type if code else UNKNOWN

    def _head(self, version: ObjectVersion) -> bytes:
        with self.store.read(version.key, 0, min(HEAD, version.size), etag=version.etag) as body:
            return b"".join(body)

    def _stream(self, version: ObjectVersion, selected: Selected) -> Stream:
        front, pieces = version.layout.stretch(selected.start, selected.stop)
        return stream(
            front,
            pieces,
            lambda: self._call(
                lambda: Pieces(lambda piece: self.store.read(version.key, *piece, etag=version.etag), pieces),
                discard=lambda late: late.close(),
            ),
        )

    def _call(self, work: Callable[[], T], *, discard: Callable[[T], None]) -> T:
        return breaker_of(self.recording.destination_id).call(work, discard=discard)
