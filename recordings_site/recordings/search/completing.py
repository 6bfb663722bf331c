"""Completes what is being typed: words that were said, tags and numbers, as the whole query that each would make."""

from collections.abc import Iterator
from itertools import islice

from recordings_site.accounts.models import User
from recordings_site.base.text import fold
from recordings_site.recordings.criteria.registry import LISTED
from recordings_site.recordings.models import IndexedWord
from recordings_site.recordings.search.facets import quoted
from recordings_site.recordings.search.hits import find
from recordings_site.recordings.search.language.query_tree import Word

FEWEST_LETTERS = 2
WORDS, NAMES = 5, 3
# The commonest words with this beginning that are looked for in calls that the user may see.
TRIED = 12


def completions(text: str, user: User) -> list[str]:
    """Return whole queries that continue a typed one, best first; none while its last word is too short."""
    before, _, last = text.rpartition(" ")
    word = fold(last.lstrip('("-'))
    if len(word) < FEWEST_LETTERS or not last[-1:].isalnum():
        return []
    start = before + " " if before else ""
    found = [*islice(_words(word, user), WORDS), *_named(last, user)]
    return [start + each for each in dict.fromkeys(found)]


def _words(word: str, user: User) -> Iterator[str]:
    """Words with this beginning that were said in a call that this person may see, the commonest first."""
    rows = IndexedWord.objects.filter(word__startswith=word).order_by("-transcripts", "word")
    for each in dict.fromkeys(rows.values_list("word", flat=True)[:TRIED]):
        if find(Word(each), user=user, size=1).hits:
            yield each


def _named(text: str, user: User) -> Iterator[str]:
    """Tags and numbers whose names hold the text, as conditions."""
    for name in ("tag", "number"):
        rows = LISTED[name].rows
        if rows is not None:
            for choice in rows.suggested(text, user)[:NAMES]:
                yield f"{name}:{quoted(choice.word)}"
