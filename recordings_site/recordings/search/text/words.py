"""Cuts text into words: by blanks and punctuation, in scripts without blanks into overlapping pairs of characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from recordings_site.base.letters import APOSTROPHES
from recordings_site.base.text import MARKS, fold, visible_text

# Thai, Lao, Burmese, Khmer, Hiragana, Katakana and Han are written without spaces between words. Digits are not among
# them: they make numbers.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u108f\u109a-\u109d\ua9e0-\ua9ef\uaa60-\uaa7f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
# Marks that nobody sees belong to the word in which they stand. U+200B and U+200C part words.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_LETTER = f"(?![{_UNSPACED}])[^\\W_{APOSTROPHES}]"
_WORD = re.compile(f"([{_UNSPACED}]+)|{_LETTER}(?:{_LETTER}|(?![{_UNSPACED}])[{MARKS}{_INVISIBLE}])*")
_ONE = re.compile(f"[{_UNSPACED}]")
_VOICED = "\u3099\u309a\uff9e\uff9f"  # marks that belong to the Kana before them


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word and where it stands in the text (characters, the end excluded).

    A pair of characters of an unspaced script has its first one as `single`; the last one of a run stands alone.
    """

    text: str
    start: int
    end: int
    single: str = ""


def words_of(text: str, *, is_query: bool = False) -> list[Word]:
    """The words of a text, or of a query, whose end says nothing about the end of a word in the text."""
    words: list[Word] = []
    run: list[tuple[str, int, int]] = []
    for found in _WORD.finditer(text):
        start, end = found.span()
        if run and (not found[1] or visible_text(text[run[-1][2] : start]).strip(" \t\n\u200b")):
            words += _pairs(run, is_query)
            run = []
        if found[1]:
            run += _characters(text, start, end)
        elif word := fold(found[0]):
            words.append(Word(word, start, end))
    return words + _pairs(run, is_query)


def _pairs(run: list[tuple[str, int, int]], is_query: bool) -> list[Word]:
    """Overlapping pairs of a run, then its last character: each character begins a word of the index."""
    pairs = [Word(one + other, start, end, one) for (one, start, _), (other, _, end) in pairwise(run)]
    if run and not (is_query and pairs):
        pairs.append(Word(run[-1][0], *run[-1][1:], run[-1][0]))
    return pairs


def _characters(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The folded characters of a run with their places."""
    while start < end:
        after = start + 1
        while after < end and text[after] in _VOICED:
            after += 1
        yield from ((each, start, after) for each in fold(text[start:after]))
        start = after


def is_unspaced(word: str) -> bool:
    """Whether a folded word is of a script without blanks: a pair of characters, or one."""
    return bool(_ONE.match(word))


def is_character(word: str) -> bool:
    """Whether a folded word is one character of such a script."""
    return len(word) == 1 and is_unspaced(word)
