"""Fuzzes the Range header of a player: whatever it holds, a slice of the file, the whole, or a 416."""

import pytest

from recordings_site.web import ranges

_ETAG = '"v1"'
SEEDS = [
    f"{size}\n{header}\n{condition}".encode()
    for size, header, condition in (
        (1000, "bytes=0-", ""),
        (1000, "bytes=0-499", _ETAG),
        (1000, "bytes=-500", '"v2"'),
        (1000, "bytes=999-", 'W/"v1"'),
        (1000, "bytes=1000-", ""),
        (0, "bytes=0-0", ""),
        (0, "bytes=-5", "Wed, 14 Jan 2026 09:30:00 GMT"),
        (7, "BYTES= 1-3 ,,", ""),
        (7, "bytes=0-1,3-4", ""),
        (7, "items=0-1", ""),
        (2**40, "bytes=99999999999-18446744073709551616", ""),
    )
]


def check(data: bytes) -> None:
    """A size, a Range and an If-Range, one a line."""
    lines = data.decode("latin-1").split("\n")
    size_text, header, condition = [*lines, "", "", ""][:3]
    size = int(size_text) if size_text.isascii() and size_text.isdigit() and len(size_text) < 16 else 1000
    found = ranges.select(size, header, if_range=condition or None, etag=_ETAG)
    if isinstance(found, ranges.Unsatisfiable):
        assert (found.size, found.status, found.content_range) == (size, 416, f"bytes */{size}")
        assert header
        return
    assert 0 <= found.start <= found.stop <= size == found.size
    if not found.partial:
        assert (found.start, found.stop, found.status, found.content_range) == (0, size, 200, None)
        return
    assert found.start < found.stop
    assert (found.status, found.content_range) == (206, f"bytes {found.start}-{found.stop - 1}/{size}")
    assert condition.strip() in ("", _ETAG)
    assert len(header) <= ranges.LONGEST_HEADER
    # Asked for exactly, it is the same; only a digit can have asked for it.
    assert ranges.select(size, f"bytes={found.start}-{found.stop - 1}") == found
    assert any("0" <= character <= "9" for character in header)


def plant(patch: pytest.MonkeyPatch) -> None:
    """More than there is may be asked for from the end."""
    patch.setattr(
        ranges, "_suffix", lambda length, size, whole: ranges.Selected(size - length, size, size, partial=True)
    )
