"""Byte ranges per RFC 9110: what a Range header asks of a representation, as one range, the whole, or nothing."""

import re
from dataclasses import dataclass

LONGEST_HEADER = 256
_SPEC = re.compile(r"(?:([0-9]+)-([0-9]*)|-([0-9]+))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Selected:
    """The bytes [start, stop) of `size`, and whether they are a part (206) or all there is (200)."""

    start: int
    stop: int
    size: int
    partial: bool

    @property
    def status(self) -> int:
        """The answer's status."""
        return 206 if self.partial else 200

    @property
    def content_range(self) -> str | None:
        """The Content-Range header of a part."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}" if self.partial else None


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """A range that starts beyond the end (416)."""

    size: int
    status: int = 416

    @property
    def content_range(self) -> str:
        """The Content-Range header that tells the size."""
        return f"bytes */{self.size}"


def select(
    size: int, range_header: str | None, *, if_range: str | None = None, etag: str = ""
) -> Selected | Unsatisfiable:
    """What to send of `size` bytes whose strong ETag is `etag`.

    A header that is invalid, of another unit, longer than 256 characters or that asks for several ranges is ignored,
    as RFC 9110 section 14.2 allows; so is one whose If-Range is not this very ETag (a date is never strong enough).
    HEAD is answered as GET would be.
    """
    whole = Selected(0, size, size, partial=False)
    if not range_header or len(range_header) > LONGEST_HEADER:
        return whole
    if if_range is not None and (if_range.strip() != etag or not etag.startswith('"')):
        return whole
    unit, equals, ranges = range_header.strip(" \t").partition("=")
    if not equals or unit.lower() != "bytes":
        return whole
    specs = [
        spec for part in ranges.split(",") if (spec := part.strip(" \t"))
    ]  # RFC 9110 5.6.1: empty members don't count
    found = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if found is None:
        return whole
    first, last, suffix = found.groups()
    if suffix is not None:
        return _suffix(int(suffix), size, whole)
    start = int(first)
    if last and int(last) < start:
        return whole
    if start >= size:
        return Unsatisfiable(size)
    return Selected(start, min(int(last) + 1, size) if last else size, size, partial=True)


def _suffix(length: int, size: int, whole: Selected) -> Selected | Unsatisfiable:
    if length == 0:
        return Unsatisfiable(size)
    if size == 0:
        return whole  # satisfiable, but Content-Range can't express a part of an empty file
    return Selected(max(0, size - length), size, size, partial=True)
