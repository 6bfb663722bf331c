"""Looks closer at recordings that were found: what else the index has of them, and their lines that match."""

from collections.abc import Sequence

from django.db import connection

from recordings_site.recordings import ids
from recordings_site.recordings.search.candidates import LINES_EACH, among, column, dialect
from recordings_site.recordings.search.meaning import Line
from recordings_site.recordings.search.sql import Condition, line_match, recording_match


def column_of(name: str, found: Sequence[int]) -> dict[int, int]:
    """One column of the index's rows by their ids."""
    if not found:
        return {}
    these = among("i.id", found)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT i.id, i.{name} FROM recordings_indexedrecording i WHERE {these.sql}", these.parameters)
        return dict(cursor.fetchall())


def lines_among(lines: Sequence[Line], found: Sequence[int], *, most: int) -> list[int]:
    """The ids of the newest lines that match one of `lines`, between the newest and the oldest of some recordings."""
    newest = _newest_lines(lines, found, most)
    return column(f"SELECT id FROM ({newest.sql}) l", newest.parameters)


def lines_counted(line: Line, found: Sequence[int], *, most: int) -> dict[int, int]:
    """How many of the newest lines that match are in each recording, between the newest and the oldest of some."""
    newest = _newest_lines([line], found, most)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id >> {ids.BITS}, COUNT(*) FROM ({newest.sql}) l GROUP BY id >> {ids.BITS}", newest.parameters
        )
        return dict(cursor.fetchall())


def _newest_lines(lines: Sequence[Line], found: Sequence[int], most: int) -> Condition:
    """A query for line ids; the lines that do not match but have the words cost as much as those that do."""
    writer = dialect()
    match = writer.either([line_match(line, writer) for line in lines])
    low, high = min(found, default=0), max(found, default=-1) + 1
    if connection.vendor == "postgresql":
        needed = writer.either([recording_match(line, writer)[0] or "" for line in lines])
        return Condition(
            "SELECT unnest(hits) AS id FROM recordings_search_lines(%s::tsquery, %s::tsquery, NULL, %s, %s, %s, %s, 0)",
            [needed, None if needed == match else match, low, high, most, LINES_EACH * most],
        )
    return Condition(
        "SELECT rowid AS id FROM recordings_search_line WHERE recordings_search_line MATCH %s"
        " AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
        [match, ids.line_id(low, 0), ids.line_id(high, 0), most],
    )
