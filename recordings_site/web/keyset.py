"""Pages of a list by its order's values, not by counting: the last page is as fast as the first, in both directions."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of the pages before and after it (empty where there is none)."""

    rows: Sequence[Row]
    newer: str
    older: str
    # The row at which a bounded search ended before the page was full; its cursor is `older` or `newer`.
    ended_at: Row | None = None


def page(
    rows: QuerySet[Row],
    *,
    order: tuple[str, str],
    descending: bool = True,
    cursor: str = "",
    size: int = PAGE,
    among: QuerySet[Row] | None = None,
    most: int = 0,
    first: Callable[[Q, bool, int], QuerySet[Row]] | None = None,
) -> Page[Row]:
    """The page of `rows` at `cursor`, ordered by two columns of which the second is unique.

    "Older" goes on in the order, "newer" back. A cursor that makes no sense gives the first page: it came from a URL.
    Where no index helps to narrow, `among` are the rows without that narrowing: only `most` of them are looked at.
    `first` knows a better way to some rows: it gives those of `rows` that are the first so many behind a condition.
    """
    backwards, values = _read(cursor, rows.model, order)
    falling = descending != backwards
    behind = Q() if values is None else _beyond(order, values, falling=falling)
    end = _nth(among.filter(behind), most, order, falling=falling) if among is not None else None
    if end is not None:
        behind &= _up_to(order, _values(end, order), falling=falling)
    if first is not None:
        rows = first(behind, falling, size + 1)
    found = list(rows.filter(behind).order_by(*(f"-{name}" if falling else name for name in order))[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_newer = bool(found) and (more if backwards else values is not None)
    has_older = bool(found) and (backwards or more)
    newer = _write("newer", found[0], order) if has_newer else ""
    older = _write("older", found[-1], order) if has_older else ""
    if end is None or more:
        return Page(found, newer, older)
    if backwards:
        return Page(found, _write("newer", end, order), older, end)
    return Page(found, newer, _write("older", end, order), end)


def _nth(rows: QuerySet[Row], most: int, order: tuple[str, str], *, falling: bool) -> Row | None:
    """The last row that may be looked at; None when there are fewer."""
    names = [f"-{name}" if falling else name for name in order]
    return rows.order_by(*names).only(*order)[most - 1 : most].first() if most else None


def _values(row: Model, order: tuple[str, str]) -> list[Any]:
    return [getattr(row, name) for name in order]


def neighbours(
    rows: QuerySet[Row],
    row: Row,
    *,
    order: tuple[str, str],
    descending: bool = True,
    among: QuerySet[Row] | None = None,
    most: int = 0,
    first: Callable[[Q, bool, int], QuerySet[Row]] | None = None,
) -> tuple[Row | None, Row | None]:
    """The rows before and after `row` in a list, whether or not `row` itself is in it; None at an end.

    `among`, `most` and `first` are those of `page`: of what lies further away, there is none either.
    """
    values = _values(row, order)
    if None in values:
        return None, None
    sides = []
    for falling in (not descending, descending):
        behind = _beyond(order, values, falling=falling)
        if among is not None and (end := _nth(among.filter(behind), most, order, falling=falling)) is not None:
            behind &= _up_to(order, _values(end, order), falling=falling)
        beyond = first(behind, falling, 1) if first is not None else rows.filter(behind)
        sides.append(beyond.order_by(*(f"-{name}" if falling else name for name in order)).first())
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


def _write(way: str, row: Model, order: tuple[str, str]) -> str:
    values = [way, *(_column(type(row), name).value_to_string(row) for name in order)]
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
