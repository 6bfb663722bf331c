"""The engine of SQLite: tokens are the text of FTS5 tables (sql/sqlite.sql)."""

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

from django.db import connection

from recordings_site.recordings.models import IndexedRecording, line_ids
from recordings_site.recordings.search.engines.plan import Plan
from recordings_site.recordings.search.engines.sql import NOWHERE, Condition, column, rows
from recordings_site.recordings.search.engines.sql_engine import SqlEngine
from recordings_site.recordings.search.language.compiled_query import Line, Proximity
from recordings_site.recordings.search.text.line_tokens import LineTokens, recording_tokens

# The columns of the index of lines in which tokens stand in their order.
_READINGS = "{said said_merged corrected corrected_merged}"


class Fts5:
    """How FTS5 writes matches."""

    def terms(self, tokens: Sequence[str]) -> str:
        """Any of the tokens."""
        return self.either([f'"{token}"' for token in tokens or (NOWHERE,)])

    def run(self, tokens: Sequence[str]) -> str:
        """The tokens one after another."""
        return f'{_READINGS} : "{" ".join(tokens)}"'

    def close(self, alternative: Proximity) -> str:
        """One run near another."""
        pairs = [
            f'{_READINGS} : NEAR("{" ".join(one.tokens)}" "{" ".join(other.tokens)}", {alternative.distance - 1})'
            for one in alternative.left
            for other in alternative.right
        ]
        return self.either(pairs or [f'"{NOWHERE}"'])

    def both(self, parts: Sequence[str]) -> str:
        """All of the expressions."""
        return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"

    def either(self, parts: Sequence[str]) -> str:
        """Any of the expressions."""
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def but_not(self, wanted: str, unwanted: str) -> str:
        """The one without the other."""
        return f"({wanted} NOT {unwanted})"

    def recording_has(self, match: str) -> Condition:
        """The recording's tokens match."""
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_recording s"
            " WHERE s.recordings_search_recording MATCH %s AND s.rowid = i.id)",
            [match],
        )

    def line_has(self, match: str) -> Condition:
        """One of the recording's lines matches."""
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_line l WHERE l.recordings_search_line MATCH %s"
            " AND l.rowid >= i.id << 14 AND l.rowid < (i.id + 1) << 14)",
            [match],
        )


class SQLite(SqlEngine):
    """The engine in SQLite."""

    dialect = Fts5()

    def put(self, row: IndexedRecording, lines: Sequence[LineTokens]) -> None:
        """Index a new row's tokens. They go when the row is deleted: triggers see to it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO recordings_search_recording (rowid, tokens) VALUES (%s, %s)",
                [row.id, " ".join(recording_tokens(lines, row.scope))],
            )
            cursor.executemany(
                "INSERT INTO recordings_search_line"
                " (rowid, said, said_merged, corrected, corrected_merged, joined, at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (line_ids.line_id(row.id, line.position), *map(" ".join, (*line.readings, line.joined)), line.at)
                    for line in lines
                ],
            )

    def among(self, column: str, values: Collection[int | str], kind: str = "bigint") -> Condition:
        """The column is one of many values, given as one parameter: one for each would cost more than the rest."""
        return Condition(f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))])

    def begins(self, column: str, prefix: str) -> Condition:
        """The column begins with a folded prefix."""
        # LIKE takes no index on SQLite; the words after the prefix end at the last code point.
        return Condition(f"{column} >= %s AND {column} < %s", [prefix, prefix + "\U0010ffff"])

    def contains(self, column: str, part: str) -> Condition:
        """The column contains a folded part."""
        return Condition(f"instr({column}, %s) > 0", [part])

    def matching(self, wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
        """The newest candidates below `high` that match, each once. No budget ends it: FTS5 looks at no line."""
        table, shift = ("recordings_search_line", line_ids.BITS) if wanted.lines else ("recordings_search_recording", 0)
        bounds = self.bounds(wanted, high, "s.rowid", shift)
        scope = self.in_scope(wanted, "i.scope")
        # CROSS JOIN keeps FTS5 outermost: its rows come newest first and are taken one by one.
        joined = f" CROSS JOIN recordings_indexedrecording i ON i.id = s.rowid >> {shift}" if scope.sql else ""
        sql = (
            f"SELECT s.rowid >> {shift} FROM {table} s{joined}"
            f" WHERE s.{table} MATCH %s{bounds.sql}{scope.sql} ORDER BY s.rowid DESC"
        )
        parameters = [wanted.match, *bounds.parameters, *scope.parameters]
        if not wanted.lines:
            return column(f"{sql} LIMIT %s", [*parameters, most]), None
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = (row[0] for some in iter(lambda: cursor.fetchmany(64), []) for row in some)
            return list(islice(_each_once(found), most)), None

    def line_query(self, lines: Sequence[Line], low: int, high: int, most: int) -> Condition:
        """A query for the ids of the newest lines between two recordings that match one of `lines`, newest first."""
        return Condition(
            "SELECT rowid AS id FROM recordings_search_line WHERE recordings_search_line MATCH %s"
            " AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
            [self.either_line(lines), line_ids.line_id(low, 0), line_ids.line_id(high, 0), most],
        )

    def places(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> dict[int, list[tuple[int, float]]]:
        """The position and second of the first `most` lines of each recording that match one of `lines`."""
        match = self.either_line(lines)
        of_one = (
            "SELECT * FROM (SELECT l.rowid, l.at FROM recordings_search_line l WHERE l.recordings_search_line MATCH %s"
            " AND l.rowid >= %s AND l.rowid < %s ORDER BY l.rowid LIMIT %s)"
        )
        bounds = ([match, line_ids.line_id(pk, 0), line_ids.line_id(pk + 1, 0), most] for pk in found)
        places: dict[int, list[tuple[int, float]]] = {}
        for line, at in rows(" UNION ALL ".join([of_one] * len(found)), list(chain(*bounds))) if found else ():
            places.setdefault(line >> line_ids.BITS, []).append((line_ids.position_of(line), float(at)))
        return places


def _each_once(numbers: Iterator[int]) -> Iterator[int]:
    """Neighbours that are equal, once: the lines of a recording follow each other."""
    last: int | None = None
    for number in numbers:
        if number != last:
            yield number
            last = number
