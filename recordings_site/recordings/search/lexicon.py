"""Knows the words that were said, in whatever call: what a beginning stands for, and what lies near a misspelt word."""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

# The commonest words with one beginning and about one length, of which a misspelt one is compared with each.
COMPARED = 1000


class Entry(NamedTuple):
    """A folded word's token in the language in which it was said most, and in how many transcripts it was found."""

    token: str
    transcripts: int


def expand(prefix: str, most: int) -> list[str]:
    """The tokens of the commonest words that begin with a folded prefix."""
    begins, parameters = _begins(prefix)
    # By hand, for Django takes longer to write this query than the database to answer it.
    rows = _rows(
        f"SELECT w.token FROM recordings_spokenword w WHERE {begins}"
        " ORDER BY w.transcripts DESC, w.word, w.language LIMIT %s",
        [*parameters, most],
    )
    return list(dict.fromkeys(token for (token,) in rows))


def said(words: Collection[str]) -> dict[str, Entry]:
    """Those of some folded words that were said."""
    # All as one parameter: one for each of some hundred words would take longer than to look them up.
    if connection.vendor == "postgresql":
        among, these = "w.word = ANY(%s::varchar[])", "{" + ",".join(f'"{word}"' for word in sorted(words)) + "}"
    else:
        among, these = "w.word IN (SELECT value FROM json_each(%s))", json.dumps(sorted(words))
    return _entries(f"SELECT w.word, w.token, w.transcripts FROM recordings_spokenword w WHERE {among}", [these])


def beginning(prefix: str, lengths: range) -> dict[str, Entry]:
    """The commonest words that begin with a folded prefix and have one of these numbers of letters."""
    begins, parameters = _begins(prefix)
    return _entries(
        f"SELECT w.word, w.token, w.transcripts FROM recordings_spokenword w WHERE {begins}"
        " AND length(w.word) BETWEEN %s AND %s ORDER BY w.transcripts DESC, w.word, w.language LIMIT %s",
        [*parameters, lengths[0], lengths[-1], COMPARED],
    )


def _begins(prefix: str) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        return "w.word LIKE %s", [f"{prefix}%"]
    # LIKE takes no index on SQLite; the words after the prefix end at the last code point.
    return "w.word >= %s AND w.word < %s", [prefix, prefix + "\U0010ffff"]


def _entries(sql: str, parameters: list[Any]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    # The commonest last, so that its token stays.
    for word, token, transcripts in sorted(_rows(sql, parameters), key=lambda row: row[2]):
        before = entries.get(word)
        entries[word] = Entry(token, transcripts + (before.transcripts if before else 0))
    return entries


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
