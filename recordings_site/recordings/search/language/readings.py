"""How the words of a query can be read: in each language, in one or in parts, with what a star stands for."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate, islice, product

from recordings_site.recordings.search.language.compiled_query import Run, Terms
from recordings_site.recordings.search.language.query_tree import Node, Phrase, Word
from recordings_site.recordings.search.text.tokens import (
    LANGUAGE_MARK,
    PHONE_MARK,
    Token,
    Tokens,
    tokenize_query,
)
from recordings_site.recordings.search.text.words import is_character, is_unspaced

MOST_WORDS = 30  # that a star stands for: the commonest
MOST_WORDS_NEAR = 8  # the same beside NEAR and beside other stars, where each is tried with each
MOST_RUNS = 64  # of one phrase in one language

# The tokens of the commonest words that fit a folded pattern such as "refun*", commonest first.
Expand = Callable[[str, int], Sequence[str]]


class Reader:
    """Reads words and phrases where some languages are spoken."""

    def __init__(self, languages: Sequence[str], expand: Expand) -> None:
        self.languages = languages
        self.expand = cache(expand)

    def alternatives(self, node: Word | Phrase, most: int = MOST_WORDS) -> tuple[Terms | Run, ...]:
        """What a line must hold: one of some tokens, or one of some runs of them."""
        terms: dict[str, None] = {}
        runs: dict[Run, None] = {}
        for language in self.languages:
            tokens = tokenize_query(node.text, language, lenient=isinstance(node, Word))
            for reading in self._readings(node, tokens, language):
                for run in self._runs(node.text, reading, tokens, language, most):
                    if len(run) == 1:
                        terms[run[0]] = None
                    else:
                        runs[Run(run)] = None
            if "*" in node.text:
                terms |= dict.fromkeys(self._beginning(node, tokens, most))
            elif isinstance(node, Word) or len(tokens.sequence) == 1:
                terms |= dict.fromkeys(_covering(tokens, 0, len(tokens.sequence) - 1))
        return (*((Terms(tuple(terms)),) if terms or not runs else ()), *runs)

    def _readings(self, node: Word | Phrase, tokens: Tokens, language: str) -> tuple[tuple[Token, ...], ...]:
        if "*" in node.text:
            return (tokens.sequence,)
        lenient = tokenize_query(node.text, language, lenient=True).merged if isinstance(node, Phrase) else ()
        return (*tokens.readings, *((lenient,) if lenient and lenient != tokens.merged else ()))

    def merged(self, text: str) -> Iterator[str]:
        """The tokens that stand for the whole of some words."""
        for language in self.languages:
            tokens = tokenize_query(text, language, lenient=True)
            yield from _covering(tokens, 0, len(tokens.sequence) - 1)

    def _runs(
        self, text: str, reading: Sequence[Token], tokens: Tokens, language: str, most: int
    ) -> Iterator[tuple[str, ...]]:
        open_ended = sum(any(_stars(text, token)) or is_character(token.text) for token in reading)
        most = most if open_ended < 2 else min(most, MOST_WORDS_NEAR)
        alone = len(reading) == 1
        choices = [self._choices(text, token, tokens, None if alone else language, most) for token in reading]
        yield from islice(product(*choices), MOST_WORDS if alone else MOST_RUNS)

    def _choices(self, text: str, token: Token, tokens: Tokens, language: str | None, most: int) -> list[str]:
        """The tokens that may stand in the place of one; of a run in a language those of that language alone."""
        if is_unspaced(token.text):
            # What follows a single character in the text is not known from a query that ends with it.
            open_end = language is not None and is_character(token.text)
            return [token.text, *(self.expand(f"{token.text}*", most) if open_end else ())]
        before, after = _stars(text, token)
        if before or after:
            word = next(word for word, each in zip(tokens.words, tokens.sequence, strict=True) if each == token)
            found = self.expand(f"{'*' * before}{word}{'*' * after}", most)
            return [each for each in found if language is None or _is_of(language, each)]
        if any(map(str.isdigit, token.text)):
            return [token.text]
        span = (token.start, token.end)
        return [token.text, *(each.text for each in tokens.joined if (each.start, each.end) == span)]

    def _beginning(self, node: Word | Phrase, tokens: Tokens, most: int) -> Sequence[str]:
        """What the parts of "e-mai*" in one are the beginning of."""
        if isinstance(node, Word) and len(tokens.words) > 1 and node.text.endswith("*"):
            return self.expand("".join(tokens.words) + "*", most)
        return ()


def groups_of(parts: Sequence[Node], languages: Sequence[str]) -> Iterator[list[Node]]:
    """The parts one by one, but together those neighbouring words that may be one thing in some language."""
    words: list[Word] = []
    for part in parts:
        if isinstance(part, Word) and not part.starred:
            words.append(part)
            continue
        yield from _groups(words, languages)
        words = []
        yield [part]
    yield from _groups(words, languages)


def _groups(words: Sequence[Word], languages: Sequence[str]) -> Iterator[list[Node]]:
    """The same of words: the longest groups first, of equal ones the first."""
    together: dict[int, int] = {}
    taken: set[int] = set()
    for first, last in sorted(_spans(words, languages), key=lambda span: (span[0] - span[1], span[0])):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            together[first] = last
    at = 0
    while at < len(words):
        last = together.get(at, at)
        yield list(words[at : last + 1])
        at = last + 1


def _spans(words: Sequence[Word], languages: Sequence[str]) -> set[tuple[int, int]]:
    """The first and the last of words that are one thing in some language."""
    if len(words) < 2:
        return set()
    text = " ".join(word.text for word in words)
    beginning = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    spans = set()
    for language in languages:
        tokens = tokenize_query(text, language, lenient=True)
        first_of: dict[int, int] = {}
        last_of: dict[int, int] = {}
        for token in tokens.sequence:
            word = bisect_right(beginning, token.start) - 1
            first_of.setdefault(word, token.start)
            last_of[word] = token.end
        first_at = {start: word for word, start in first_of.items()}
        last_at = {end: word for word, end in last_of.items()}
        spans |= {
            (first_at.get(token.start, 0), last_at.get(token.end, -1))
            for token in tokens.joined
            if token.start in first_at
        }
    return {(first, last) for first, last in spans if first < last}


def _is_of(language: str, token: str) -> bool:
    return token[:1] != LANGUAGE_MARK or token.startswith(LANGUAGE_MARK + (language or "-"))


def _stars(text: str, token: Token) -> tuple[bool, bool]:
    return text[token.start - 1 : token.start] == "*", text[token.end : token.end + 1] == "*"


def _covering(tokens: Tokens, first: int, last: int) -> Iterator[str]:
    """The tokens that stand for all words from one to another, and the last digits of the phone number they end."""
    start, end = tokens.sequence[first].start, tokens.sequence[last].end
    for token in tokens.joined:
        if token.end == end and (token.start == start or (token.start > start and token.text.startswith(PHONE_MARK))):
            yield token.text
