"""What a query finds, in plain Python: slow, obvious, and independent of the SQL that it is compared with."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from recordings_site.base.text import fold
from recordings_site.recordings.search.language import query_tree
from recordings_site.recordings.search.text import tokens as indexing
from recordings_site.recordings.search.text.tokens import PHONE_MARK

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
        for figures, group in groupby(rest, key=is_figures):
            each = list(group)
            separate = all(self.holds(part, lines, speakers) for part in each)
            together = False
            if figures and len(each) > 1:
                number = " ".join(part.text for part in each)  # type: ignore[union-attr]
                together = any(self.is_by(line, speakers) and self.number_in(number, line) for line in lines)
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
        tokens = tokenize(line.text, line.language)
        sequence = [token.text for token in tokens.sequence]
        everything = {*sequence, *(token.text for token in tokens.joined)}
        match node:
            case query_tree.Word(text, True):
                return bool(everything & set(self.beginning(text, 30)))
            case query_tree.Word(text):
                return self.number_in(text, line) or any(
                    self.places(words, sequence, everything) for words in self.read(text)
                )
            case query_tree.Phrase(text):
                return any(self.places(words, sequence, everything) for words in self.read(text))
            case query_tree.Near(left, right, distance):
                return self.near(left, right, distance, sequence)
        raise AssertionError(node)

    def near(self, left: query_tree.Node, right: query_tree.Node, distance: int, sequence: list[str]) -> bool:
        for one in self.runs(left):
            for other in self.runs(right):
                for first in starts(one, sequence):
                    for second in starts(other, sequence):
                        gap = second - first - len(one) if second >= first else first - second - len(other)
                        if gap < distance:
                            return True
        return False

    def runs(self, node: query_tree.Node) -> list[list[str]]:
        if isinstance(node, query_tree.Word) and node.prefix:
            return [[token] for token in self.beginning(node.text, 8)]
        assert isinstance(node, query_tree.Word | query_tree.Phrase)
        whole = self.wholes(node.text) if isinstance(node, query_tree.Word) else set()
        return [*self.read(node.text), *([token] for token in whole)]

    def read(self, text: str) -> list[list[str]]:
        return [[token.text for token in tokenize(text, language).sequence] for language in self.languages]

    def places(self, words: list[str], sequence: list[str], everything: set[str]) -> bool:
        return words[0] in everything if len(words) == 1 else bool(starts(words, sequence))

    def beginning(self, text: str, most: int) -> list[str]:
        prefix = fold("".join(tokenize(text).words))
        return [self.token_of[key] for key in self.common if key[0].startswith(prefix)][:most]

    def wholes(self, text: str) -> set[str]:
        found = set()
        for language in self.languages:
            tokens = tokenize(text, language)
            first, last = tokens.sequence[0], tokens.sequence[-1]
            for token in tokens.joined:
                if token.end == last.end and (token.start == first.start or token.text.startswith(PHONE_MARK)):
                    found.add(token.text)
        return found

    def number_in(self, text: str, line: Spoken) -> bool:
        tokens = tokenize(line.text, line.language)
        return bool(self.wholes(text) & {token.text for token in (*tokens.sequence, *tokens.joined)})


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


def is_figures(node: query_tree.Node) -> bool:
    """Whether a word is a number or a part of one."""
    return (
        isinstance(node, query_tree.Word)
        and not node.prefix
        and any(each.isdigit() for each in node.text)
        and all(each.isdigit() or each in "+().-/,'’" for each in node.text)
    )
