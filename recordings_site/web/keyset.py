"""Pages of a list by its order's values, not by counting: the last page is as fast as the first, in both directions."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

from recordings_site.web.connections import release_database

# Objects, or named tuples of them that hold the columns of the order.
Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)
PAGE = 50
BATCH = 1000
# Rows that are looked at for one page where no index leads to those that are sought.
LOOKED_AT = 20_000


class Way(Protocol[RowOut]):
    """How one comes soon to the rows of a list whose order leads past too many that are not in it."""

    def end(self, behind: Q, *, falling: bool) -> Model | None:
        """Of all that lie behind a condition, the last row that may be looked at; None when all of them may."""

    def first(self, behind: Q, count: int, *, falling: bool) -> QuerySet[Any, RowOut]:
        """Of the list's rows behind a condition at least the first so many, in no order."""


@dataclass(frozen=True, slots=True)
class Portions(Generic[Row]):
    """The way to `rows` that no index narrows: so many of `among`, which are not narrowed, are looked at for a page."""

    rows: QuerySet[Any, Row]
    among: QuerySet[Any]
    order: tuple[str, str]

    def end(self, behind: Q, *, falling: bool) -> Model | None:
        """The last that may be looked at."""
        names = sorted_by(self.order, falling=falling)
        return self.among.filter(behind).order_by(*names).only(*self.order)[LOOKED_AT - 1 : LOOKED_AT].first()

    def first(self, behind: Q, count: int, *, falling: bool) -> QuerySet[Any, Row]:
        """All behind a condition: it has a bound by now."""
        return self.rows.filter(behind)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of the pages before and after it (empty where there is none)."""

    rows: Sequence[Row]
    newer: str
    older: str
    # The row at which a bounded search ended before the page was full; its cursor is `older` or `newer`.
    ended_at: Model | None = None


def page(
    rows: QuerySet[Any, Row],
    *,
    order: tuple[str, str],
    descending: bool = True,
    cursor: str = "",
    size: int = PAGE,
    way: Way[Row] | None = None,
) -> Page[Row]:
    """The page of `rows` at `cursor`, ordered by two columns of which the second is unique.

    "Older" goes on in the order, "newer" back. A cursor that makes no sense gives the first page: it came from a URL.
    `way` leads to the same rows where the order alone takes too long.
    """
    backwards, values = _read(cursor, rows.model, order)
    falling = descending != backwards
    behind = Q() if values is None else _beyond(order, values, falling=falling)
    reached, end = _reached(rows, way, behind, size + 1, order, falling=falling)
    found = list(reached.order_by(*sorted_by(order, falling=falling))[: size + 1])
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
        release_database()
        yield found.rows
        if not found.older:
            return
        cursor = found.older


def sorted_by(order: tuple[str, str], *, falling: bool) -> list[str]:
    """The columns for `order_by`."""
    return [f"-{name}" if falling else name for name in order]


def _reached(
    rows: QuerySet[Any, Row], way: Way[Row] | None, behind: Q, count: int, order: tuple[str, str], *, falling: bool
) -> tuple[QuerySet[Any, Row], Model | None]:
    """At least the first so many rows behind a condition, and the row at which looking for them ended."""
    if way is None:
        return rows.filter(behind), None
    end = way.end(behind, falling=falling)
    if end is not None:
        behind &= _up_to(order, _values(end, order), falling=falling)
    return way.first(behind, count, falling=falling), end


def _values(row: object, order: tuple[str, str]) -> list[Any]:
    return [getattr(row, name) for name in order]


def neighbours(
    rows: QuerySet[Any, Row],
    row: Row,
    *,
    order: tuple[str, str],
    descending: bool = True,
    way: Way[Row] | None = None,
) -> tuple[Row | None, Row | None]:
    """The rows before and after `row` in a list, whether or not `row` itself is in it; None at an end.

    `way` is that of `page`: of what it does not reach, there is none either.
    """
    values = _values(row, order)
    if None in values:
        return None, None
    sides = []
    for falling in (not descending, descending):
        reached, _ = _reached(rows, way, _beyond(order, values, falling=falling), 1, order, falling=falling)
        sides.append(reached.order_by(*sorted_by(order, falling=falling)).first())
    return sides[0], sides[1]


def _beyond(order: tuple[str, str], values: Sequence[Any], *, falling: bool) -> Q:
    """The rows behind these values. The first bound alone is what an index can walk from."""
    first, unique = order
    side = "lt" if falling else "gt"
    inside = Q(**{f"{first}__{side}": values[0]}) | Q(**{f"{unique}__{side}": values[1]})
    return Q(**{f"{first}__{side}e": values[0]}) & inside


def _up_to(order: tuple[str, str], values: Sequence[Any], *, falling: bool) -> Q:
    """The rows that are not behind these values, bounded likewise: without a bound an index is walked to its end."""
    first, unique = order
    side = "gt" if falling else "lt"
    inside = Q(**{f"{first}__{side}": values[0]}) | Q(**{f"{unique}__{side}e": values[1]})
    return Q(**{f"{first}__{side}e": values[0]}) & inside


def _write(way: str, row: Any, model: type[Model], order: tuple[str, str]) -> str:
    values = [way, *(_column(model, name).value_to_string(row) for name in order)]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[Model], order: tuple[str, str]) -> tuple[bool, list[Any] | None]:
    """Whether a cursor goes back, and its values; (False, None) for one that cannot be read."""
    if not cursor or len(cursor) > 500:
        return False, None
    try:
        way, *texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(_column(model, name), text) for name, text in zip(order, texts, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError):
        return False, None
    if way not in ("newer", "older") or None in values:
        return False, None
    return way == "newer", values


def _value(column: "Field[Any, Any]", text: Any) -> Any:
    """A value as a database keeps it: a moment is one of UTC, which not every moment of other zones has."""
    value = column.to_python(text)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
