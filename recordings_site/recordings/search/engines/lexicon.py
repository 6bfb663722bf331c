"""The words of all transcripts: which match a prefix, and which are near a misspelt word."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from recordings_site.recordings.search.engines.port import Word
from recordings_site.recordings.search.engines.sql import Condition, column, rows

# The commonest words with one beginning and about one length, of which a misspelt one is compared with each.
COMPARED = 1000
_LONGEST_WORD = 64


def learn(words: Mapping[str, str], language: str, *, again: bool) -> None:
    """Count a transcript's words once, in a fixed order, so that concurrent writers do not deadlock."""
    counted = [
        (word[:_LONGEST_WORD], word[:_LONGEST_WORD][::-1], language, token[:_LONGEST_WORD])
        for word, token in sorted(words.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO recordings_indexedword (word, backwards, language, token, transcripts)"
            " VALUES (%s, %s, %s, %s, 1) "
            "ON CONFLICT (word, language) DO UPDATE SET "
            f"transcripts = recordings_indexedword.transcripts + {0 if again else 1}, token = excluded.token",
            counted,
        )


def expand(begins: Condition, most: int) -> list[str]:
    """Return the tokens of the commonest words for which a condition on `w` holds."""
    # By hand, for Django takes longer to write this query than the database to answer it.
    tokens = column(
        f"SELECT w.token FROM recordings_indexedword w WHERE {begins.sql}"
        " ORDER BY w.transcripts DESC, w.word, w.language LIMIT %s",
        [*begins.parameters, most],
    )
    return list(dict.fromkeys(tokens))


def known(among: Condition) -> dict[str, Word]:
    """Return the words for which a condition on `w` holds."""
    return _words(f"SELECT w.word, w.token, w.transcripts FROM recordings_indexedword w WHERE {among.sql}", among)


def beginning(begins: Condition, lengths: range) -> dict[str, Word]:
    """The commonest words for which a condition on `w` holds and that have one of these numbers of letters."""
    sql = (
        f"SELECT w.word, w.token, w.transcripts FROM recordings_indexedword w WHERE {begins.sql}"
        " AND length(w.word) BETWEEN %s AND %s ORDER BY w.transcripts DESC, w.word, w.language LIMIT %s"
    )
    return _words(sql, begins, lengths[0], lengths[-1], COMPARED)


def _words(sql: str, condition: Condition, *more: Any) -> dict[str, Word]:
    words: dict[str, Word] = {}
    # The commonest last, so that its token stays.
    for word, token, transcripts in sorted(rows(sql, [*condition.parameters, *more]), key=lambda row: row[2]):
        before = words.get(word)
        words[word] = Word(token, transcripts + (before.transcripts if before else 0))
    return words
