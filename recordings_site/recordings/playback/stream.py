"""The bytes of one listener on their way: pieces of an object, one after another, and what is freed at the end."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from django.conf import settings

from recordings_site.base import instruments
from recordings_site.recordings.audio.layout import Piece
from recordings_site.storage import Body

_streams = threading.BoundedSemaphore(settings.AUDIO_STREAMS)
Read = Callable[[Piece], Body]


class TooManyStreams(Exception):
    """As many listeners as this process may serve are listening."""


class Stream:
    """The chunks of one listener; closing it, at the end or when the client has gone, frees the store's connection."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks, self._close = chunks, close
        self._open = True
        self._sent = 0
        self._tell: Callable[[int], None] = lambda sent: None

    def when_closed(self, tell: Callable[[int], None]) -> None:
        """Call this with the number of bytes that were sent, once, at the end."""
        self._tell = tell

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
            self._sent += len(chunk)
            return chunk
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """May be called twice."""
        if self._open:
            self._open = False
            self._close()
            self._tell(self._sent)


class Pieces:
    """Pieces of one version of an object, the first of them begun: a store that sends nothing is found out here."""

    def __init__(self, read: Read, pieces: Sequence[Piece]) -> None:
        self._read, self._later = read, pieces[1:]
        self._body = read(pieces[0])
        self._chunks = iter(self._body)
        try:
            self.first = next(self._chunks)
        except BaseException:
            self._body.close()
            raise

    def rest(self) -> Iterator[bytes]:
        """The chunks after the first."""
        yield from self._chunks
        for piece in self._later:
            self._body = self._read(piece)
            yield from self._body

    def close(self) -> None:
        """Free the store's connection."""
        self._body.close()


def stream(front: bytes, pieces: Sequence[Piece], begin: Callable[[], Pieces]) -> Stream:
    """`front` and then the pieces, which `begin` opens in bounded time. Raises TooManyStreams and what that raises."""
    if not pieces:
        return Stream(iter([front]), lambda: None)
    if not _streams.acquire(blocking=False):
        raise TooManyStreams
    try:
        begun = begin()
    except BaseException:
        _streams.release()
        raise
    instruments.STREAMS.inc()

    def close() -> None:
        begun.close()
        _streams.release()
        instruments.STREAMS.dec()

    # An iterator, not a list: chain would hold the first chunk to the end of the stream.
    return Stream(chain(iter([front + begun.first]), begun.rest()), close)
