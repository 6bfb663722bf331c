"""Keyset pagination: pages by the values of the order, not by offset, so the last page is as fast as the first."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

from recordings_site.web.connections import release_connections

# Objects, or named tuples of them that hold the columns of the order.
Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)
PAGE = 50
BATCH = 1000
# Rows scanned for one page when no index leads to the rows wanted.
SCAN_LIMIT = 20_000
# Digits of a key that databases hold.
LONGEST_KEY = 19


class PageSource(Protocol[RowOut]):
    """How to reach the rows of a list quickly when its order passes too many rows that aren't in it."""

    def end(self, beyond: Q, *, descending: bool) -> Model | None:
        """Of all that lie behind a condition, the last row that may be looked at; None when all of them may."""

    def first(self, beyond: Q, count: int, *, descending: bool) -> QuerySet[Any, RowOut]:
        """Of the list's rows behind a condition at least the first so many, in no order."""


@dataclass(frozen=True, slots=True)
class BoundedScan(Generic[Row]):
    """The way to `rows` that no index narrows: so many of `among`, which are not narrowed, are looked at for a page."""

    rows: QuerySet[Any, Row]
    among: QuerySet[Any]
    order: tuple[str, str]

    def end(self, beyond: Q, *, descending: bool) -> Model | None:
        """The last row that may be scanned."""
        names = order_columns(self.order, descending=descending)
        return self.among.filter(beyond).order_by(*names).only(*self.order)[SCAN_LIMIT - 1 : SCAN_LIMIT].first()

    def first(self, beyond: Q, count: int, *, descending: bool) -> QuerySet[Any, Row]:
        """All behind a condition: it has a bound by now."""
        return self.rows.filter(beyond)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of the pages before and after it (empty where there is none)."""

    rows: Sequence[Row]
    newer: str
    older: str
    # The row at which a bounded search ended before the page was full; its cursor is `older` or `newer`.
    scanned_to: Model | None = None


def page(
    rows: QuerySet[Any, Row],
    *,
    order: tuple[str, str],
    descending: bool = True,
    cursor: str = "",
    size: int = PAGE,
    source: PageSource[Row] | None = None,
) -> Page[Row]:
    """The page of `rows` at `cursor`, ordered by two columns of which the second is unique.

    "Older" goes on in the order, "newer" back. A cursor that makes no sense gives the first page: it came from a URL.
    `source` gives the same rows where reading them in this order takes too long.
    """
    backwards, values = _read(cursor, rows.model, order)
    descending = descending != backwards
    beyond = Q() if values is None else _beyond(order, values, descending=descending)
    bounded, end = _bounded_rows(rows, source, beyond, size + 1, order, descending=descending)
    found = list(bounded.order_by(*order_columns(order, descending=descending))[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_newer = bool(found) and (more if backwards else values is not None)
    has_older = bool(found) and (backwards or more)
    newer = _write("newer", found[0], rows.model, order) if has_newer else ""
    older = _write("older", found[-1], rows.model, order) if has_older else ""
    if end is None or more:
        return Page(found, newer, older)
    if backwards:
        return Page(found, _write("newer", end, rows.model, order), older, end)
    return Page(found, newer, _write("older", end, rows.model, order), end)


def batches(rows: QuerySet[Any, Row], *, order: tuple[str, str], descending: bool = True) -> Iterator[Sequence[Row]]:
    """All rows, so many at a time, ordered as by `page`: neither side ever holds them all.

    Each batch is a query of its own, and no connection is held while the caller works on it: a slow reader of a
    download keeps none. A server-side cursor (QuerySet.iterator) breaks behind a pooler, where the next query may go
    to another session.
    """
    cursor = ""
    while True:
        found = page(rows, order=order, descending=descending, cursor=cursor, size=BATCH)
        release_connections()
        yield found.rows
        if not found.older:
            return
        cursor = found.older


def order_columns(order: tuple[str, str], *, descending: bool) -> list[str]:
    """The columns for `order_by`."""
    return [f"-{name}" if descending else name for name in order]


def _bounded_rows(
    rows: QuerySet[Any, Row],
    source: PageSource[Row] | None,
    beyond: Q,
    count: int,
    order: tuple[str, str],
    *,
    descending: bool,
) -> tuple[QuerySet[Any, Row], Model | None]:
    """At least the first so many rows behind a condition, and the row at which looking for them ended."""
    if source is None:
        return rows.filter(beyond), None
    end = source.end(beyond, descending=descending)
    if end is not None:
        beyond &= _up_to(order, _values(end, order), descending=descending)
    return source.first(beyond, count, descending=descending), end


def _values(row: object, order: tuple[str, str]) -> list[Any]:
    return [getattr(row, name) for name in order]


def neighbours(
    rows: QuerySet[Any, Row],
    row: Row,
    *,
    order: tuple[str, str],
    descending: bool = True,
    source: PageSource[Row] | None = None,
) -> tuple[Row | None, Row | None]:
    """The rows before and after `row` in a list, whether or not `row` itself is in it; None at an end.

    `source` is that of `page`: rows that it does not reach have no neighbours.
    """
    values = _values(row, order)
    if None in values:
        return None, None
    sides = []
    for side in (not descending, descending):
        bounded, _ = _bounded_rows(rows, source, _beyond(order, values, descending=side), 1, order, descending=side)
        sides.append(bounded.order_by(*order_columns(order, descending=side)).first())
    return sides[0], sides[1]


def _beyond(order: tuple[str, str], values: Sequence[Any], *, descending: bool) -> Q:
    """The rows behind these values. The first bound alone is what an index can walk from."""
    first, unique = order
    side = "lt" if descending else "gt"
    inside = Q(**{f"{first}__{side}": values[0]}) | Q(**{f"{unique}__{side}": values[1]})
    return Q(**{f"{first}__{side}e": values[0]}) & inside


def _up_to(order: tuple[str, str], values: Sequence[Any], *, descending: bool) -> Q:
    """The rows that are not behind these values, bounded likewise: without a bound an index is walked to its end."""
    first, unique = order
    side = "gt" if descending else "lt"
    inside = Q(**{f"{first}__{side}": values[0]}) | Q(**{f"{unique}__{side}e": values[1]})
    return Q(**{f"{first}__{side}e": values[0]}) & inside


def _write(source: str, row: Any, model: type[Model], order: tuple[str, str]) -> str:
    values = [source, *(_column(model, name).value_to_string(row) for name in order)]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[Model], order: tuple[str, str]) -> tuple[bool, list[Any] | None]:
    """Whether a cursor goes back, and its values; (False, None) for one that cannot be read."""
    if not cursor or len(cursor) > 500:
        return False, None
    try:
        source, *texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(_column(model, name), text) for name, text in zip(order, texts, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError):
        return False, None
    if source not in ("newer", "older") or None in values:
        return False, None
    return source == "newer", values


def _value(column: "Field[Any, Any]", text: Any) -> Any:
    """A value as stored in a database: a time in UTC, which not every time in other zones has."""
    value = column.to_python(text)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def row_key(text: str) -> int:
    """The key of a row as a form or an address names it; 0, which no row has, for what no database takes for one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY else 0
