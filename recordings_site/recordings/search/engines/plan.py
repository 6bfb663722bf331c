"""Plans a query in SQL: which index gives candidates, what they match, and what decides them."""

from dataclasses import dataclass

from recordings_site.recordings.search.engines.port import ScopedQuery
from recordings_site.recordings.search.engines.sql import Condition, Dialect, decides, line_match, recording_match
from recordings_site.recordings.search.language.compiled_query import All, Fact, Line, Without
from recordings_site.recordings.search.text.tokens import scope_token

# With so few numbers in scope, they are looked up like words; with more, most candidates are in scope anyway.
_NUMBERS_AS_WORDS = 24


@dataclass(frozen=True, slots=True)
class Plan:
    """`lines` gives candidates by the index of lines, else that of recordings does; all within scope and ids."""

    lines: bool
    # What the tokens of a line must hold at least, where its match asks for more.
    needed: str | None
    match: str | None
    rest: Condition | None
    scope: tuple[int, ...] | None
    low: int | None
    high: int | None


def plan(query: ScopedQuery, dialect: Dialect) -> Plan:
    """Plan by the index of lines when one line decides, else by that of recordings."""
    parts, scope = query.parts, query.scope
    spoken = [part for part in parts if not isinstance(part, Fact | Without)]
    rest: Condition | None = None
    needed: str | None = None
    lines = len(spoken) == 1 and isinstance(spoken[0], Line) and not spoken[0].is_plain
    if lines and isinstance(spoken[0], Line):
        match: str | None = line_match(spoken[0], dialect)
        needed, _ = recording_match(spoken[0], dialect)
        others = tuple(part for part in parts if part is not spoken[0])
        rest = decides(All(others), dialect, query.user) if others else None
    else:
        match, exact = recording_match(All(parts), dialect)
        rest = None if exact or not parts else decides(All(parts), dialect, query.user)
    if scope is not None and 0 < len(scope) <= _NUMBERS_AS_WORDS:
        numbers = dialect.terms([scope_token(number) for number in scope])
        needed, match = (dialect.both([each, numbers]) if each else numbers for each in (needed, match))
        scope = None  # the match says it
    return Plan(lines, needed, match, rest, scope, query.low, query.high)
