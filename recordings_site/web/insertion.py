"""Inserts new rows by SQL that was compiled once: a call waits while its rows are written, and compiling costs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

Row = TypeVar("Row", bound=models.Model)


def insert(row: models.Model, *, unless_exists: tuple[str, ...] = ()) -> bool:
    """Insert one row as `insert_all` does; False when it is not inserted because one like it exists."""
    return bool(insert_all([row], unless_exists=unless_exists))


def insert_all(rows: Sequence[Row], *, unless_exists: tuple[str, ...] = ()) -> list[Row]:
    """Insert rows of one model by one statement and give those that were inserted, in their order; no signals.

    Each is inserted as `row.save(force_insert=True)` would be, and gets the key that the database gives. With
    `unless_exists`, the names of a unique constraint's fields as the rows hold them, rows that this constraint forbids
    are left out; another transaction's row that may yet be is waited for, and rows are inserted in the order of these
    fields, so that two transactions never wait for each other. For models without parents whose fields take plain
    values; with `unless_exists`, for those whose key the database gives. Raises what the database raises.
    """
    if not rows:
        return []
    using = rows[0]._state.db or router.db_for_write(type(rows[0]))
    statement = _compiled(type(rows[0]), using, unless_exists)
    ordered = sorted(rows, key=lambda row: _marks(row, unless_exists)) if unless_exists else rows
    with connections[using].cursor() as cursor:
        cursor.execute(*statement.with_values_of(ordered, connections[using]))
        given = cursor.fetchall() if statement.returns_key else []
    inserted = list(rows)
    if unless_exists:
        keys = {tuple(marks): key for key, *marks in given}
        # Of two alike the first in order was inserted: who comes later finds its key gone.
        found = {id(row): key for row in ordered if (key := keys.pop(_marks(row, unless_exists), None)) is not None}
        inserted = [row for row in rows if id(row) in found]
        for row in inserted:
            row.pk = found[id(row)]
    elif statement.returns_key:
        for row, (key,) in zip(ordered, given, strict=True):
            row.pk = key
    for row in inserted:
        row._state.adding = False
        row._state.db = using
    return inserted


def _marks(row: models.Model, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


@dataclass(frozen=True)
class _Statement:
    """The fields to write, and the statement: what comes before the rows, for each of them, and after them.

    To PostgreSQL all rows go as one JSON array: psycopg takes longer to put a thousand values into a statement than
    both need for all the rest. `row` is empty then.
    """

    fields: tuple["models.Field[Any, Any]", ...]
    before: str
    row: str
    after: str
    returns_key: bool

    def with_values_of(self, rows: Sequence[models.Model], connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The statement that inserts these rows, and its parameters."""
        if not self.row:
            objects = [
                {str(f.column): value for f in self.fields if (value := f.pre_save(row, True)) is not None}
                for row in rows
            ]
            return self.before + self.after, [json.dumps(objects, default=as_text)]
        values = [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in self.fields]
        return self.before + ", ".join([self.row] * len(rows)) + self.after, values


def as_text(value: object) -> str:
    """A value that JSON does not know, as PostgreSQL reads it."""
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return "\\x" + value.hex()
        case _:
            raise TypeError(f"{type(value).__name__} is no plain value")


@cache
def _compiled(model: type[models.Model], using: str, unless_exists: tuple[str, ...]) -> _Statement:
    connection = connections[using]
    quote = connection.ops.quote_name
    options = model._meta
    key = options.pk
    returns_key = isinstance(key, models.AutoField)
    fields = tuple(field for field in options.concrete_fields if not (returns_key and field is key))
    names = [quote(str(field.column)) for field in fields]
    before = f"INSERT INTO {quote(options.db_table)} ({', '.join(names)}) "
    if connection.vendor == "postgresql":
        columns = ", ".join(f"{name} {field.db_type(connection)}" for name, field in zip(names, fields, strict=True))
        row = ""
        before += f"SELECT * FROM json_to_recordset(%s) AS given ({columns})"  # noqa: S608 - names of our models
    else:
        row, before = f"({', '.join(['%s'] * len(fields))})", f"{before}VALUES "
    marks = [quote(str(field.column)) for name in unless_exists for field in fields if field.attname == name]
    after = f" ON CONFLICT ({', '.join(marks)}) DO NOTHING" if marks else ""
    if returns_key:
        # Both databases know RETURNING.
        after += f" RETURNING {', '.join([quote(str(key.column)), *marks])}"
    return _Statement(fields, before, row, after, returns_key)
