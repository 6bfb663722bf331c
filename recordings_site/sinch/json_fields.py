"""Reads untrusted JSON: bounded, of plain types, without values that databases and encoders reject."""

import codecs
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MAX_DEPTH = 32

# NaN and Infinity aren't JSON, but some writers emit them: the value is then unknown.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
_REPLACED = re.compile("[\0\ud800-\udfff]")
# More brackets, braces and commas than any body of Sinch's has: a value costs fifty times its bytes in memory.
MAX_VALUES = 200_000


def clean_text(text: str) -> str:
    """Return `text` with U+0000 and lone surrogates replaced: PostgreSQL and UTF-8 don't take them."""
    return _REPLACED.sub("\ufffd", text)


def read_object(data: bytes, *, limit: int) -> dict[str, Any]:
    """Read `data` as one JSON object in UTF-8 of at most `limit` bytes, with cleaned strings.

    Raises ValueError with a short reason that doesn't repeat the data.
    """
    if len(data) > limit:
        raise ValueError(f"it is larger than {limit} bytes")
    if sum(map(data.count, b"{[,")) > MAX_VALUES:
        raise ValueError("it holds too many values")
    try:
        value = _DECODER.decode(data.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    return {clean_text(key): _clean(member, 1) for key, member in value.items()}


def field(record: Mapping[str, Any], *names: str) -> Any:
    """Return the member of the first of `names` that `record` has, else one that differs in case only, else None.

    A member that is null counts as absent, and one that is empty only when no other spelling has a value.
    """
    found = None
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
        found = value if found is None else found
    keys = _folded(names)
    # Usually there is none, and this check is many times faster than a loop.
    if keys.isdisjoint(map(str.lower, record)):
        return found
    others = (value for key, value in record.items() if value is not None and key.lower() in keys)
    return next((value for value in others if value != ""), found)


@lru_cache(maxsize=256)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def text_of(value: object, *, limit: int) -> str:
    """Return a string or number as text of at most `limit` characters; anything else is the empty text."""
    if isinstance(value, str):
        return value[:limit]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    try:
        return str(value)[:limit]
    except ValueError:  # an integer of more digits than Python turns into text
        return ""


def number_of(value: object) -> float | None:
    """Return a finite number, or one written as text, as a float; anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None


def _clean(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): _clean(member, depth + 1) for key, member in value.items()}
    if isinstance(value, list):
        return [_clean(member, depth + 1) for member in value]
    if isinstance(value, float) and abs(value) == float("inf"):  # 1e999 is valid JSON, but no database stores it
        return None
    return value
