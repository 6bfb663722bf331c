"""What a query finds, in plain Python: slow, obvious, and independent of the SQL that it is compared with.

Tokens and what the words of a query stand for are those of the search itself: `spoken.txt` says by hand what is found.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from recordings_site.recordings.search.language import query_tree
from recordings_site.recordings.search.language.compiled_query import Run, Terms
from recordings_site.recordings.search.language.readings import MOST_WORDS_NEAR, Reader, groups_of
from recordings_site.recordings.search.text import tokens as indexing

tokenize = cache(indexing.tokenize)


@dataclass(frozen=True)
class Spoken:
    """One line: who said what, in which language."""

    speaker: str
    text: str
    language: str


@dataclass
class Reference:
    """Recordings as lists of lines, by any key."""

    recordings: dict[object, list[Spoken]]

    def __post_init__(self) -> None:
        self.languages = sorted({line.language for lines in self.recordings.values() for line in lines})
        transcripts: Counter[tuple[str, str]] = Counter()
        self.token_of: dict[tuple[str, str], str] = {}
        for lines in self.recordings.values():
            words = {}
            for line in lines:
                tokens = tokenize(line.text, line.language)
                for word, token in zip(tokens.words, tokens.sequence, strict=True):
                    words[word, line.language] = token.text
            transcripts.update(words.keys())
            self.token_of |= words
        self.known: dict[tuple[query_tree.Node, Spoken], bool] = {}
        self.common = sorted(transcripts, key=lambda each: (-transcripts[each], each))
        self.reader = Reader(self.languages, self.fitting)

    def find(self, node: query_tree.Node) -> set[object]:
        """The keys of the recordings that match."""
        return {key for key, lines in self.recordings.items() if self.holds(node, lines, [])}

    def holds(self, node: query_tree.Node, lines: list[Spoken], speakers: list[str]) -> bool:
        """Whether a node holds for a recording, where `speakers` are bound."""
        match node:
            case query_tree.Or(parts):
                return any(self.holds(part, lines, speakers) for part in parts)
            case query_tree.Not(part):
                return not self.holds(part, lines, speakers)
            case query_tree.And(parts):
                return self.all_hold(parts, lines, speakers)
            case query_tree.Speaker(label):
                return any(self.is_by(line, [*speakers, label]) for line in lines)
            case _:
                return any(self.is_by(line, speakers) and self.is_known(node, line) for line in lines)

    def all_hold(self, parts: tuple[query_tree.Node, ...], lines: list[Spoken], speakers: list[str]) -> bool:
        rest = [part for part in parts if not isinstance(part, query_tree.Speaker)]
        if any(has_text(part) for part in rest):
            speakers = speakers + [part.label for part in parts if isinstance(part, query_tree.Speaker)]
        else:
            rest = list(parts)
        for group in groups_of(rest, self.languages):
            separate = all(self.holds(part, lines, speakers) for part in group)
            together = False
            if len(group) > 1:
                whole = set(self.reader.merged(" ".join(part.text for part in group)))  # type: ignore[union-attr]
                together = any(self.is_by(line, speakers) and whole & everything(line) for line in lines)
            if not separate and not together:
                return False
        return True

    def is_by(self, line: Spoken, speakers: list[str]) -> bool:
        own = set(tokenize(line.speaker).words)
        return all(set(tokenize(label).words) <= own for label in speakers)

    def is_known(self, node: query_tree.Node, line: Spoken) -> bool:
        """Whether one thing asked is in one line: asked again and again, so looked at once."""
        if (node, line) not in self.known:
            self.known[node, line] = self.in_line(node, line)
        return self.known[node, line]

    def in_line(self, node: query_tree.Node, line: Spoken) -> bool:
        if isinstance(node, query_tree.Near):
            return any(self.near(node, list(reading)) for reading in readings(line))
        assert isinstance(node, query_tree.Word | query_tree.Phrase)
        return any(self.is_there(alternative, line) for alternative in self.reader.alternatives(node))

    def is_there(self, alternative: Terms | Run, line: Spoken) -> bool:
        if isinstance(alternative, Terms):
            return bool(set(alternative.tokens) & everything(line))
        return any(starts(list(alternative.tokens), list(reading)) for reading in readings(line))

    def near(self, node: query_tree.Near, sequence: list[str]) -> bool:
        for one in self.runs(node.left):
            for other in self.runs(node.right):
                for first in starts(one, sequence):
                    for second in starts(other, sequence):
                        gap = second - first - len(one) if second >= first else first - second - len(other)
                        if gap < node.distance:
                            return True
        return False

    def runs(self, node: query_tree.Word | query_tree.Phrase) -> list[list[str]]:
        alternatives = self.reader.alternatives(node, MOST_WORDS_NEAR)
        alone = [
            [token] for alternative in alternatives if isinstance(alternative, Terms) for token in alternative.tokens
        ]
        return [*alone, *(list(alternative.tokens) for alternative in alternatives if isinstance(alternative, Run))]

    def fitting(self, pattern: str, most: int) -> list[str]:
        """The tokens of the commonest words that a pattern such as "refun*" stands for."""
        part = pattern.strip("*")
        before, after = pattern.startswith("*"), pattern.endswith("*")
        fits = [
            key
            for key in self.common
            if (part in key[0] if before and after else key[0].endswith(part) if before else key[0].startswith(part))
        ]
        return list(dict.fromkeys(self.token_of[key] for key in fits[:most]))


def readings(line: Spoken) -> tuple[tuple[str, ...], ...]:
    """The orders in which a line can be read."""
    return tuple(tuple(token.text for token in each) for each in tokenize(line.text, line.language).readings)


def everything(line: Spoken) -> set[str]:
    """Every token of a line."""
    tokens = tokenize(line.text, line.language)
    return {token.text for token in (*tokens.sequence, *tokens.merged, *tokens.joined)}


def starts(words: list[str], sequence: list[str]) -> list[int]:
    """Where a run of words begins in a sequence."""
    return [index for index in range(len(sequence)) if sequence[index : index + len(words)] == words]


def has_text(node: query_tree.Node) -> bool:
    """Whether something said is asked for, beside speakers and facts."""
    match node:
        case query_tree.And(parts) | query_tree.Or(parts):
            return any(has_text(part) for part in parts)
        case query_tree.Not(part):
            return has_text(part)
        case _:
            return isinstance(node, query_tree.Word | query_tree.Phrase | query_tree.Near)
