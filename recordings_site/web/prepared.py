"""Queries that are built once and asked often: to build one costs Django several times as much as to ask it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

Row = tuple[Any, ...]
# What stands for a value while the SQL is made; found again in the SQL's parameters, where nothing else is like it.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 2_147_400_000 + place,
    str: lambda place: f"\N{REPLACEMENT CHARACTER} {place}",
    UUID: lambda place: UUID(int=2**127 + place),
}


class Prepared:
    """A query whose SQL is made when it is first asked and kept for the life of the process.

    `build` makes the queryset, one of `values_list`, from values of these types (int, str, UUID); its SQL must be the
    same whatever the values are.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *types: type) -> None:
        self._build, self._types = build, types

    def first(self, *values: Any) -> Row | None:
        """The first row for these values, as Python knows them; None when there is none."""
        with connection.cursor() as cursor:
            self._ask(cursor, values)
            found = cursor.fetchone()
        return None if found is None else self._as_python(found)

    def all(self, *values: Any) -> list[Row]:
        """All rows for these values."""
        with connection.cursor() as cursor:
            self._ask(cursor, values)
            return [self._as_python(row) for row in cursor.fetchall()]

    def _ask(self, cursor: CursorWrapper, values: Sequence[Any]) -> None:
        sql, places, _ = self._made
        given = [_for_database(value) for value in values]
        cursor.execute(sql, [given[place] if of_ours else place for of_ours, place in places])

    def _as_python(self, found: Row) -> Row:
        converters = self._made[2]
        if not converters:
            return found
        row = list(found)
        for column, (steps, expression) in converters.items():
            for step in steps:
                row[column] = step(row[column], expression, connection)
        return tuple(row)

    @cached_property
    def _made(self) -> tuple[str, list[tuple[bool, Any]], dict[int, tuple[list[Callable[..., Any]], Any]]]:
        """The SQL; for each parameter (True, which of the values) or (False, what it always is); the columns' types."""
        stand_ins = [_STAND_INS[kind](place) for place, kind in enumerate(self._types)]
        compiler = self._build(*stand_ins).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        known = {_for_database(stand_in): place for place, stand_in in enumerate(stand_ins)}
        places = [(True, known[each]) if each in known else (False, each) for each in parameters]
        return sql, places, compiler.get_converters(expression for expression, *_ in compiler.select)


def columns(model: type[Model], *names: str) -> tuple[str, ...]:
    """The columns of these fields (of all) in the order of the model, which is what its `from_db` expects."""
    return tuple(field.attname for field in model._meta.concrete_fields if not names or field.name in names)


def _for_database(value: Any) -> Any:
    """The value as a parameter; SQLite knows no UUID."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
