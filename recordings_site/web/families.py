"""Inserts rows that belong together, such as a call with its decision and its delivery, many such families at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from recordings_site.web.insertion import as_text, insert_all

# A row's values by the names of its fields, those of foreign keys with _id; None where a family has no such row.
Facts = Mapping[str, Any]
Family = Sequence[Facts | None]
Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Families:
    """Families of rows, one of each of these models, the first of which the others refer to.

    Foreign keys to members that stand before are not told but filled in. What else is not told has the field's
    default; of each family the same is told. A member that brings its own key may be None. `unless_exists` are the
    fields of a unique constraint of the first model: a family whose first row exists is left out whole.
    """

    models: tuple[type[models.Model], ...]
    unless_exists: tuple[str, ...]

    def insert(self, families: Sequence[Family]) -> list[Keys | None]:
        """Insert all that are new, or nothing; give the keys of each family's rows, None for one that was left out.

        On PostgreSQL this is one statement, which commits by itself unless a transaction is under way: a round trip
        costs more than the rows that it brings. What `insert_all` says of waiting and of order holds here, too.
        """
        using = router.db_for_write(self.models[0])
        told = _told(families)
        if connections[using].vendor == "postgresql":
            return self._at_once(families, _compiled(self, told, using), using)
        with transaction.atomic(using):
            return self._by_model(families)

    def _at_once(self, families: Sequence[Family], statement: "_Statement", using: str) -> list[Keys | None]:
        objects = [statement.object_of(place, family) for place, family in enumerate(families)]
        objects.sort(key=lambda found: [found[name] for name in statement.marks])
        with connections[using].cursor() as cursor:
            cursor.execute(statement.sql, [json.dumps(objects, default=as_text)])
            keys = {place: tuple(given) for place, *given in cursor.fetchall()}
        return [keys.get(place) for place in range(len(families))]

    def _by_model(self, families: Sequence[Family]) -> list[Keys | None]:
        heads = [self.models[0](**(family[0] or {})) for family in families]
        new = set(map(id, insert_all(heads, unless_exists=self.unless_exists)))
        made: list[list[Any]] = [[head] if id(head) in new else [] for head in heads]
        for member, model in enumerate(self.models[1:], 1):
            for rows, told in zip(made, families, strict=True):
                if rows:
                    filled = {name: rows[other].pk for name, other in _links(self.models, member).items()}
                    facts = told[member]
                    rows.append(None if facts is None else model(**facts, **filled))
            insert_all([row for rows in made if rows and (row := rows[member])])
        return [tuple(row and row.pk for row in rows) or None for rows in made]


def _told(families: Sequence[Family]) -> tuple[tuple[str, ...], ...]:
    """The names of each member's values; ValueError when they are not the same in each family, in the same order."""
    found = []
    for rows in zip(*families, strict=True):
        first, *others = {tuple(row) for row in rows if row is not None} or {()}
        if others:
            raise ValueError("Of each family the same must be told, in the same order.")
        found.append(first)
    return tuple(found)


def _links(members: Sequence[type[models.Model]], member: int) -> dict[str, int]:
    """The foreign keys of a member to those before it: by the names that its rows have for them, whose key it is."""
    before = list(members[:member])
    fields = members[member]._meta.concrete_fields
    return {f.attname: before.index(f.related_model) for f in fields if f.related_model in before}


@dataclass(frozen=True)
class _Statement:
    """The statement, whose parameter is a JSON array with an object for each family, and what these objects are of.

    `told` are the names of each member's values, `names` those of the objects: the family's place and all values;
    `marks` are those by which they are ordered.
    """

    sql: str
    told: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    marks: tuple[str, ...]

    def object_of(self, place: int, family: Family) -> dict[str, Any]:
        """All that is told of a family."""
        rows = (row or dict.fromkeys(told) for row, told in zip(family, self.told, strict=True))
        return dict(zip(self.names, chain((place,), *(row.values() for row in rows)), strict=True))


@cache
def _compiled(families: Families, told: tuple[tuple[str, ...], ...], using: str) -> _Statement:
    connection = connections[using]
    members: list[_Member] = []
    members.extend(_Member(families, place, names, members, connection) for place, names in enumerate(told))
    columns = ", ".join(["place integer", *(column for member in members for column in member.columns())])
    given = ", ".join(["told.*", *(key for member in members for key in member.given_key())])
    steps = ", ".join(f"m{n} AS ({member.insertion()})" for n, member in enumerate(members) if member.told)
    keys = ", ".join(member.key for member in members)
    source = f"SELECT {given} FROM json_to_recordset(%s) AS told ({columns})"  # noqa: S608 - names of our models
    result = f"SELECT place, {keys} FROM given JOIN m0 ON m0.key = {members[0].key}"  # noqa: S608 - see above
    sql = f"WITH given AS MATERIALIZED ({source}), {steps} {result}"
    names = ("place", *(f"{member.place}.{name}" for member in members for name in member.told))
    return _Statement(sql, told, names, tuple(f"0.{name}" for name in families.unless_exists))


@dataclass(frozen=True)
class _Member:
    """One model's part of the statement. `given` has a column for each value, named as in the object, and each key."""

    families: Families
    place: int
    told: tuple[str, ...]
    members: Sequence["_Member"]
    connection: BaseDatabaseWrapper

    @property
    def model(self) -> type[models.Model]:
        """Whose rows these are."""
        return self.families.models[self.place]

    @property
    def key(self) -> str:
        """The column of `given` with the key; none has one when no family has such a row."""
        return self.value(self.model._meta.pk.attname) if self.told else "NULL"

    def value(self, name: str) -> str:
        """The column of `given` with this value."""
        return self.connection.ops.quote_name(f"{self.place}.{name}")

    def columns(self) -> list[str]:
        """What is told, each with its type."""
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        return [f"{self.value(name)} {fields[name].db_type(self.connection)}" for name in self.told]

    def given_key(self) -> list[str]:
        """The key that the database gives, unless the rows bring theirs."""
        key, quote = self.model._meta.pk, self.connection.ops.quote_name
        if not isinstance(key, models.AutoField):
            return []
        of = f"pg_get_serial_sequence('{quote(self.model._meta.db_table)}', '{key.column}')"
        # Asked for once, as it stands in a query of its own.
        return [f"nextval((SELECT {of}::regclass)) AS {self.key}"]

    def insertion(self) -> str:
        """The insertion of the rows."""
        options, quote = self.model._meta, self.connection.ops.quote_name
        values = {str(f.column): value for f in options.concrete_fields if (value := self._value_of(f))}
        into = f"INSERT INTO {quote(options.db_table)} ({', '.join(map(quote, values))})"
        rows = f"SELECT {', '.join(values.values())} FROM given"  # noqa: S608 - see above
        if self.place == 0:
            fields = {field.attname: quote(str(field.column)) for field in options.concrete_fields}
            marks = ", ".join(fields[name] for name in self.families.unless_exists)
            return f"{into} {rows} ON CONFLICT ({marks}) DO NOTHING RETURNING {quote(str(options.pk.column))} AS key"
        return f"{into} {rows} JOIN m0 ON m0.key = {self.members[0].key} WHERE {self.key} IS NOT NULL"

    def _value_of(self, field: "models.Field[Any, Any]") -> str:
        """What goes into a column: what is told, a key of the family, the default; "" for a column without any."""
        links = _links(self.families.models, self.place)
        if field.attname in self.told or field is self.model._meta.pk:
            return self.value(field.attname)
        if field.attname in links:
            return self.members[links[field.attname]].key
        if field.has_default() and callable(field.default) and field.default is not dict:
            raise ValueError(f"{field} has a default of its own for each row: it has to be told.")
        default = field.get_default()
        if default is None:
            return ""
        operations: Any = self.connection.ops  # what PostgreSQL's can is not in the type of all databases'
        literal: str = operations.compose_sql("%s", [field.get_db_prep_save(default, self.connection)])
        return literal.replace("%", "%%")
