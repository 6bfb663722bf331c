"""Reads about changes of many numbers: what one would do, and what one did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from recordings_site.base.formatting import counted
from recordings_site.policies.models import NumbersChange, PhoneNumber, PhoneNumberQuerySet
from recordings_site.policies.numbers.actions import RELATED

# Different values of a column that a preview names.
NAMED = 8
PAGE = 100


@dataclass(frozen=True)
class Effect:
    """What a change does to one column: what it is called, the new value, how many numbers have which now."""

    name: str
    after: str
    before: tuple[tuple[str, int], ...]
    others: int
    unchanged: int


def effects(rows: PhoneNumberQuerySet, wanted: Mapping[str, Any]) -> list[Effect]:
    """What giving these numbers the wanted values would change."""
    found = []
    for column, value in wanted.items():
        counts = rows.order_by().values_list(column).annotate(count=Count("pk")).order_by("-count", column)
        names = _names(column, {value, *(each for each, _ in counts)})
        differing = [(each, count) for each, count in counts if each != value]
        found.append(
            Effect(
                column.removesuffix("_id").capitalize(),
                names[value],
                tuple((names[each], count) for each, count in differing[:NAMED]),
                sum(count for _, count in differing[NAMED:]),
                sum(count for each, count in counts if each == value),
            )
        )
    return found


@dataclass(frozen=True)
class ChangedRow:
    """One number of a change: the number, and what it had and got, in words."""

    number: PhoneNumber
    parts: tuple[tuple[str, str, str], ...]
    waits: bool


def changed_rows(change: NumbersChange, start: int) -> list[ChangedRow]:
    """The numbers of a change from the `start`th on, a page of them; those that wait come last."""
    rows = [
        (int(pk), diff, waits)
        for part, waits in ((change.rows, False), (change.held, True))
        for pk, diff in part.items()
    ]
    shown = rows[start : start + PAGE]
    numbers = PhoneNumber.objects.in_bulk([pk for pk, _, _ in shown])
    names = {
        column: _names(column, {value for _, diff, _ in shown for value in diff.get(column, ())})
        for column in {name for _, diff, _ in shown for name in diff}
    }
    return [
        ChangedRow(numbers[pk], tuple(_part(column, values, names) for column, values in diff.items()), waits)
        for pk, diff, waits in shown
        if pk in numbers
    ]


def _part(column: str, values: Sequence[Any], names: Mapping[str, Mapping[Any, str]]) -> tuple[str, str, str]:
    before, after = values
    if column == "archived":
        return "Number", ("not in use" if before else "in use"), ("archived" if after else "in use")
    return column.removesuffix("_id").capitalize(), names[column][before], names[column][after]


def _names(column: str, values: Iterable[Any]) -> dict[Any, str]:
    """What the values of a column are called."""
    values = set(values)
    if column not in RELATED:
        return {value: str(value) or "none" for value in values}
    rows = RELATED[column]._default_manager.in_bulk([each for each in values if each])
    names = {pk: str(row) for pk, row in rows.items()}
    return {value: names.get(value, "none" if value is None else "deleted") for value in values}


def outcome(changed: int, added: int, waiting: int) -> str:
    """What a change did, for people."""
    parts = [
        f"{counted(added, 'number was', 'numbers were')} added" if added else "",
        f"{counted(changed, 'number was', 'numbers were')} changed" if changed else "",
        f"{counted(waiting, 'number is', 'numbers are')} waiting for another admin’s approval" if waiting else "",
    ]
    said = [part for part in parts if part]
    return f"{', '.join(said)}." if said else "Nothing to change. The numbers already have these values."
