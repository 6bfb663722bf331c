"""The engine of PostgreSQL: tokens are tsvectors under GIN, scans are functions in the database (sql/)."""

from collections.abc import Collection, Sequence

from django.db import connection

from recordings_site.recordings.models import IndexedRecording, line_ids
from recordings_site.recordings.search.engines.plan import Plan, plan
from recordings_site.recordings.search.engines.port import ScopedQuery
from recordings_site.recordings.search.engines.sql import NOWHERE, Condition, column, recording_match, rows
from recordings_site.recordings.search.engines.sql_engine import SqlEngine
from recordings_site.recordings.search.language.compiled_query import Line, Proximity, Run
from recordings_site.recordings.search.text.line_tokens import LineTokens, recording_tokens

# Lines that may be looked at for each candidate of a budget: whether words make a phrase is seen in the line.
LINES_EACH = 5
# Positions between the readings of a line: farther than NEAR reaches.
_APART = 100
_IN_READING = "A"  # the weight of tokens that stand in one
# The highest position that PostgreSQL keeps: what a line says beyond is found, but not in a phrase.
_LAST_POSITION = 16383


class Tsquery:
    """How PostgreSQL writes matches."""

    def terms(self, tokens: Sequence[str]) -> str:
        """Any of the tokens."""
        return self.either([quoted(token) for token in tokens or (NOWHERE,)])

    def run(self, tokens: Sequence[str]) -> str:
        """The tokens one after another."""
        # Tokens that stand in a reading have a weight of their own.
        return f"{quoted(tokens[0])}:{_IN_READING}" if len(tokens) == 1 else self._sequence(tokens)

    def _sequence(self, tokens: Sequence[str]) -> str:
        return "(" + " <-> ".join(quoted(token) for token in tokens) + ")"

    def close(self, alternative: Proximity) -> str:
        """One run near another."""
        if not alternative.left or not alternative.right:
            return quoted(NOWHERE)
        # Alternatives of different lengths are kept apart: PostgreSQL measures from the longest of them.
        sides = [
            tuple(self.either([self._sequence(run.tokens) for run in side]) for side in (left, right))
            for left in _by_length(alternative.left)
            for right in _by_length(alternative.right)
        ]
        return self.either(
            [
                f"{one} <{gap}> {other}"
                for left, right in sides
                for one, other in ((left, right), (right, left))
                for gap in range(1, alternative.distance + 1)
            ]
        )

    def both(self, parts: Sequence[str]) -> str:
        """All of the expressions."""
        return parts[0] if len(parts) == 1 else f"({' & '.join(parts)})"

    def either(self, parts: Sequence[str]) -> str:
        """Any of the expressions."""
        return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"

    def but_not(self, wanted: str, unwanted: str) -> str:
        """The one without the other."""
        return f"({wanted} & !{unwanted})"

    def recording_has(self, match: str) -> Condition:
        """The recording's tokens match."""
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_recording s WHERE s.id = i.id AND s.tokens @@ %s::tsquery)",
            [match],
        )

    def line_has(self, match: str) -> Condition:
        """One of the recording's lines matches."""
        # OFFSET 0 keeps the planner to the lines of this one recording, away from the index over all lines.
        return Condition(
            "EXISTS (SELECT 1 FROM (SELECT l.tokens FROM recordings_search_line l"
            " WHERE l.id >= i.id << 14 AND l.id < (i.id + 1) << 14 OFFSET 0) near WHERE near.tokens @@ %s::tsquery)",
            [match],
        )


def _by_length(runs: Sequence[Run]) -> list[list[Run]]:
    lengths = sorted({len(run.tokens) for run in runs})
    return [[run for run in runs if len(run.tokens) == length] for length in lengths]


class PostgreSQL(SqlEngine):
    """The engine in PostgreSQL."""

    dialect = Tsquery()

    def put(self, row: IndexedRecording, lines: Sequence[LineTokens]) -> None:
        """Index a new row's tokens. They go when the row is deleted: triggers see to it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO recordings_search_recording (id, scope, tokens) VALUES (%s, %s, array_to_tsvector(%s))",
                [row.id, row.scope, recording_tokens(lines, row.scope)],
            )
            cursor.executemany(
                "INSERT INTO recordings_search_line (id, scope, at, tokens) VALUES (%s, %s, %s, %s::tsvector)",
                [(line_ids.line_id(row.id, line.position), row.scope, line.at, tsvector(line)) for line in lines],
            )

    def among(self, column: str, values: Collection[int | str], kind: str = "bigint") -> Condition:
        """The column is one of many values, given as one parameter: one for each would cost more than the rest."""
        # As text, for psycopg takes as long to adapt each number of a list as PostgreSQL to look it up.
        return Condition(f"{column} = ANY(%s::{kind}[])", ["{" + ",".join(f'"{value}"' for value in values) + "}"])

    def begins(self, column: str, prefix: str) -> Condition:
        """The column begins with a folded prefix."""
        return Condition(f"{column} LIKE %s", [f"{prefix}%"])

    def contains(self, column: str, part: str) -> Condition:
        """The column contains a folded part."""
        return Condition(f"strpos({column}, %s) > 0", [part])

    def count(self, query: ScopedQuery, *, most: int) -> tuple[int, bool]:
        """How many recordings match, up to `most`, and whether there are more."""
        wanted = plan(query, self.dialect)
        everywhere = wanted.scope is None and wanted.low is None and wanted.high is None
        if not everywhere or not wanted.match or wanted.lines or wanted.rest is not None:
            return super().count(query, most=most)
        counted = column("SELECT recordings_search_count(%s::tsquery, %s)", [wanted.match, most])[0]
        return min(counted, most), counted > most

    def matching(self, wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
        """The newest candidates below `high` that match, each once; and where a budget of lines ended, if it did."""
        where = self._where(wanted, high)
        if not wanted.lines:
            newest = "SELECT recordings_search_newest(%s::tsquery, %s::bigint[], %s, %s, %s)"
            return column(newest, [wanted.match, *where, most])[0], None
        [(hits, reached)] = rows(
            "SELECT hits, reached FROM recordings_search_lines("
            "%s::tsquery, %s::tsquery, %s::bigint[], %s, %s, %s, %s, %s)",
            [wanted.needed, wanted.match, *where, most, LINES_EACH * budget, line_ids.BITS],
        )
        return hits, reached

    def tiers(self, wanted: Plan, matches: Sequence[str], most: int) -> list[Sequence[int]]:
        """The newest recordings that satisfy each match, at most so many, until so many were found."""
        if wanted.rest is not None:
            return super().tiers(wanted, matches, most)
        where = self._where(wanted, wanted.high)
        tiers = "SELECT recordings_search_tiers(%s::tsquery[], %s::bigint[], %s, %s, %s)"
        return column(tiers, [list(matches), *where, most])

    def _where(self, wanted: Plan, high: int | None) -> list[object]:
        """Scope and ends of a walk, as the functions take them."""
        scope = None if wanted.scope is None else list(wanted.scope)
        return [scope, wanted.low or 0, line_ids.NEVER if high is None else high]

    def line_query(self, lines: Sequence[Line], low: int, high: int, most: int) -> Condition:
        """A query for the ids of the newest lines between two recordings that match one of `lines`, newest first."""
        # The lines that do not match but have the words cost as much as those that do.
        match = self.either_line(lines)
        needed = self.dialect.either([recording_match(line, self.dialect)[0] or "" for line in lines])
        return Condition(
            "SELECT unnest(hits) AS id FROM recordings_search_lines(%s::tsquery, %s::tsquery, NULL, %s, %s, %s, %s, 0)",
            [needed, None if needed == match else match, low, high, most, LINES_EACH * most],
        )

    def places(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> dict[int, list[tuple[int, float]]]:
        """The position and second of the first `most` lines of each recording that match one of `lines`."""
        places: dict[int, list[tuple[int, float]]] = {}
        for line, at in rows(
            "SELECT near.id, near.at FROM unnest(%s::bigint[]) AS i(id), LATERAL (SELECT own.id, own.at FROM"
            " (SELECT l.id, l.at, l.tokens FROM recordings_search_line l"
            " WHERE l.id >= i.id << 14 AND l.id < (i.id + 1) << 14 OFFSET 0) own"
            " WHERE own.tokens @@ %s::tsquery ORDER BY own.id LIMIT %s) near",
            [list(found), self.either_line(lines), most],
        ):
            places.setdefault(line >> line_ids.BITS, []).append((line_ids.position_of(line), float(at)))
        return places


def tsvector(line: LineTokens) -> str:
    """A line's tokens as the text of a tsvector: at positions where phrases may be looked for, the others at the first.

    All have a position, for PostgreSQL finds no phrase by alternatives of which one is there without.
    """
    places: dict[str, list[str]] = {}
    offset = 1 + _APART
    for tokens in line.readings:
        for place, token in enumerate(tokens, offset):
            places.setdefault(token, []).append(f"{min(place, _LAST_POSITION)}{_IN_READING}")
        offset += len(tokens) + _APART
    parts = [f"{quoted(token)}:{','.join(found)}" for token, found in places.items()]
    return " ".join((*parts, *(f"{quoted(token)}:1" for token in line.joined if token not in places)))


def quoted(token: str) -> str:
    """A token as tsvector and tsquery write it."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
