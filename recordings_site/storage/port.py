"""The common interface of all stores: objects, and the eight operations on the place where they are."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from recordings_site.storage.errors import ObjectMissing, StoreUnavailable

FIRST_READ = 256 * 1024
"""Bytes asked for first by adapters whose SDK loads whole windows: enough to start playing, quickly."""
WINDOW = 512 * 1024
"""Bytes asked for after that: what one listener may hold in memory."""
CHUNK = 64 * 1024
"""The largest chunk that a `Body` yields."""
SMALL_CHUNK = 16 * 1024
"""The chunk size for listeners: a chunk is kept in memory, even twice, until the listener takes it."""
DOWNLOAD = 1024 * 1024
"""Bytes taken without a pause from which a reader counts as downloading."""
PAUSE = 0.05
"""Seconds between reads that count as a pause."""
RESUMES = 2
"""How often a broken-off body is resumed at its offset."""
CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 10.0
RETRIES = 2


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """One version of one object. `etag` is strong, in quotes, and changes with the bytes; `size` is in bytes.

    `modified` is None where the store does not say when it was written.
    """

    key: str
    size: int
    etag: str
    modified: datetime | None
    content_type: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """Some objects in the order of their keys, and the token of the next page, None on the last."""

    objects: tuple[ObjectStat, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the store says of the bucket and of itself; None or "" where it does not, or not to these credentials.

    `location` is the store's own name for the region; `signed_region` the one for which it accepted our signature;
    `addressing` "path" or "virtual"; `checksums` those that it keeps with an object; `server` its name for itself.
    """

    location: str | None = None
    signed_region: str = ""
    addressing: str = ""
    checksums: tuple[str, ...] | None = None
    server: str = ""
    versioning: bool | None = None
    object_lock: bool | None = None
    lifecycle: tuple[str, ...] | None = None
    clock: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """How a proxy can fetch one version: a signed URL, which is a secret, and the If-Match to send, if any."""

    url: str = field(repr=False)
    if_match: str


class Source(Protocol):
    """A stretch of bytes being read: `read(n)` gives at most n, b"" at the end."""

    def read(self, amount: int, /) -> bytes: ...
    def close(self) -> None: ...


class Body:
    """The bytes [start, stop) of one version of an object, in chunks of at most 64 KiB: all of them, or an error.

    Chunks are small for who takes them at the pace of the sound, and grow for who takes them without a pause.
    `reopen(offset)` opens the same version at an offset: a source that ends early or breaks off is taken up there,
    twice; after that StoreUnavailable is raised, so a short answer never looks like a whole one. Close it when done.
    """

    def __init__(self, source: Source, start: int, stop: int, reopen: Callable[[int], Source]) -> None:
        self._source, self._offset, self._stop, self._reopen = source, start, stop, reopen
        self._resumes = RESUMES
        self._unpaused_bytes = 0
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self._offset < self._stop and not self._closed:
                chunk = self._next()
                self._offset += len(chunk)
                given = time.monotonic()
                yield chunk
                self._unpaused_bytes = self._unpaused_bytes + len(chunk) if time.monotonic() - given < PAUSE else 0
        finally:
            self.close()

    def _next(self) -> bytes:
        while True:
            try:
                size = CHUNK if self._unpaused_bytes >= DOWNLOAD else SMALL_CHUNK
                if chunk := self._source.read(min(size, self._stop - self._offset)):
                    return chunk
                missing = self._stop - self._offset
                problem = StoreUnavailable(f"The storage service sent {missing} bytes fewer than announced.")
            except StoreUnavailable as error:
                problem = error
            if not self._resumes:
                raise problem
            self._resumes -= 1
            self._source.close()
            self._source = self._reopen(self._offset)

    def close(self) -> None:
        """Release the store's connection. Can be called twice, and while another thread waits for bytes."""
        if not self._closed:
            self._closed = True
            self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Windows:
    """A source over `fetch(start, stop)`, for SDKs that return whole ranges: no connection is held between them."""

    def __init__(self, fetch: Callable[[int, int], bytes], start: int, stop: int) -> None:
        self._fetch, self._at, self._stop = fetch, start, stop
        self._size = FIRST_READ
        self._buffer = memoryview(b"")

    def prefetch(self) -> Self:
        """Fetch the first window now, so that what is wrong is known before a body is handed out."""
        if self._at < self._stop and not self._buffer:
            end = min(self._at + self._size, self._stop)
            self._buffer = memoryview(self._fetch(self._at, end))
            self._at += len(self._buffer)
            self._size = WINDOW
        return self

    def read(self, amount: int, /) -> bytes:
        """At most `amount` bytes."""
        chunk = bytes(self.prefetch()._buffer[:amount])
        self._buffer = self._buffer[amount:]
        return chunk

    def close(self) -> None:
        """Drop the fetched bytes."""
        self._buffer, self._at = memoryview(b""), self._stop


class Store(Protocol):
    """A bucket, container or folder, opened with one set of credentials. Keys are whole keys in the bucket.

    Every method raises subclasses of StoreError only. Stores may be used by several threads at once.
    """

    def stat(self, key: str) -> ObjectStat:
        """The object at `key`; raises ObjectMissing when there is none."""
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        """The bytes [start, stop) of the version `etag` (ObjectChanged when another lies there), or of the current one.

        `start` and `stop` lie within the size that `stat` gave; one version is read to the end, whatever is written
        meanwhile. What is wrong is raised here, before the first byte, where it can be known.
        """
        ...

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """At most `limit` objects whose keys begin with `prefix`, in key order, from where `token` left off."""
        ...

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A URL at which the object can be fetched for so many seconds without credentials; it is a secret."""
        ...

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """What a proxy needs to fetch the version `etag`, and no other, within so many seconds."""
        ...

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """Write an object atomically, replacing one that may exist."""
        ...

    def delete(self, key: str) -> None:
        """Delete the object; it is not an error if it is already gone."""
        ...

    def describe(self, probe: str = "") -> StoreFacts:
        """The store's facts about the bucket, and about the object at `probe`, if given."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


def exists(store: Store, key: str) -> bool:
    """Whether there is an object at `key`."""
    try:
        store.stat(key)
    except ObjectMissing:
        return False
    return True


def first_stat(store: Store, keys: Iterable[str]) -> ObjectStat | None:
    """The first existing object among these keys, or None."""
    for key in keys:
        try:
            return store.stat(key)
        except ObjectMissing:
            continue
    return None


def read_whole(store: Store, stat: ObjectStat) -> bytes:
    """All bytes of an object whose size has already been checked."""
    with store.read(stat.key, 0, stat.size, etag=stat.etag) as body:
        return b"".join(body)


def iter_objects(store: Store, prefix: str) -> Iterator[ObjectStat]:
    """All objects below `prefix`, page by page."""
    token: str | None = None
    while True:
        page = store.list(prefix, token=token)
        yield from page.objects
        if (token := page.next_token) is None:
            return
