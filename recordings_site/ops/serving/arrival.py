"""What has arrived of an HTTP request: tells when a thread can take it up without waiting for its client."""

import re
from collections.abc import Callable

# A head of this size is complete or refused: gunicorn accepts less.
MAX_HEAD = 64 * 1024
# Of a body, the bytes that are awaited: all of a callback and of a form, the beginning of an upload.
MAX_BODY = 64 * 1024
# A line that says how long a chunk is; gunicorn refuses longer ones.
MAX_CHUNK_LINE = 8 * 1024

_AUTHORIZATION = re.compile(rb"\r\nauthorization:([^\r\n]*)\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-f]{1,15})[ \t]*(;.*)?", re.IGNORECASE)


class Arrival:
    """The bytes of one request, and of what was sent behind it.

    `is_stranger` is asked about the Authorization header of a request with a body. Of a stranger no body is awaited:
    the application refuses it without reading. gunicorn parses the request, and refuses it when it is malformed: here
    such a one counts as complete.
    """

    def __init__(self, is_stranger: Callable[[str], bool]) -> None:
        self._is_stranger = is_stranger
        self._data = bytearray()
        # The bytes that arrived.
        self.size = 0
        # Whether a thread can take it up.
        self.is_complete = False
        # Where the body begins, None while the head is incomplete; and where it ends, or its next chunk begins.
        self._body: int | None = None
        self._next = 0
        self._in_chunks = False

    @property
    def has_head(self) -> bool:
        """Whether the head is here."""
        return self._body is not None

    def add(self, more: bytes) -> None:
        """Take what has arrived."""
        self.size += len(more)
        # A terminator may be split, so the last three bytes are looked at again.
        searched = max(0, len(self._data) - 3)
        # Empty lines before a request are no head.
        self._data += more if self._data else more.lstrip(b"\r\n")
        if self._body is None:
            end = self._data.find(b"\r\n\r\n", searched)
            if end < 0:
                self.is_complete = len(self._data) >= MAX_HEAD
                return
            self._body = self._next = end + 4
            self._read_head(bytes(self._data[: end + 2]))
        is_here = self._has_last_chunk() if self._in_chunks else len(self._data) >= self._next
        self.is_complete = is_here or len(self._data) - self._body >= MAX_BODY

    def wants_continue(self) -> bool:
        """Whether the client waits for a “go on” before its body (Expect: 100-continue). Only once: it then gets it."""
        if self._body is None:
            return False
        head = bytes(self._data[: self._body])
        # In HTTP/1.0 it means nothing.
        if not head.partition(b"\r\n")[0].endswith(b" HTTP/1.1"):
            return False
        without = _EXPECT.sub(b"", head)
        self._data[: self._body] = without
        self._body -= len(head) - len(without)
        self._next -= len(head) - len(without)
        return without != head

    def taken(self) -> bytes:
        """Give all bytes away."""
        data = bytes(self._data)
        self._data.clear()
        return data

    def _read_head(self, head: bytes) -> None:
        # Blanks are taken off here: a pattern that does so tries a long row of them from each of its blanks.
        lengths = [length.strip(b" \t") for length in _LENGTH.findall(head)]
        codings = [coding.strip(b" \t") for coding in _CODING.findall(head)]
        authorization = _AUTHORIZATION.search(head) if lengths or codings else None
        if authorization and self._is_stranger(authorization[1].decode("latin-1")):
            return
        if codings:
            self._in_chunks = not lengths and [coding.lower() for coding in codings] == [b"chunked"]
        elif len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) <= 12:
            self._next += int(lengths[0])

    def _has_last_chunk(self) -> bool:
        """Whether the last chunk is here, or one that is malformed. Each is looked at once."""
        while (end := self._data.find(b"\r\n", self._next)) >= 0:
            chunk = _CHUNK.fullmatch(self._data, self._next, end)
            if chunk is None:
                return True
            if not (size := int(chunk[1], 16)):
                # Trailers, if any, and an empty line end it.
                return self._data.find(b"\r\n\r\n", end) >= 0
            self._next = end + 2 + size + 2
        return len(self._data) - self._next > MAX_CHUNK_LINE
