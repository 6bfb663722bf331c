"""Opens a recording's audio: which version of which object, what kind of audio, which bytes; and why there is none."""

import sys
import threading
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from recordings_site.recordings.lifecycle.sentences import absence
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.credentials import fingerprint
from recordings_site.storage.errors import ObjectChanged, ObjectMissing, StoreError, StoreUnavailable
from recordings_site.storage.patience import patience_with
from recordings_site.storage.port import Body, ObjectStat, Store
from recordings_site.web.ranges import Selected, Unsatisfiable, select

MAGIC = 16
# Seconds that a thread computes while others wait. Opening a stream waits some ten times for its turn: at Python's own
# 5 ms a crowd on a busy machine made each other so late that stores which answered at once were taken for dead. It is
# set by the first listener: a process that only answers Sinch spends a tenth less on a call at Python's own.
SWITCH_INTERVAL = 0.0005
PLAYABLE = {"audio/mpeg", "audio/wav"}
_KNOWN_TYPES = 4096
_types: OrderedDict[tuple[int, str, str], str] = OrderedDict()
_types_lock = threading.Lock()
_streams = threading.BoundedSemaphore(settings.AUDIO_STREAMS)


class NotAudio(Exception):
    """The object's first bytes are no audio that a browser plays."""


class Replaced(ObjectChanged):
    """The object was replaced while it was played; `stat` tells what lies there now."""

    def __init__(self, stat: ObjectStat) -> None:
        super().__init__("The recording was replaced in the store while it was played.")
        self.stat = stat


class TooManyStreams(Exception):
    """As many listeners as this process may serve are listening."""


@dataclass(frozen=True, slots=True)
class Version:
    """The one version of the object that an answer speaks of.

    With a `head`, a virtual first frame (recordings.mp3), it is sent as head + the object's bytes from `skip` on.
    """

    key: str
    size: int
    etag: str
    head: bytes = b""
    skip: int = 0

    @property
    def length(self) -> int:
        """How many bytes there are to send."""
        return len(self.head) + self.size - self.skip

    @property
    def tag(self) -> str:
        """The ETag of what is sent: other bytes than the object's have another one."""
        return f'{self.etag[:-1]}-table"' if self.head else self.etag

    @property
    def mark(self) -> str:
        """What stands for it in a URL."""
        return fingerprint(self.tag)

    def stretch(self, selected: Selected) -> tuple[bytes, int, int]:
        """What of the head was asked for, and which bytes of the object."""
        front, before = self.head[selected.start : selected.stop], len(self.head)
        return front, max(0, selected.start - before) + self.skip, max(0, selected.stop - before) + self.skip


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer ready to be sent: `chunks` is None when there is no body to send. Close it."""

    version: Version
    selected: Selected | Unsatisfiable
    content_type: str
    chunks: "Stream | None"
    seen: ObjectStat | None

    @property
    def length(self) -> int:
        """The answer's Content-Length."""
        return 0 if isinstance(self.selected, Unsatisfiable) else self.selected.stop - self.selected.start


class Stream:
    """The chunks of one listener; closing it, at the end or when the client has gone, frees the store's connection."""

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
        """May be called twice."""
        if self._open:
            self._open = False
            self._close()


def audio_url(recording: RecordingJob) -> str:
    """Where the audio is; once its version is known the URL pins it, so that a player never mixes two."""
    url = reverse("recording_audio", args=[recording.pk])
    known = known_version(recording)
    return f"{url}?{urlencode({'v': known.mark})}" if known else url


def known_version(recording: RecordingJob) -> Version | None:
    """The version that a worker or a listener saw; None before anybody did."""
    if not recording.etag or recording.size is None:
        return None
    head = b64decode(recording.audio.get("head", ""))
    return Version(recording.key, recording.size, recording.etag, head, recording.audio["skip"] if head else 0)


def open_audio(
    recording: RecordingJob, *, range_header: str | None, if_range: str | None, mark: str | None, body: bool
) -> Opened:
    """Open what was asked for, in bounded time. `mark`: the version that the player began with; `body`: not for HEAD.

    Raises StoreError, NotAudio, TooManyStreams. An object that was replaced since we first saw it is played in its new
    version from the start on, and `seen` tells its facts; in the middle of playing it is ObjectChanged, Replaced when
    that is news.
    """
    if recording.destination is None or not recording.key or recording.deleted_at is not None:
        raise ObjectMissing("There is no object.")
    sys.setswitchinterval(SWITCH_INTERVAL)
    store = recording.destination.read_store()
    ask = patience_with(recording.destination_id).ask
    known = known_version(recording)
    if mark is not None and known is not None and mark != known.mark:
        raise ObjectChanged("The recording was replaced in the store while it was played.")
    if known is None:
        stat = ask(lambda: store.stat(recording.key), discard=lambda _: None)
        return _open(store, recording, Version(stat.key, stat.size, stat.etag), range_header, if_range, body, stat)
    try:
        return _open(store, recording, known, range_header, if_range, body, None)
    except ObjectChanged:
        stat = ask(lambda: store.stat(recording.key), discard=lambda _: None)
    selected = select(known.length, range_header, if_range=if_range, etag=known.tag)
    if mark is not None or (isinstance(selected, Selected) and selected.start > 0):
        raise Replaced(stat)
    return _open(store, recording, Version(stat.key, stat.size, stat.etag), range_header, if_range, body, stat)


def _open(
    store: Store,
    recording: RecordingJob,
    version: Version,
    range_header: str | None,
    if_range: str | None,
    wanted: bool,
    seen: ObjectStat | None,
) -> Opened:
    selected = select(version.length, range_header, if_range=if_range, etag=version.tag)
    empty = isinstance(selected, Unsatisfiable) or selected.start == selected.stop
    if empty or not wanted:
        kind = "application/octet-stream" if empty else _content_type(store, recording, version)
        return Opened(version, selected, kind, None, seen)
    assert isinstance(selected, Selected)
    front, start, stop = version.stretch(selected)
    kind = _content_type(store, recording, version)
    if start == stop:  # the head alone
        return Opened(version, selected, kind, Stream(iter([front]), _nothing), seen)
    if not _streams.acquire(blocking=False):
        raise TooManyStreams
    try:
        first, rest, opened = patience_with(recording.destination_id).ask(
            lambda: _begun(store.read(version.key, start, stop, etag=version.etag)),
            discard=lambda late: late[2].close(),
        )
    except BaseException:
        _streams.release()
        raise

    def close() -> None:
        opened.close()
        _streams.release()

    # An iterator, not a list: chain would hold the first chunk to the end of the stream.
    return Opened(version, selected, kind, Stream(chain(iter([front + first]), rest), close), seen)


def _nothing() -> None:
    """There is nothing to close."""


def _begun(body: Body) -> tuple[bytes, Iterator[bytes], Body]:
    """The body with its first bytes in hand: a store that accepts and then says nothing is found out here."""
    chunks = iter(body)
    try:
        return next(chunks), chunks, body
    except BaseException:
        body.close()
        raise


def _content_type(store: Store, recording: RecordingJob, version: Version) -> str:
    """The version's media type: by the object's own first bytes, never by those that were asked for, read once."""
    if recording.duration is not None and recording.etag == version.etag and recording.content_type in PLAYABLE:
        return recording.content_type  # a worker has decoded this very version
    mark = (recording.destination_id or 0, version.key, version.etag)
    with _types_lock:
        known = _types.get(mark)
    if known:
        return known
    head = patience_with(recording.destination_id).ask(lambda: _head(store, version), discard=lambda _: None)
    kind = audio_type(head)
    if kind is None:
        raise NotAudio
    with _types_lock:
        _types[mark] = kind
        if len(_types) > _KNOWN_TYPES:
            _types.popitem(last=False)
    return kind


def _head(store: Store, version: Version) -> bytes:
    with store.read(version.key, 0, min(MAGIC, version.size), etag=version.etag) as body:
        return b"".join(body)


def audio_type(head: bytes) -> str | None:
    """The media type by the object's first bytes, whatever its name or its store say; None for no audio."""
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # sync, layer III
        return "audio/mpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return None


def trouble(recording: RecordingJob, error: Exception, *, admin: bool) -> tuple[int, str]:
    """The status and the sentence for what went wrong; only admins learn the destination's name and its words."""
    where = f" (destination {recording.destination})" if admin and recording.destination else ""
    said = f" The store said: {error}" if admin and isinstance(error, StoreError) else ""
    match error:
        case ObjectMissing():
            return (410 if recording.deleted_at else 404), absence(recording)
        case ObjectChanged():
            return (
                409,
                "The recording was replaced in the store while it was played. Load the page again to hear the new one.",
            )
        case NotAudio():
            return 415, f"The file in the store is not audio, whatever its name says{where}. It is not played."
        case TooManyStreams():
            return 503, "As many people are listening as this server can serve. Try again in a few seconds."
        case StoreUnavailable():
            return 503, f"The store of this recording does not answer{where}. Try again in a few seconds.{said}"
        case _:
            help_ = "" if admin else " Ask an administrator to check the destination."
            return 502, f"The store refused to hand out this recording{where}.{said}{help_}"
