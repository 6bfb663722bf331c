"""The query tree: what a typed query means, before any database."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A part of the typed query with its position (characters, end excluded), which does not affect equality."""

    place: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Word(Typed):
    """One word, or one with a star, which stands for every word that begins, ends or goes on so."""

    text: str
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Phrase(Typed):
    """Words that follow each other within one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two words or phrases whose beginnings lie at most `distance` words apart within one line, in either order."""

    left: "Word | Phrase"
    right: "Word | Phrase"
    distance: int


@dataclass(frozen=True, slots=True)
class Speaker(Typed):
    """Binds the words beside it to lines of this speaker; alone: some line of this speaker."""

    label: str


@dataclass(frozen=True, slots=True)
class Field(Typed):
    """A fact of the recording holds a value as its criterion reads it: `tag:`, `number:` and the like."""

    name: str
    value: str | float


@dataclass(frozen=True, slots=True)
class Between(Typed):
    """The call began at `start` or later and before `end`; either may be open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold for the recording."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds for the recording."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold for the recording."""

    part: "Node"


Node = Word | Phrase | Near | Speaker | Field | Between | And | Or | Not
