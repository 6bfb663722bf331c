"""Gives a query tree its tokens: what each word means in the languages that were spoken, and whose line it must be."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recordings_site.recordings.search.language.query_tree import (
    And,
    Between,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Speaker,
    Word,
)
from recordings_site.recordings.search.text.tokens import PHONE_MARK, Token, speaker_tokens, tokenize

MOST_WORDS = 30  # that a prefix stands for: the commonest
MOST_WORDS_NEAR = 8  # the same beside NEAR, where each is tried with each
_FIGURES = re.compile(r"\+?[\d().\-/,'’]*\d[\d().\-/,'’]*")

# The tokens of the commonest words that begin with a folded prefix, commonest first.
Expand = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Terms:
    """Any one of these tokens, in the line's sequence or joined."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """These tokens one after another in the line's sequence."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """A run of `left` and a run of `right`, in either order, with fewer than `distance` tokens between them."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Line:
    """Some line holds one of `ways` (any text at all when there is none) and every one of the speaker's tokens."""

    ways: tuple[Terms | Run | Close, ...]
    speaker: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the recording's own tokens decide it, without looking at its lines."""
        return not self.speaker and all(isinstance(way, Terms) for way in self.ways)


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


def compile_query(node: Node, *, languages: Sequence[str], expand: Expand) -> CompiledQuery:
    """What a query tree means where these languages are spoken ("" stands for languages without a stemmer)."""
    return _Reader(tuple(dict.fromkeys(languages)) or ("",), expand).read(node, ())


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


class _Reader:
    def __init__(self, languages: tuple[str, ...], expand: Expand) -> None:
        self.languages, self.expand = languages, expand

    def read(self, node: Node, speaker: tuple[str, ...]) -> CompiledQuery:
        """What a node means among whose neighbours a speaker (its tokens) was named."""
        match node:
            case Word() | Phrase():
                return Line(self._ways(node), speaker)
            case Near():
                return Line(tuple(self._near(node)), speaker)
            case Speaker(label):
                return Line((), tuple(dict.fromkeys((*speaker, *speaker_tokens(label)))))
            case And(parts):
                return self._and(parts, speaker)
            case Or(parts):
                return Any(tuple(self.read(part, speaker) for part in parts))
            case Not(part):
                return Without(self.read(part, speaker))
            case _:
                return Fact(node)

    def _and(self, parts: tuple[Node, ...], speaker: tuple[str, ...]) -> CompiledQuery:
        named = [part for part in parts if isinstance(part, Speaker)]
        rest: list[Node] = [part for part in parts if not isinstance(part, Speaker)]
        binds = any(_has_text(part) for part in rest)
        if binds:
            tokens = [token for each in named for token in speaker_tokens(each.label)]
            speaker = tuple(dict.fromkeys((*speaker, *tokens)))
        else:
            rest = list(parts)
        read = [
            self._number(group, speaker) if len(group) > 1 else self.read(group[0], speaker) for group in groups(rest)
        ]
        return All(tuple(read)) if len(read) > 1 else read[0]

    def _number(self, words: list[Word], speaker: tuple[str, ...]) -> CompiledQuery:
        """Figures typed with blanks between them: one number, however it was written, or each by itself."""
        joined = tuple(self._joined(" ".join(word.text for word in words), self.languages[0]))
        each = All(tuple(Line(self._ways(word), speaker) for word in words))
        return Any((Line((Terms(joined),), speaker), each)) if joined else each

    def _ways(self, node: "Word | Phrase", most: int = MOST_WORDS) -> tuple[Terms | Run, ...]:
        if isinstance(node, Word) and node.prefix:
            return (Terms(tuple(dict.fromkeys(self.expand(tokenize(node.text).words[0], most)))),)
        terms: dict[str, None] = {}
        runs: dict[Run, None] = {}
        for language in self.languages:
            found = tuple(token.text for token in tokenize(node.text, language).sequence)
            if len(found) == 1:
                terms[found[0]] = None
            else:
                runs[Run(found)] = None
            if isinstance(node, Word):
                terms |= dict.fromkeys(self._joined(node.text, language))
        return (*((Terms(tuple(terms)),) if terms else ()), *runs)

    def _joined(self, text: str, language: str) -> Iterator[str]:
        """The tokens that stand for the whole of a word or number, written without separators."""
        tokens = tokenize(text, language)
        first, last = tokens.sequence[0], tokens.sequence[-1]
        for token in tokens.joined:
            if token.end == last.end and (token.start == first.start or token.text.startswith(PHONE_MARK)):
                yield token.text

    def _near(self, node: Near) -> Iterator[Run | Close]:
        left, right = (tuple(_runs(self._ways(side, MOST_WORDS_NEAR))) for side in (node.left, node.right))
        yield Close(left, right, node.distance)
        for one in left:
            for other in right:
                yield from dict.fromkeys((*_overlaps(one.tokens, other.tokens), *_overlaps(other.tokens, one.tokens)))


def _has_text(node: Node) -> bool:
    match node:
        case And(parts) | Or(parts):
            return any(_has_text(part) for part in parts)
        case Not(part):
            return _has_text(part)
        case _:
            return isinstance(node, Word | Phrase | Near)


def groups(parts: Sequence[Node]) -> Iterator[list[Word]]:
    """The parts one by one, but neighbouring figures together."""
    group: list[Word] = []
    for part in parts:
        if isinstance(part, Word) and not part.prefix and _FIGURES.fullmatch(part.text):
            group.append(part)
            continue
        if group:
            yield group
            group = []
        yield [part]  # type: ignore[list-item]
    if group:
        yield group


def _runs(ways: tuple[Terms | Run, ...]) -> Iterator[Run]:
    for way in ways:
        if isinstance(way, Run):
            yield way
        else:
            yield from (Run((token,)) for token in way.tokens)


def _overlaps(one: tuple[str, ...], other: tuple[str, ...]) -> Iterator[Run]:
    """The runs in which `other` begins inside `one`: near each other, though nothing lies between them."""
    for start in range(len(one)):
        shared = one[start : start + len(other)]
        if shared == other[: len(one) - start]:
            yield Run(one + other[len(shared) :])


def matches(way: Terms | Run | Close, sequence: Sequence[Token], joined: Sequence[Token]) -> Iterator[Token]:
    """The tokens of one line that satisfy a way: what is highlighted. None when it does not hold there."""
    match way:
        case Terms(tokens):
            wanted = set(tokens)
            yield from (token for token in (*sequence, *joined) if token.text in wanted)
        case Run(tokens):
            for start in _starts(tokens, sequence):
                yield from sequence[start : start + len(tokens)]
        case Close(left, right, distance):
            for one in left:
                for other in right:
                    yield from _close(one.tokens, other.tokens, distance, sequence)


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
