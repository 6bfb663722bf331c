"""Writes a query as a database's match expressions, and as conditions that decide it exactly.

Two tables are searched: the tokens of whole recordings, where AND, OR and NOT combine, and the tokens of lines, where
phrase, NEAR and speaker bind. A recording's tokens give candidates; what they cannot decide is asked of its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any as Value
from typing import Protocol

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria.conditions import in_span
from recordings_site.recordings.criteria.criterion import Span
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.search.language.compiled_query import (
    All,
    Any,
    CompiledQuery,
    Fact,
    Line,
    Proximity,
    Run,
    Terms,
    Without,
)
from recordings_site.recordings.search.language.query_tree import Between, Field

# A token that no text has: what a prefix without words stands for.
NOWHERE = "\ue000nowhere"


@dataclass(slots=True)
class Condition:
    """A piece of SQL and its parameters."""

    sql: str
    parameters: list[Value] = field(default_factory=list)


class Dialect(Protocol):
    """How one database writes matches. `i` is the indexed recording in each condition."""

    def terms(self, tokens: Sequence[str]) -> str:
        """Any of the tokens."""

    def run(self, tokens: Sequence[str]) -> str:
        """The tokens one after another."""

    def close(self, alternative: Proximity) -> str:
        """One run near another."""

    def both(self, parts: Sequence[str]) -> str:
        """All of the expressions."""

    def either(self, parts: Sequence[str]) -> str:
        """Any of the expressions."""

    def but_not(self, wanted: str, unwanted: str) -> str:
        """The one without the other."""

    def recording_has(self, match: str) -> Condition:
        """The recording's tokens match."""

    def line_has(self, match: str) -> Condition:
        """One of the recording's lines matches."""


def line_match(line: Line, dialect: Dialect) -> str:
    """What one line must match."""
    parts = (
        [dialect.either([_alternative(alternative, dialect) for alternative in line.alternatives])]
        if line.alternatives
        else []
    )
    return dialect.both([*parts, *(dialect.terms([token]) for token in line.speaker)])


def _alternative(alternative: Terms | Run | Proximity, dialect: Dialect) -> str:
    match alternative:
        case Terms(tokens):
            return dialect.terms(tokens)
        case Run(tokens):
            return dialect.run(tokens)
        case Proximity():
            return dialect.close(alternative)


def recording_match(query: CompiledQuery, dialect: Dialect) -> tuple[str | None, bool]:
    """What a recording's tokens must match at least (None: anything), and whether that decides the query."""
    match query:
        case Line():
            alternatives = [
                dialect.both([dialect.terms(each) for each in _needed(alternative)])
                for alternative in query.alternatives
            ]
            parts = [dialect.either(alternatives)] if alternatives else []
            return dialect.both([*parts, *(dialect.terms([token]) for token in query.speaker)]), query.is_plain
        case All(parts_of):
            return _all(parts_of, dialect)
        case Any(parts_of):
            read = [recording_match(part, dialect) for part in parts_of]
            known = [match for match, _ in read if match is not None]
            decided = all(exact for _, exact in read)
            return (dialect.either(known) if len(known) == len(read) else None), decided
        case Without() | Fact():
            return None, False


def _all(parts: Sequence[CompiledQuery], dialect: Dialect) -> tuple[str | None, bool]:
    wanted: list[str] = []
    unwanted: list[str] = []
    decided = True
    for part in parts:
        match, exact = recording_match(part.part if isinstance(part, Without) else part, dialect)
        if isinstance(part, Without):
            if match is not None and exact:
                unwanted.append(match)
            else:
                decided = False
        else:
            decided = decided and exact
            if match is not None:
                wanted.append(match)
    if not wanted:
        return None, False
    joined = dialect.both(wanted)
    for each in unwanted:
        joined = dialect.but_not(joined, each)
    return joined, decided


def _needed(alternative: Terms | Run | Proximity) -> list[Sequence[str]]:
    """The groups of tokens of which a recording must hold one each, when a line of it satisfies the way."""
    match alternative:
        case Terms(tokens):
            return [tokens]
        case Run(tokens):
            return [[token] for token in dict.fromkeys(tokens)]
        case Proximity(left, right):
            # The first token of each run is enough for candidates.
            return [[run.tokens[0] for run in runs] for runs in (left, right)]


def decides(query: CompiledQuery, dialect: Dialect, user: User) -> Condition:
    """The condition that decides a query exactly for one recording, as far as a person may know its facts."""
    match query:
        case Fact():
            return as_sql(_fact(query, user))
        case Line():
            match_of, exact = recording_match(query, dialect)
            return dialect.recording_has(match_of or "") if exact else dialect.line_has(line_match(query, dialect))
        case Without(part):
            inner = decides(part, dialect, user)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case All(parts) | Any(parts):
            conditions = [decides(part, dialect, user) for part in parts]
            word = " AND " if isinstance(query, All) else " OR "
            return Condition(
                word.join(f"({each.sql})" for each in conditions),
                [parameter for each in conditions for parameter in each.parameters],
            )


def _fact(fact: Fact, user: User) -> Q:
    match fact.field:
        case Between(start, end):
            return in_span(Span(start, end), user)
        case Field(name, value):
            return SEARCHED[name].condition(value, user)


def as_sql(condition: Q) -> Condition:
    """A condition on recordings without joins, as SQL that names their table."""
    query = RecordingJob.objects.order_by().filter(condition).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, parameters = query.where.as_sql(compiler, connection)
    except EmptyResultSet:
        return Condition("1 = 0")
    except FullResultSet:
        return Condition("1 = 1")
    return Condition(sql, list(parameters))


def rows(sql: str, parameters: Sequence[Value]) -> list[tuple[Value, ...]]:
    """The rows that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def column(sql: str, parameters: Sequence[Value]) -> list[Value]:
    """The first column of a query's rows."""
    return [row[0] for row in rows(sql, parameters)]
