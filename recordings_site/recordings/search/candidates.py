"""Walks the index from the newest recording backwards and decides each candidate: the SQL of a search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.search import ids, tree
from recordings_site.recordings.search.facts import Facts, id_range
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
_FIRST_BUCKETS = 5


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
    parts = meaning.parts if isinstance(meaning, All) else (meaning,)
    spoken = [part for part in parts if not isinstance(part, Fact | Without)]
    rest: Condition | None = None
    lines = len(spoken) == 1 and isinstance(spoken[0], Line) and not spoken[0].is_plain
    if lines and isinstance(spoken[0], Line):
        match: str | None = line_match(spoken[0], writer)
        others = tuple(part for part in parts if part is not spoken[0])
        rest = decides(All(others), writer, facts) if others else None
    else:
        match, exact = recording_match(meaning, writer)
        rest = None if exact else decides(meaning, writer, facts)
    if match is not None and scope is not None and 0 < len(scope) <= _NUMBERS_AS_WORDS:
        match = writer.both([match, writer.terms([scope_token(number) for number in scope])])
    return Plan(lines, match, rest, scope, low, high)


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
        candidates = _candidates(wanted, high, chunk)
        looked += len(candidates)
        kept = candidates if wanted.rest is None else _decide(wanted.rest, candidates)
        found.extend(kept)
        if len(found) > size:
            return Walk(tuple(found[:size]), found[size - 1], False)
        if len(candidates) < chunk:
            return Walk(tuple(found), None, False)
        high = candidates[-1]
        if looked >= budget:
            return Walk(tuple(found), high, True)


def _scope(meaning: Meaning, user: User, facts: Facts) -> tuple[int, ...] | None:
    """The numbers among whose recordings to look; None for all. What one may see, narrowed by `number:`."""
    scope = None if user.sees_all else set(PhoneNumber.objects.visible_to(user).values_list("id", flat=True))
    for part in meaning.parts if isinstance(meaning, All) else (meaning,):
        if isinstance(part, Fact) and isinstance(part.field, tree.Field) and part.field.name == "number":
            named = set(facts.numbers(part.field.value))
            scope = named if scope is None else scope & named
    return None if scope is None else tuple(sorted(scope))


def _candidates(wanted: Plan, high: int | None, most: int) -> list[int]:
    """The newest candidates below `high`, each once."""
    if connection.vendor == "postgresql":
        return _postgresql(wanted, high, most)
    return _sqlite(wanted, high, most)


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
    """The column is one of many values: one parameter where the database takes an array, which is cheaper by far."""
    if connection.vendor == "postgresql":
        return Condition(f"{column} = ANY(%s)", [list(values)])
    return Condition(f"{column} IN ({', '.join(['%s'] * len(values))})", list(values))


def _sqlite(wanted: Plan, high: int | None, most: int) -> list[int]:
    scope = _in_scope(wanted, "i.scope")
    if wanted.match is None:
        bounds = _bounds(wanted, high, "i.id")
        sql = f"SELECT i.id FROM recordings_indexedrecording i WHERE 1 = 1{bounds.sql}{scope.sql} ORDER BY i.id DESC"
        parameters = [*bounds.parameters, *scope.parameters]
    else:
        table, shift = ("recordings_search_line", ids.BITS) if wanted.lines else ("recordings_search_recording", 0)
        bounds = _bounds(wanted, high, "s.rowid", shift)
        # CROSS JOIN keeps FTS5 outermost: its rows come newest first and are taken one by one.
        sql = (
            f"SELECT i.id FROM {table} s CROSS JOIN recordings_indexedrecording i ON i.id = s.rowid >> {shift}"
            f" WHERE s.{table} MATCH %s{bounds.sql}{scope.sql} ORDER BY s.rowid DESC"
        )
        parameters = [wanted.match, *bounds.parameters, *scope.parameters]
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


def _postgresql(wanted: Plan, high: int | None, most: int) -> list[int]:
    """The newest buckets alone, then all the others: most pages are filled by the newest, and those few are cheap."""
    found = _in_buckets(wanted, high, most, rest=False)
    return found if len(found) >= most else found + _in_buckets(wanted, high, most - len(found), rest=True)


def _in_buckets(wanted: Plan, high: int | None, most: int, *, rest: bool) -> list[int]:
    """The newest matches in the newest buckets below `high`, or in those that follow them."""
    scope = _in_scope(wanted, "s.scope")
    if wanted.lines:
        bounds = _bounds(wanted, high, "s.id", ids.BITS)
        table, key, order = "recordings_search_line", f"DISTINCT s.id >> {ids.BITS} AS id", "1 DESC"
    else:
        bounds = _bounds(wanted, high, "s.id")
        # "+ 0" keeps the planner off the primary key, which it would walk for a rarer word.
        table, key, order = "recordings_search_recording", "s.id", "s.id + 0 DESC" if wanted.match else "s.id DESC"
    match = Condition(" AND s.tokens @@ %s::tsquery", [wanted.match]) if wanted.match else Condition("")
    shift = ids.RECORDING_BUCKET_BITS
    newest = f"((SELECT LEAST(MAX(id), %s::bigint) FROM recordings_search_recording) >> {shift})::integer"
    oldest = f"((SELECT GREATEST(MIN(id), %s::bigint) FROM recordings_search_recording) >> {shift})::integer"
    first, last = f"{newest} - {_FIRST_BUCKETS}", oldest
    ends: list[Any] = [high, wanted.low]
    if not rest:
        first, last = newest, f"GREATEST({oldest}, {newest} - {_FIRST_BUCKETS - 1})"
        ends = [high, wanted.low, high]
    sql = (
        f"SELECT found.id FROM generate_series({first}, {last}, -1) AS b(bucket), LATERAL ("
        f"SELECT {key} FROM {table} s WHERE s.bucket = b.bucket{match.sql}{bounds.sql}{scope.sql}"
        f" ORDER BY {order} LIMIT %s) found LIMIT %s"
    )
    parameters = [*ends, *match.parameters, *bounds.parameters, *scope.parameters, most, most]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _decide(rest: Condition, candidates: Sequence[int]) -> list[int]:
    if not candidates:
        return []
    these = among("i.id", candidates)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id FROM recordings_indexedrecording i JOIN recordings_recordingjob r ON r.id = i.recording_id"
            f" WHERE {these.sql} AND ({rest.sql}) ORDER BY i.id DESC",
            [*these.parameters, *rest.parameters],
        )
        return [row[0] for row in cursor.fetchall()]


def column_of(name: str, found: Sequence[int]) -> dict[int, int]:
    """One column of the index's rows by their ids."""
    if not found:
        return {}
    these = among("i.id", found)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT i.id, i.{name} FROM recordings_indexedrecording i WHERE {these.sql}", these.parameters)
        return dict(cursor.fetchall())


def lines_among(match: str, found: Sequence[int], *, most: int) -> list[int]:
    """The ids of the newest lines that match, between the newest and the oldest of some recordings."""
    if not found:
        return []
    low, high = ids.line_id(min(found), 0), ids.line_id(max(found) + 1, 0)
    parameters: list[Any]
    if connection.vendor == "postgresql":
        sql = (
            "SELECT l.id FROM generate_series(%s::integer, %s::integer, -1) AS b(bucket), LATERAL ("
            "SELECT s.id FROM recordings_search_line s WHERE s.bucket = b.bucket AND s.tokens @@ %s::tsquery"
            " AND s.id >= %s AND s.id < %s LIMIT %s) l LIMIT %s"
        )
        parameters = [ids.bucket(max(found)), ids.bucket(min(found)), match, low, high, most, most]
    else:
        sql = (
            "SELECT rowid FROM recordings_search_line WHERE recordings_search_line MATCH %s"
            " AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
        )
        parameters = [match, low, high, most]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
