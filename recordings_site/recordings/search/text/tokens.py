"""Turns text into the tokens that both databases index, so that both give the same hits.

Words are folded (case, accents, width, digits), then stemmed by the language of the transcript, which the token names:
"offer" is "off" to a Swedish stemmer, and must not find "off" in an English call. Scripts without
spaces become overlapping pairs of characters. There are no stop words.

Numbers, codes, compounds and spelt-out addresses (`joining`) are also indexed as one token each. A line with any of
them has a second reading in which they are merged: "order 20 45", "order two thousand forty-five" and "order 2045" are
then the same phrase.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from recordings_site.base.text import LONGEST_WORD, PHONE_DIGITS, fold, transliterated
from recordings_site.recordings.search.text.joining import Joined, joined_of
from recordings_site.recordings.search.text.korean import without_endings
from recordings_site.recordings.search.text.words import Word, words_of

# Raise it when tokens come out differently: `manage.py reindex` then knows which transcripts are behind.
VERSION = 5
# Private-use characters begin the tokens that no query word can spell, for folding removes them from words.
SPEAKER_MARK = "\ue001"
PHONE_MARK = "\ue002"
SCOPE_MARK = "\ue003"
LANGUAGE_MARK = "\ue004"
IMPACT_MARK = "\ue005"

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "cs": "czech",
}  # fmt: skip
# Languages that never transliterate ä, ö and ü.
_NEVER_TRANSLITERATED = frozenset(("fi", "et", "hu", "tr", "es", "ca", "pt", "fr"))
# Languages in which "oe" in a longer word may stand for ø. In Dutch and Finnish it is a sound of its own.
_TRANSLITERATED = frozenset(("en", "sv", "da", "nb", "nn", "no", ""))
_DIGRAPH = re.compile("(?<![aeiou])(?:(a)[ae]|(o)e|(?<![qg])(u)e)(?![aeiou])")
_SHORTEST_TRANSLITERATED = 5


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text as indexed, and where it stands in the original (characters, the end excluded)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text in their order, the `merged` reading (empty where it is the same), and others.

    The `joined` ones take part in no phrase. `words` are the folded words before stemming, one for each of `sequence`:
    the lexicon's entries.
    """

    sequence: tuple[Token, ...]
    merged: tuple[Token, ...]
    joined: tuple[Token, ...]
    words: tuple[str, ...]

    @property
    def readings(self) -> tuple[tuple[Token, ...], ...]:
        """The orders in which the text can be read."""
        return (self.sequence, self.merged) if self.merged else (self.sequence,)


_NONE = Tokens((), (), (), ())


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
    # Stemmers of some languages give back accents and marks that the folded text has not.
    return f"{LANGUAGE_MARK}{language}{fold(_stemmed(word, language)) or word}"[:LONGEST_WORD]


def _stemmed(word: str, language: str) -> str:
    known = _stemmers.__dict__.setdefault("by_language", {})
    if language not in known:
        known[language] = snowballstemmer.stemmer(STEMMERS[language])
    stemmed: str = known[language].stemWord(word)
    return stemmed


@lru_cache(maxsize=65536)
def accented_stem(written: str, language: str) -> str:
    """The same of a word as it is written: "gåsen" is "gås" by its å, while "gas" would lose its ending."""
    word = unicodedata.normalize("NFC", written).lower()
    if language not in STEMMERS or any(each.isdigit() for each in word):
        return ""
    return f"{LANGUAGE_MARK}{language}{fold(_stemmed(word, language))}"[:LONGEST_WORD]


def tokenize(text: str, language: str = "") -> Tokens:
    """The tokens of a text in a language ("" for none: nothing is stemmed)."""
    if not text:
        return _NONE
    return _tokens(text, language, words_of(text), is_query=False, lenient=False)


@lru_cache(maxsize=1024)
def tokenize_query(text: str, language: str = "", *, lenient: bool = False) -> Tokens:
    """The tokens of a query; a `lenient` one takes short words beside digits for parts of a code."""
    return _tokens(text, language, words_of(text, is_query=True), is_query=True, lenient=lenient)


def _tokens(text: str, language: str, words: list[Word], *, is_query: bool, lenient: bool) -> Tokens:
    sequence = tuple(
        Token(word.text if word.single else stem(word.text, language), word.start, word.end) for word in words
    )
    joined = joined_of(text, words, language, lenient=lenient)
    if is_query:
        # "9012" finds C9012, but C9012 does not find every 9012.
        joined = [
            each
            for each in joined
            if each.first < each.last or words[each.first].text.isalpha() or words[each.first].text == each.text
        ]
    others = [other for word in words for other in _others(text, word, language, is_query)]
    # Plain words are merged with nothing.
    merged = _merged(words, sequence, joined, language) if joined or not text.isascii() else sequence
    return Tokens(
        sequence=sequence,
        merged=() if [each.text for each in merged] == [each.text for each in sequence] else merged,
        joined=(*_joined(words, joined, language), *others),
        words=tuple(word.text for word in words),
    )


def _others(text: str, word: Word, language: str, is_query: bool) -> Iterator[Token]:
    """What else one word is found by."""
    if not word.single:
        for other in _other_tokens(text[word.start : word.end], word.text, language, is_query):
            yield Token(other, word.start, word.end)
    elif word.single != word.text:
        yield Token(word.single, word.start, min(word.start + 1, word.end))


@lru_cache(maxsize=262144)
def _other_tokens(written: str, word: str, language: str, is_query: bool) -> tuple[str, ...]:
    found = [stem(each, language) for each in _otherwise_written(written, word, language)]
    if not written.isascii():
        found.append(accented_stem(written, language))
    if is_query and language in STEMMERS:
        # What has an accent in the text, or is its stem already, may lose more than the word in the text did.
        found.append(f"{LANGUAGE_MARK}{language}{word}"[:LONGEST_WORD])
    # In a short word of a query what looks like an ending is rather a part of it.
    found += [stem(each, language) for each in without_endings(word) if len(each) > 1 or not is_query]
    own = stem(word, language)
    return tuple(each for each in dict.fromkeys(found) if each and each != own)


def _otherwise_written(written: str, word: str, language: str) -> Iterator[str]:
    """A word with "ae" for ä, and with ä for "ae", where its language allows for it."""
    if language not in _NEVER_TRANSLITERATED and (other := transliterated(written)):
        yield other
    if language in _TRANSLITERATED and len(word) >= _SHORTEST_TRANSLITERATED and word.isascii() and word.isalpha():
        single = _DIGRAPH.sub(lambda found: found[found.lastindex or 0], word)
        if single != word:
            yield single


def _joined(words: list[Word], joined: list[Joined], language: str) -> Iterator[Token]:
    """Joined words as one token, and the last digits of what may be a phone number."""
    ended: set[int] = set()
    for each in joined:
        span = (words[each.first].start, words[each.last].end)
        if each.first < each.last or each.text != words[each.first].text:
            yield Token(stem(each.text[:LONGEST_WORD], language), *span)
        if each.text.isdigit() and len(each.text) >= PHONE_DIGITS and each.last not in ended:
            ended.add(each.last)
            yield Token(PHONE_MARK + each.text[-PHONE_DIGITS:], *span)


def _merged(words: list[Word], sequence: tuple[Token, ...], joined: list[Joined], language: str) -> tuple[Token, ...]:
    """The sequence with numbers, codes and compounds as one token each, and Korean words without their endings."""
    wholes: dict[int, Joined] = {}
    taken: set[int] = set()
    for each in joined:
        places = range(each.first, each.last + 1)
        if each.whole and taken.isdisjoint(places):
            taken.update(places)
            wholes[each.first] = each
    read = []
    for at, word in enumerate(words):
        if whole := wholes.get(at):
            text = whole.text[:LONGEST_WORD]
            phone = text.isdigit() and len(text) >= PHONE_DIGITS
            token = PHONE_MARK + text[-PHONE_DIGITS:] if phone else stem(text, language)
            read.append(Token(token, word.start, words[whole.last].end))
        elif at not in taken:
            bare = next((each for each in without_endings(word.text) if len(each) > 1), "")
            read.append(Token(stem(bare, language), word.start, word.end) if bare else sequence[at])
    return tuple(read)


@lru_cache(maxsize=4096)
def speaker_tokens(label: str) -> tuple[str, ...]:
    """The tokens that stand for a speaker: one for each word of the label, in no order."""
    return tuple(dict.fromkeys(SPEAKER_MARK + word for word in tokenize(label).words))


def scope_token(number_id: int | None) -> str:
    """The token that stands for the number a recording belongs to: what one may see is looked up like a word."""
    return f"{SCOPE_MARK}{number_id or 0}"
