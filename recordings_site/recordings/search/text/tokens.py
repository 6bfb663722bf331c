"""Turns text into the tokens that both databases index, so that both give the same hits.

Words are folded (case, accents, width, digits), then stemmed by the language of the transcript, which the token names:
"offer" is "off" to a Swedish stemmer, and must not find "off" in an English call. Scripts without
spaces become overlapping pairs of characters. Numbers and hyphenated words are also indexed joined, so that
"070-123 45 67" and "0701234567" find each other. There are no stop words.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from recordings_site.base.text import LONGEST_WORD, MARKS, PHONE_DIGITS, fold

# Raise it when tokens come out differently: `manage.py reindex` then knows which transcripts are behind.
VERSION = 4
# Private-use characters begin the tokens that no query word can spell, for folding removes them from words.
SPEAKER_MARK = "\ue001"
PHONE_MARK = "\ue002"
SCOPE_MARK = "\ue003"
LANGUAGE_MARK = "\ue004"
IMPACT_MARK = "\ue005"
LONGEST_RUN = 8  # digit groups or hyphenated parts that are joined at most

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "cs": "czech",
}  # fmt: skip

# Thai, Lao, Burmese, Khmer, Hiragana, Katakana and Han are written without spaces between words.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_WORD = re.compile(f"([{_UNSPACED}]+)|(?:(?![{_UNSPACED}])[^\\W_])(?:(?![{_UNSPACED}])(?:[^\\W_]|[{MARKS}]))*")
# What may stand between the groups of one number, and between the parts of one word.
_IN_NUMBER = re.compile(r"[ \-.,/'’\u00a0\u202f\u2010-\u2013]| ?[()] ?| - ")
_IN_WORD = re.compile(r"[\-.'’/@&_\u2010\u2011]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text as indexed, where it stands in the original (characters) and its position among tokens."""

    text: str
    start: int
    end: int
    position: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text: in their order, and those joined from several, which take part in no phrase.

    `words` are the folded words before stemming, one for each of `sequence`: the lexicon's entries.
    """

    sequence: tuple[Token, ...]
    joined: tuple[Token, ...]
    words: tuple[str, ...]


def language_of(locale: str) -> str:
    """The language whose stemmer serves a locale: "sv" of "sv-SE"; "" when there is none for it."""
    language = re.split("[-_]", locale.strip().lower(), maxsplit=1)[0]
    return language if language in STEMMERS else ""


_stemmers = threading.local()  # a stemmer keeps the word that it works on in itself


@lru_cache(maxsize=262144)
def stem(word: str, language: str) -> str:
    """The language and the stem of a folded word; the word itself when it holds a digit or there is no stemmer."""
    if language not in STEMMERS or any(each.isdigit() for each in word):
        return word
    known = _stemmers.__dict__.setdefault("by_language", {})
    if language not in known:
        known[language] = snowballstemmer.stemmer(STEMMERS[language])
    # Stemmers of some languages give back accents and marks that the folded text has not.
    return f"{LANGUAGE_MARK}{language}{fold(known[language].stemWord(word)) or word}"[:LONGEST_WORD]


def tokenize(text: str, language: str = "") -> Tokens:
    """The tokens of a text in a language ("" for none: nothing is stemmed)."""
    sequence: list[Token] = []
    words: list[str] = []
    for found in _WORD.finditer(text):
        if found[1]:
            pieces: Iterator[tuple[str, int, int]] = _pairs(found[1], found.start())
        else:
            pieces = iter([(found[0], found.start(), found.end())])
        for piece, start, end in pieces:
            word = fold(piece)
            if word:
                token = word if found[1] else stem(word, language)
                sequence.append(Token(token, start, end, len(sequence)))
                words.append(word)
    return Tokens(tuple(sequence), tuple(_joined(text, sequence, words, language)), tuple(words))


def _pairs(run: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Overlapping pairs of a run, then its last character: each character begins a token, each word is a phrase."""
    for index in range(len(run)):
        yield run[index : index + 2], start + index, start + min(index + 2, len(run))


def _joined(text: str, sequence: list[Token], words: list[str], language: str) -> Iterator[Token]:
    index = 0
    while index < len(sequence):
        last = index
        digits = words[index].isdigit()
        while last + 1 < len(sequence):
            between = text[sequence[last].end : sequence[last + 1].start]
            both = digits and words[last + 1].isdigit()
            if not (_IN_NUMBER if both else _IN_WORD).fullmatch(between):
                break
            digits = both
            last += 1
        yield from (
            _number(sequence, words, index, last) if digits else _compound(sequence, words, index, last, language)
        )
        index = last + 1


def _number(sequence: list[Token], words: list[str], first: int, last: int) -> Iterator[Token]:
    """Each stretch of a number's groups as one token, and the last digits of what may be a phone number."""
    told: set[int] = set()
    for start in range(first, last + 1):
        for end in range(start, min(last, start + LONGEST_RUN - 1) + 1):
            joined = "".join(words[start : end + 1])
            if len(joined) > 2 * PHONE_DIGITS + 4:
                break
            span = (sequence[start].start, sequence[end].end, start)
            if end > start:
                yield Token(joined, *span)
            if len(joined) >= PHONE_DIGITS and end not in told:
                told.add(end)
                yield Token(PHONE_MARK + joined[-PHONE_DIGITS:], *span)


def _compound(sequence: list[Token], words: list[str], first: int, last: int, language: str) -> Iterator[Token]:
    """The parts of "e-mail" or "don't" as one word: the whole, and each two neighbours."""
    if last == first or last - first >= LONGEST_RUN:
        return
    stretches = {(start, start + 1) for start in range(first, last)} | {(first, last)}
    for start, end in sorted(stretches):
        joined = "".join(words[start : end + 1])[:LONGEST_WORD]
        yield Token(stem(joined, language), sequence[start].start, sequence[end].end, start)


def speaker_tokens(label: str) -> tuple[str, ...]:
    """The tokens that stand for a speaker: one for each word of the label, in no order."""
    return tuple(dict.fromkeys(SPEAKER_MARK + word for word in tokenize(label).words))


def scope_token(number_id: int | None) -> str:
    """The token that stands for the number a recording belongs to: what one may see is looked up like a word."""
    return f"{SCOPE_MARK}{number_id or 0}"
