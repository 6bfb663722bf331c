"""What a query asks of tokens: of a recording's, of its lines', of the facts of the recording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recordings_site.recordings.search.language.query_tree import Between, Field
from recordings_site.recordings.search.text.tokens import Token, Tokens


@dataclass(frozen=True, slots=True)
class Terms:
    """Any one of these tokens, wherever in the line."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """These tokens one after another, as the line can be read."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proximity:
    """A run of `left` and a run of `right`, in either order, with fewer than `distance` tokens between them."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Line:
    """Some line holds one of `alternatives` (any text if there are none) and all of the speaker's tokens."""

    alternatives: tuple[Terms | Run | Proximity, ...]
    speaker: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the recording's own tokens decide it, without looking at its lines."""
        return not self.speaker and all(isinstance(alternative, Terms) for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the recording, decided by its criterion."""

    field: Field | Between


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: "tuple[CompiledQuery, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds."""

    parts: "tuple[CompiledQuery, ...]"


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: "CompiledQuery"


CompiledQuery = Line | Fact | All | Any | Without


def lines_of(query: CompiledQuery, *, negated: bool = False) -> Iterator[Line]:
    """The lines that a query asks for, without those that it excludes: what is shown and highlighted."""
    match query:
        case Line() if not negated:
            yield query
        case All(parts) | Any(parts):
            for part in parts:
                yield from lines_of(part, negated=negated)
        case Without(part):
            yield from lines_of(part, negated=not negated)


def matches(alternative: Terms | Run | Proximity, line: Tokens) -> Iterator[Token]:
    """The tokens of one line that satisfy a way: what is highlighted. None when it does not hold there."""
    if isinstance(alternative, Terms):
        wanted = set(alternative.tokens)
        every = (*line.sequence, *line.merged, *line.joined)
        yield from (token for token in every if token.text in wanted)
        return
    for sequence in line.readings:
        if isinstance(alternative, Run):
            for start in _starts(alternative.tokens, sequence):
                yield from sequence[start : start + len(alternative.tokens)]
        else:
            for one in alternative.left:
                for other in alternative.right:
                    yield from _close(one.tokens, other.tokens, alternative.distance, sequence)


def _starts(run: tuple[str, ...], sequence: Sequence[Token]) -> list[int]:
    first = run[0] if run else None
    return [
        index
        for index, token in enumerate(sequence)
        if token.text == first and tuple(each.text for each in sequence[index : index + len(run)]) == run
    ]


def _close(one: tuple[str, ...], other: tuple[str, ...], distance: int, sequence: Sequence[Token]) -> Iterator[Token]:
    for left in _starts(one, sequence):
        for right in _starts(other, sequence):
            gap = right - left - len(one) if right >= left else left - right - len(other)
            if gap < distance:
                yield from sequence[left : left + len(one)]
                yield from sequence[right : right + len(other)]
