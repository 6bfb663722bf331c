"""Parses a store's answer about an object, and says in words which part is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from recordings_site.storage.errors import OddAnswer

NO_ETAG, NO_LENGTH, NO_NAME, NO_RANGE = "MissingETag", "MissingLength", "MissingName", "RangeIgnored"
SKEW = 300.0
"""Clock difference in seconds from which a refusal is blamed on the clocks: vendors refuse from 300 to 900 s."""
_PROXY = "A proxy or gateway in front of the storage may remove it. Pass its headers through unchanged."


def etag_of(found: object) -> str:
    """The ETag, strong and in quotes, whichever way the store or a proxy before it writes it.

    A weak one (`W/"…"`) comes from a proxy; the store accepts the same value as a strong one.
    """
    text = str(found or "").strip().removeprefix("W/").strip('"')
    if not text or text == "None":
        raise OddAnswer("The storage service sends no ETag, so versions of a file can’t be told apart.",
                        code=NO_ETAG, remedy=_PROXY)  # fmt: skip
    return f'"{text}"'


def size_of(found: object) -> int:
    """The number of bytes of an object."""
    try:
        size = int(found)  # type: ignore[call-overload]  # what is no number is what is looked for here
    except (TypeError, ValueError):
        size = -1
    if size < 0:
        raise OddAnswer("The storage service doesn’t report the file’s size.", code=NO_LENGTH, remedy=_PROXY)
    return int(size)


def key_of(found: object) -> str:
    """The name of an object in a list."""
    if not isinstance(found, str) or not found:
        raise OddAnswer("The storage service lists a file without a name.", code=NO_NAME, remedy=_PROXY)
    return found


def modified_of(found: object) -> datetime | None:
    """When the object was written, if the store reports it."""
    return found.astimezone(UTC) if isinstance(found, datetime) else None


def check_range(start: int, stop: int, *, content_range: object, length: object) -> None:
    """Make sure that an answer holds the bytes [start, stop), and not others or the whole object.

    Without a Content-Range, only the length can be checked.
    """
    first = str(content_range or "").removeprefix("bytes").strip().partition("-")[0]
    if first.isdecimal() and int(first) == start:
        return
    if not content_range and (length is None or length == stop - start):
        return
    if not content_range and start == 0 and isinstance(length, int) and length > stop:
        return  # the whole object from its first byte: only the requested part is read
    raise OddAnswer(
        "The storage service sent a different part of the file than requested.",
        code=NO_RANGE,
        remedy="It, or a proxy before it, ignores Range or removes Content-Range. Playing recordings needs both.",
    )


def clock_of(headers: Mapping[str, Any]) -> datetime | None:
    """The time at which the store answered, by its Date header."""
    try:
        return parsedate_to_datetime(str(_header(headers, "date"))).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def is_skewed(headers: Mapping[str, Any]) -> bool:
    """Whether our clock and the store's are so far apart that signatures are refused for it."""
    clock = clock_of(headers)
    return clock is not None and abs((datetime.now(UTC) - clock).total_seconds()) >= SKEW


def server_of(headers: Mapping[str, Any]) -> str:
    """What the store calls itself, by its Server header, or ""."""
    said = str(_header(headers, "server") or "")
    return "".join(each for each in said if each.isprintable())[:60]


def _header(headers: Mapping[str, Any], name: str) -> Any:
    return next((value for each, value in headers.items() if str(each).lower() == name), None)
