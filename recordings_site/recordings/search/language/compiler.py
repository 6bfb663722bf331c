"""Gives a query tree its tokens: what each word means in the languages that were spoken, and whose line it must be."""

from collections.abc import Iterator, Sequence

from recordings_site.recordings.search.language.compiled_query import (
    All,
    Any,
    CompiledQuery,
    Fact,
    Line,
    Proximity,
    Run,
    Terms,
    Without,
)
from recordings_site.recordings.search.language.query_tree import And, Near, Node, Not, Or, Phrase, Speaker, Word
from recordings_site.recordings.search.language.readings import MOST_WORDS_NEAR, Expand, Reader, groups_of
from recordings_site.recordings.search.text.tokens import speaker_tokens


def compile_query(node: Node, *, languages: Sequence[str], expand: Expand) -> CompiledQuery:
    """What a query tree means where these languages are spoken ("" stands for languages without a stemmer)."""
    languages = tuple(dict.fromkeys(languages)) or ("",)
    return _Compiler(languages, Reader(languages, expand)).read(node, ())


class _Compiler:
    def __init__(self, languages: tuple[str, ...], words: Reader) -> None:
        self.languages, self.words = languages, words

    def read(self, node: Node, speaker: tuple[str, ...]) -> CompiledQuery:
        """What a node means among whose neighbours a speaker (its tokens) was named."""
        match node:
            case Word() | Phrase():
                return Line(self.words.alternatives(node), speaker)
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
            self._together(group, speaker) if len(group) > 1 else self.read(group[0], speaker)
            for group in groups_of(rest, self.languages)
        ]
        return All(tuple(read)) if len(read) > 1 else read[0]

    def _together(self, words: Sequence[Node], speaker: tuple[str, ...]) -> CompiledQuery:
        """Words that may be one thing, such as a number typed in groups: in one, or each by itself."""
        text = " ".join(word.text for word in words if isinstance(word, Word))
        merged = Line((Terms(tuple(self.words.merged(text))),), speaker)
        return Any((merged, All(tuple(self.read(word, speaker) for word in words))))

    def _near(self, node: Near) -> Iterator[Run | Proximity]:
        left, right = (tuple(_runs(self.words.alternatives(side, MOST_WORDS_NEAR))) for side in (node.left, node.right))
        yield Proximity(left, right, node.distance)
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


def _runs(alternatives: tuple[Terms | Run, ...]) -> Iterator[Run]:
    for alternative in alternatives:
        if isinstance(alternative, Run):
            yield alternative
        else:
            yield from (Run((token,)) for token in alternative.tokens)


def _overlaps(one: tuple[str, ...], other: tuple[str, ...]) -> Iterator[Run]:
    """The runs in which `other` begins inside `one`: near each other, though nothing lies between them."""
    for start in range(len(one)):
        shared = one[start : start + len(other)]
        if shared == other[: len(one) - start]:
            yield Run(one + other[len(shared) :])
