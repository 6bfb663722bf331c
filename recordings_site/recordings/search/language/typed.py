"""A typed query: its tree or its error, and how its results are ordered and paged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from recordings_site.base.text import visible_text
from recordings_site.recordings.search.language.lexer import QUOTES, QueryError
from recordings_site.recordings.search.language.parser import corrected, parse
from recordings_site.recordings.search.language.query_tree import And, Between, Field, Node, Speaker

BEST = "best"
# A cursor is an id of the index, 64 bits at most; among the best it is the number of a page.
_LONGEST_CURSOR = 18


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the query as typed, its place in the query, and the query without it."""

    text: str
    place: tuple[int, int]
    without: str

    @property
    def name(self) -> str:
        """Its field: "longer" of "longer:5m"."""
        return self.text.partition(":")[0].lower()

    @property
    def value(self) -> str:
        """What it asks for, without quotation marks: "5m" of "longer:5m"."""
        return self.text.partition(":")[2].strip(QUOTES)


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A typed query: its text, the corrected text ("" if there is none), its tree and its first error."""

    text: str
    meant: str
    node: Node | None
    error: QueryError | None

    @property
    def cut(self) -> tuple[str, str, str]:
        """The typed text before, at and after its error."""
        if self.error is None:
            return self.text, "", ""
        start, end = self.error.start, self.error.end
        return self.text[:start], self.text[start:end], self.text[end:]

    @property
    def conditions(self) -> list[Condition]:
        """The conditions of the query, each of which can be removed."""
        parts = self.node.parts if isinstance(self.node, And) else (self.node,)
        places = [part.place for part in parts if isinstance(part, Field | Speaker | Between)]
        return [Condition(self.meant[slice(*place)], place, _cut(self.meant, place)) for place in places]

    def without(self, names: Collection[str]) -> str:
        """Return the query without its conditions of these fields."""
        text = self.meant or self.text
        for each in reversed(self.conditions):
            if each.name in names:
                text = _cut(text, each.place)
        return text


def _cut(text: str, place: tuple[int, int]) -> str:
    start, end = place
    return f"{text[:start].rstrip()} {text[end:].lstrip()}".strip()


def read(typed: str, *, now: datetime, zone: ZoneInfo) -> TypedQuery:
    """Parse a typed query; dates are in `zone`."""
    text = typed.replace("\0", " ").strip()
    if not text:
        return TypedQuery("", "", None, None)
    meant, error = corrected(visible_text(text), now=now, zone=zone)
    return TypedQuery(text, meant, parse(meant, now=now, zone=zone) if meant else None, error)


def wants_best(query: Mapping[str, str]) -> bool:
    """Return whether best matches come first instead of the newest."""
    return query.get("sort") == BEST


def cursor_of(query: Mapping[str, str]) -> int | None:
    """Return where the page begins; None for the first one, and for an invalid cursor."""
    text = query.get("cursor", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_CURSOR else None
