"""Inserts a new row by SQL that was compiled once: a call waits while its rows are written, and compiling costs."""

from functools import cache
from typing import Any

from django.db import connections, models, router


def insert(row: models.Model, *, unless_exists: bool = False) -> bool:
    """Insert `row` as `row.save(force_insert=True)` would and set the key that the database gives; no signals.

    With `unless_exists`, for models whose key the database gives, a row that some unique constraint forbids is not
    inserted, and the answer is False; another transaction's row that may yet be is waited for. For models without
    parents whose fields take plain values. Raises what the database raises.
    """
    model = type(row)
    using = row._state.db or router.db_for_write(model)
    connection = connections[using]
    fields, sql, returns_key = _compiled(model, using, unless_exists)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if returns_key:
            given = cursor.fetchone()
            if given is None:
                return False
            row.pk = given[0]
    row._state.adding = False
    row._state.db = using
    return True


@cache
def _compiled(
    model: type[models.Model], using: str, unless_exists: bool
) -> tuple[tuple["models.Field[Any, Any]", ...], str, bool]:
    """The fields to write, the statement, and whether it returns the key (both databases know RETURNING)."""
    connection = connections[using]
    quote = connection.ops.quote_name
    options = model._meta
    key = options.pk
    returns_key = isinstance(key, models.AutoField)
    fields = tuple(field for field in options.concrete_fields if not (returns_key and field is key))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names of our models
    sql += " ON CONFLICT DO NOTHING" if unless_exists else ""
    return fields, sql + (f" RETURNING {quote(str(key.column))}" if returns_key else ""), returns_key
