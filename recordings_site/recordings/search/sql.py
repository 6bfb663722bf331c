"""Writes a meaning as the match expressions of FTS5 and PostgreSQL, and as conditions that decide it exactly.

Two tables are searched: the tokens of whole recordings, where AND, OR and NOT combine, and the tokens of lines, where
phrase, NEAR and speaker bind. A recording's tokens give candidates; what they cannot decide is asked of its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any as Value
from typing import Protocol

from recordings_site.recordings.search.index import quoted
from recordings_site.recordings.search.meaning import All, Any, Close, Fact, Line, Meaning, Run, Terms, Without

# A token that no text has: what a prefix without words stands for.
_NOWHERE = "\ue000nowhere"


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

    def close(self, way: Close) -> str:
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


class Fts5:
    """SQLite's full-text index."""

    def terms(self, tokens: Sequence[str]) -> str:
        return self.either([f'"{token}"' for token in tokens or (_NOWHERE,)])

    def run(self, tokens: Sequence[str]) -> str:
        return f'{{said corrected}} : "{" ".join(tokens)}"'

    def close(self, way: Close) -> str:
        pairs = [
            f'{{said corrected}} : NEAR("{" ".join(one.tokens)}" "{" ".join(other.tokens)}", {way.distance - 1})'
            for one in way.left
            for other in way.right
        ]
        return self.either(pairs or [f'"{_NOWHERE}"'])

    def both(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"

    def either(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def but_not(self, wanted: str, unwanted: str) -> str:
        return f"({wanted} NOT {unwanted})"

    def recording_has(self, match: str) -> Condition:
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_recording s"
            " WHERE s.recordings_search_recording MATCH %s AND s.rowid = i.id)",
            [match],
        )

    def line_has(self, match: str) -> Condition:
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_line l WHERE l.recordings_search_line MATCH %s"
            " AND l.rowid >= i.id << 14 AND l.rowid < (i.id + 1) << 14)",
            [match],
        )


class Tsquery:
    """PostgreSQL's full-text index."""

    def terms(self, tokens: Sequence[str]) -> str:
        return self.either([quoted(token) for token in tokens or (_NOWHERE,)])

    def run(self, tokens: Sequence[str]) -> str:
        # A token follows itself by nothing only where it has a place: those that were joined from several have none.
        return f"({quoted(tokens[0])} <0> {quoted(tokens[0])})" if len(tokens) == 1 else self._sequence(tokens)

    def _sequence(self, tokens: Sequence[str]) -> str:
        return "(" + " <-> ".join(quoted(token) for token in tokens) + ")"

    def close(self, way: Close) -> str:
        if not way.left or not way.right:
            return quoted(_NOWHERE)
        # Alternatives of different lengths are kept apart: PostgreSQL measures from the longest of them.
        sides = [
            tuple(self.either([self._sequence(run.tokens) for run in side]) for side in (left, right))
            for left in _by_length(way.left)
            for right in _by_length(way.right)
        ]
        return self.either(
            [
                f"{one} <{gap}> {other}"
                for left, right in sides
                for one, other in ((left, right), (right, left))
                for gap in range(1, way.distance + 1)
            ]
        )

    def both(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({' & '.join(parts)})"

    def either(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"

    def but_not(self, wanted: str, unwanted: str) -> str:
        return f"({wanted} & !{unwanted})"

    def recording_has(self, match: str) -> Condition:
        return Condition(
            "EXISTS (SELECT 1 FROM recordings_search_recording s WHERE s.id = i.id AND s.tokens @@ %s::tsquery)",
            [match],
        )

    def line_has(self, match: str) -> Condition:
        # OFFSET 0 keeps the planner to the lines of this one recording, away from the index over all lines.
        return Condition(
            "EXISTS (SELECT 1 FROM (SELECT l.tokens FROM recordings_search_line l"
            " WHERE l.id >= i.id << 14 AND l.id < (i.id + 1) << 14 OFFSET 0) near WHERE near.tokens @@ %s::tsquery)",
            [match],
        )


def _by_length(runs: Sequence[Run]) -> list[list[Run]]:
    lengths = sorted({len(run.tokens) for run in runs})
    return [[run for run in runs if len(run.tokens) == length] for length in lengths]


def line_match(line: Line, dialect: Dialect) -> str:
    """What one line must match."""
    parts = [dialect.either([_way(way, dialect) for way in line.ways])] if line.ways else []
    return dialect.both([*parts, *(dialect.terms([token]) for token in line.speaker)])


def _way(way: Terms | Run | Close, dialect: Dialect) -> str:
    match way:
        case Terms(tokens):
            return dialect.terms(tokens)
        case Run(tokens):
            return dialect.run(tokens)
        case Close():
            return dialect.close(way)


def recording_match(meaning: Meaning, dialect: Dialect) -> tuple[str | None, bool]:
    """What a recording's tokens must match at least (None: anything), and whether that decides the meaning."""
    match meaning:
        case Line():
            ways = [dialect.both([dialect.terms(each) for each in _needed(way)]) for way in meaning.ways]
            parts = [dialect.either(ways)] if ways else []
            return dialect.both([*parts, *(dialect.terms([token]) for token in meaning.speaker)]), meaning.is_plain
        case All(parts_of):
            return _all(parts_of, dialect)
        case Any(parts_of):
            read = [recording_match(part, dialect) for part in parts_of]
            known = [match for match, _ in read if match is not None]
            decided = all(exact for _, exact in read)
            return (dialect.either(known) if len(known) == len(read) else None), decided
        case Without() | Fact():
            return None, False


def _all(parts: Sequence[Meaning], dialect: Dialect) -> tuple[str | None, bool]:
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


def _needed(way: Terms | Run | Close) -> list[Sequence[str]]:
    """The groups of tokens of which a recording must hold one each, when a line of it satisfies the way."""
    match way:
        case Terms(tokens):
            return [tokens]
        case Run(tokens):
            return [[token] for token in dict.fromkeys(tokens)]
        case Close(left, right):
            # The first token of each run is enough for candidates.
            return [[run.tokens[0] for run in runs] for runs in (left, right)]


def decides(meaning: Meaning, dialect: Dialect, fact: "FactCondition") -> Condition:
    """The condition that decides a meaning exactly for one recording."""
    match meaning:
        case Fact():
            return fact(meaning)
        case Line():
            match_of, exact = recording_match(meaning, dialect)
            return dialect.recording_has(match_of or "") if exact else dialect.line_has(line_match(meaning, dialect))
        case Without(part):
            inner = decides(part, dialect, fact)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case All(parts) | Any(parts):
            conditions = [decides(part, dialect, fact) for part in parts]
            word = " AND " if isinstance(meaning, All) else " OR "
            return Condition(
                word.join(f"({each.sql})" for each in conditions),
                [parameter for each in conditions for parameter in each.parameters],
            )


class FactCondition(Protocol):
    """Gives the condition of a fact (search.facts)."""

    def __call__(self, fact: Fact, /) -> Condition:
        """The condition that decides the fact."""
