"""Walks the index from the newest recording backwards and decides each candidate: the SQL of a search."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import ids
from recordings_site.recordings.search import tree
from recordings_site.recordings.search.facts import Facts, id_range, is_range
from recordings_site.recordings.search.meaning import All, Fact, Line, Meaning, Without
from recordings_site.recordings.search.sql import (
    Condition,
    Dialect,
    Fts5,
    Tsquery,
    decides,
    line_match,
    recording_match,
)
from recordings_site.recordings.search.tokens import scope_token

BUDGET = 2000  # candidates that one search looks at before it offers to go on
FIRST_CHUNK = 200
# With so few numbers in sight, they are looked up like words; with more, most candidates are in sight anyway.
_NUMBERS_AS_WORDS = 24
# Lines that may be looked at for each candidate of a budget: whether words make a phrase is seen in the line.
LINES_EACH = 5


@dataclass(frozen=True, slots=True)
class Walk:
    """The recordings found, newest first, and where to go on when the budget ended before the page was full."""

    ids: tuple[int, ...]
    # The id before which to continue; None when everything was looked at.
    older: int | None
    # Whether the budget ended it: what was found is not all that a full page would hold.
    stopped: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a meaning is looked for: which index gives candidates, what they match, what decides them."""

    lines: bool
    # What the tokens of a line must hold at least, where its match asks for more.
    needed: str | None
    match: str | None
    rest: Condition | None
    scope: tuple[int, ...] | None
    low: int | None
    high: int | None


def dialect() -> Dialect:
    """How the database in use writes matches."""
    return Tsquery() if connection.vendor == "postgresql" else Fts5()


def plan(meaning: Meaning, user: User) -> Plan:
    """Choose how to look: by the lines' index when one line decides, else by the recordings'."""
    writer = dialect()
    facts = Facts(user)
    scope = _scope(meaning, user, facts)
    low, high = id_range(meaning)
    parts = tuple(part for part in _parts(meaning) if not is_range(part) and not _number(part))
    spoken = [part for part in parts if not isinstance(part, Fact | Without)]
    rest: Condition | None = None
    needed: str | None = None
    lines = len(spoken) == 1 and isinstance(spoken[0], Line) and not spoken[0].is_plain
    if lines and isinstance(spoken[0], Line):
        match: str | None = line_match(spoken[0], writer)
        needed, _ = recording_match(spoken[0], writer)
        others = tuple(part for part in parts if part is not spoken[0])
        rest = decides(All(others), writer, facts) if others else None
    else:
        match, exact = recording_match(All(parts), writer)
        rest = None if exact or not parts else decides(All(parts), writer, facts)
    if scope is not None and 0 < len(scope) <= _NUMBERS_AS_WORDS:
        numbers = writer.terms([scope_token(number) for number in scope])
        needed, match = (writer.both([each, numbers]) if each else numbers for each in (needed, match))
        scope = None  # the match says it
    return Plan(lines, needed, match, rest, scope, low, high)


def walk(wanted: Plan, *, size: int, before: int | None = None, budget: int | None = None) -> Walk:
    """The newest `size` recordings older than `before`, after at most `budget` candidates."""
    budget = BUDGET if budget is None else budget
    found: list[int] = []
    looked = 0
    high = min((each for each in (wanted.high, before) if each is not None), default=None)
    if wanted.scope == ():
        return Walk((), None, False)
    while True:
        chunk = (
            size + 1 - len(found)
            if wanted.rest is None
            else min(FIRST_CHUNK if not looked else budget, budget - looked)
        )
        candidates, reached = _candidates(wanted, high, chunk, budget)
        looked += len(candidates)
        kept = candidates if wanted.rest is None else _decide(wanted.rest, candidates)
        found.extend(kept)
        if len(found) > size:
            return Walk(tuple(found[:size]), found[size - 1], False)
        if reached is not None:
            return Walk(tuple(found), reached, True)
        if len(candidates) < chunk:
            return Walk(tuple(found), None, False)
        high = candidates[-1]
        if looked >= budget:
            return Walk(tuple(found), high, True)


def count(wanted: Plan, *, most: int) -> tuple[int, bool]:
    """How many recordings there are, up to `most`, and whether there are more."""
    everywhere = wanted.scope is None and wanted.low is None and wanted.high is None
    if connection.vendor == "postgresql" and everywhere and wanted.match and not wanted.lines and wanted.rest is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT recordings_search_count(%s::tsquery, %s)", [wanted.match, most])
            counted: int = cursor.fetchone()[0]
        return min(counted, most), counted > most
    walked = walk(wanted, size=most, budget=max(most, BUDGET))
    return len(walked.ids), walked.older is not None


def _scope(meaning: Meaning, user: User, facts: Facts) -> tuple[int, ...] | None:
    """The numbers among whose recordings to look; None for all. What one may see, narrowed by `number:`."""
    scope = None if user.sees_all else PhoneNumber.objects.ids_visible_to(user)
    for value in filter(None, map(_number, _parts(meaning))):
        named = set(facts.numbers(value))
        scope = named if scope is None else scope & named
    return None if scope is None else tuple(sorted(scope))


def _number(part: Meaning) -> str:
    """The number that a part names, if it does: it narrows the scope, which the index knows."""
    field = part.field if isinstance(part, Fact) else None
    return str(field.value) if isinstance(field, tree.Field) and field.name == "number" else ""


def _parts(meaning: Meaning) -> tuple[Meaning, ...]:
    """What must all hold."""
    return meaning.parts if isinstance(meaning, All) else (meaning,)


def _candidates(wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
    """The newest candidates below `high`, each once; and where looking ended when its own budget did."""
    if wanted.match is None:
        return _every(wanted, high, most), None
    if connection.vendor == "postgresql":
        return _postgresql(wanted, high, most, budget)
    return _sqlite(wanted, high, most), None


def _bounds(wanted: Plan, high: int | None, column: str, shift: int = 0) -> Condition:
    condition = Condition("")
    for sql, bound in ((f" AND {column} >= %s", wanted.low), (f" AND {column} < %s", high)):
        if bound is not None:
            condition.sql += sql
            condition.parameters.append(bound << shift)
    return condition


def _in_scope(wanted: Plan, column: str) -> Condition:
    if wanted.scope is None:
        return Condition("")
    inside = among(column, wanted.scope)
    return Condition(f" AND {inside.sql}", inside.parameters)


def among(column: str, values: Sequence[int]) -> Condition:
    """The column is one of many values, given as one parameter: a parameter for each would cost more than the rest."""
    if connection.vendor == "postgresql":
        # As text, for psycopg takes as long to adapt each number of a list as PostgreSQL to look it up.
        return Condition(f"{column} = ANY(%s::bigint[])", [f"{{{','.join(map(str, values))}}}"])
    return Condition(f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))])


def _every(wanted: Plan, high: int | None, most: int) -> list[int]:
    """The newest recordings, whatever was said in them."""
    bounds, scope = _bounds(wanted, high, "i.id"), _in_scope(wanted, "i.scope")
    return column(
        "SELECT i.id FROM recordings_indexedrecording i"
        f" WHERE 1 = 1{bounds.sql}{scope.sql} ORDER BY i.id DESC LIMIT %s",
        [*bounds.parameters, *scope.parameters, most],
    )


def column(sql: str, parameters: Sequence[Any]) -> list[int]:
    """The numbers that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _sqlite(wanted: Plan, high: int | None, most: int) -> list[int]:
    table, shift = ("recordings_search_line", ids.BITS) if wanted.lines else ("recordings_search_recording", 0)
    bounds = _bounds(wanted, high, "s.rowid", shift)
    scope = _in_scope(wanted, "i.scope")
    # CROSS JOIN keeps FTS5 outermost: its rows come newest first and are taken one by one.
    joined = f" CROSS JOIN recordings_indexedrecording i ON i.id = s.rowid >> {shift}" if scope.sql else ""
    sql = (
        f"SELECT s.rowid >> {shift} FROM {table} s{joined}"
        f" WHERE s.{table} MATCH %s{bounds.sql}{scope.sql} ORDER BY s.rowid DESC"
    )
    parameters = [wanted.match, *bounds.parameters, *scope.parameters]
    if not wanted.lines:
        return column(f"{sql} LIMIT %s", [*parameters, most])
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(islice(_each_once(row[0] for rows in iter(lambda: cursor.fetchmany(64), []) for row in rows), most))


def _each_once(numbers: Iterator[int]) -> Iterator[int]:
    """Neighbours that are equal, once: the lines of a recording follow each other."""
    last: int | None = None
    for number in numbers:
        if number != last:
            yield number
            last = number


def _postgresql(wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
    """The walk is a function in the database (sql/postgresql.sql): one call, planned once a session."""
    scope = None if wanted.scope is None else list(wanted.scope)
    ends = (wanted.low or 0, ids.NEVER if high is None else high)
    with connection.cursor() as cursor:
        if not wanted.lines:
            cursor.execute(
                "SELECT recordings_search_newest(%s::tsquery, %s::bigint[], %s, %s, %s)",
                [wanted.match, scope, *ends, most],
            )
            return cursor.fetchone()[0], None
        cursor.execute(
            "SELECT hits, reached FROM recordings_search_lines("
            "%s::tsquery, %s::tsquery, %s::bigint[], %s, %s, %s, %s, %s)",
            [wanted.needed, wanted.match, scope, *ends, most, LINES_EACH * budget, ids.BITS],
        )
        return cursor.fetchone()  # type: ignore[no-any-return]


def _decide(rest: Condition, candidates: Sequence[int]) -> list[int]:
    if not candidates:
        return []
    these = among("i.id", candidates)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id FROM recordings_indexedrecording i"
            " JOIN recordings_recordingjob ON recordings_recordingjob.id = i.recording_id"
            f" WHERE {these.sql} AND ({rest.sql}) ORDER BY i.id DESC",
            [*these.parameters, *rest.parameters],
        )
        return [row[0] for row in cursor.fetchall()]
