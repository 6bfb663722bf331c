"""The interface of a search engine.

Parser, query tree, tokens and highlighting are independent of it, and so is the final check of visibility. The engines
of PostgreSQL and SQLite keep the index beside the recordings (sql_engine).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from recordings_site.accounts.models import User
from recordings_site.recordings.models import IndexedRecording
from recordings_site.recordings.search.language.compiled_query import CompiledQuery, Line
from recordings_site.recordings.search.text.line_tokens import LineTokens

BUDGET = 2000  # candidates that one search checks before it offers to continue
CONSIDERED = 300  # hits scored for each term, to find the best


@dataclass(frozen=True, slots=True)
class ScopedQuery:
    """A query with its scope: all `parts` hold, within the scope and between the ids (upper end excluded).

    `scope` are ids of numbers (0: unattributed), None for all; `user` decides which facts may be matched.
    """

    parts: tuple[CompiledQuery, ...]
    user: User
    scope: tuple[int, ...] | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Walk:
    """The recordings found, newest first, and where to continue when the budget ended early."""

    ids: tuple[int, ...]
    # The id before which to continue; None at the end.
    older: int | None
    # Whether the budget ended it before the page was full.
    stopped: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ids of hits, best first; whether only the newest were scored, and whether there are more."""

    ids: list[int]
    of_newest: bool
    more: bool


class Word(NamedTuple):
    """The token of a folded word in the language in which it was said most, and how many transcripts have it."""

    token: str
    transcripts: int


class Engine(Protocol):
    """An index of recordings, by the ids of their rows (IndexedRecording), and of the words that were said."""

    def put(self, row: IndexedRecording, lines: Sequence[LineTokens]) -> None:
        """Index a new row's tokens. They go when the row is deleted."""

    def learn(self, words: Mapping[str, str], language: str, *, again: bool) -> None:
        """Count a transcript's folded words, with their tokens; `again` when they were counted before."""

    def find(self, query: ScopedQuery, *, size: int, before: int | None = None, budget: int | None = None) -> Walk:
        """The newest `size` recordings older than `before`, after at most `budget` candidates (BUDGET if None)."""

    def best(self, query: ScopedQuery, *, most: int = CONSIDERED) -> Ranked:
        """About `most` hits at most, the best first, ties newest first."""

    def count(self, query: ScopedQuery, *, most: int) -> tuple[int, bool]:
        """How many recordings match, up to `most`, and whether there are more."""

    def places(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> dict[int, list[tuple[int, float]]]:
        """The position and second of the first `most` lines of each recording that match one of `lines`."""

    def newest_lines(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> list[int]:
        """The ids of the newest lines that match one of `lines`, from the newest of some recordings to the oldest."""

    def expand(self, pattern: str, most: int) -> list[str]:
        """The tokens of the commonest words that fit a folded "refun*", "*nummer" or "*numm*", commonest first."""

    def known_words(self, words: Collection[str]) -> dict[str, Word]:
        """Those of some folded words that were said."""

    def words_beginning(self, prefix: str, lengths: range) -> dict[str, Word]:
        """The commonest words that begin with a folded prefix and have one of these numbers of letters."""
