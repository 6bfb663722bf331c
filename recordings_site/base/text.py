"""Compares text as people type it: without case, accents, width and separators."""

import re
import unicodedata
from functools import lru_cache

from recordings_site.base.letters import APOSTROPHES, DROPPED, LETTERS, TRANSLITERATIONS

LONGEST_WORD = 64  # characters; longer words are truncated
PHONE_DIGITS = 8  # as many last digits as tell +46 70 123 45 67 and 070 123 45 67 the same

# The languages by their English names, as people type them.
LANGUAGES = {
    "arabic": "ar", "armenian": "hy", "basque": "eu", "bulgarian": "bg", "catalan": "ca", "chinese": "zh",
    "croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et",
    "filipino": "fil", "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi",
    "hungarian": "hu", "icelandic": "is", "indonesian": "id", "irish": "ga", "italian": "it", "japanese": "ja",
    "korean": "ko", "latvian": "lv", "lithuanian": "lt", "malay": "ms", "nepali": "ne", "norwegian": "no",
    "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr",
    "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv", "tamil": "ta", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip

_LETTERS = str.maketrans(LETTERS)
_DROPPED = re.compile("[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in DROPPED) + "]")
_TRANSLITERATIONS = str.maketrans(TRANSLITERATIONS)
# Artifacts of pasted text. The invisible characters that separate words (U+200B, U+200C) are kept.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# Full-width forms of ASCII, and the blank that belongs to them.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _ranges(wanted: str) -> str:
    """The characters of the first two planes whose category begins with `wanted`, as a regular expression's ranges."""
    ranges: list[list[int]] = []
    for code in range(0x80, 0x20000):
        if unicodedata.category(chr(code))[0] == wanted:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


MARKS = _ranges("M")
_KEPT = re.compile(f"[^\\W_{APOSTROPHES}]|[{MARKS}]")
_WORD = re.compile(f"[^\\W_{APOSTROPHES}](?:[^\\W_{APOSTROPHES}]|[{MARKS}])*")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case, accents, width and foreign digits: "Ｒéfund" gives "refund"; at most 64 characters."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    apart = _DROPPED.sub("", unicodedata.normalize("NFKD", word)).casefold()
    plain = unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFKD", apart))).translate(_LETTERS)
    digits = "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in plain)
    return "".join(_KEPT.findall(digits))[:LONGEST_WORD]


@lru_cache(maxsize=65536)
def transliterated(word: str) -> str:
    """A folded word with its letters transliterated, "koebenhavn" for "København"; "" if that changes nothing."""
    if word.isascii():
        return ""
    lower = unicodedata.normalize("NFC", word).lower()
    other = lower.translate(_TRANSLITERATIONS)
    return fold(other) if other != lower else ""


def visible_text(text: str) -> str:
    """A typed text without invisible characters, and with full-width forms of ASCII as ASCII."""
    return text if text.isascii() else _INVISIBLE.sub("", text).translate(_NARROW)


@lru_cache(maxsize=65536)
def plain(name: str) -> str:
    """A name as names are compared: its folded words with one blank between; empty without a letter or digit."""
    return " ".join(filter(None, map(fold, _WORD.findall(name))))


def digits_of(text: str) -> str:
    """The digits in a text, for example of a phone number."""
    return "".join(each for each in text if each.isdigit())


def initials(name: object) -> str:
    """One or two letters that stand for a speaker or a person."""
    words = [word for word in str(name or "").replace("@", " ").replace(".", " ").split() if word]
    if not words:
        return "?"
    last = words[-1] if words[-1].isdigit() else ""
    return (words[0][0] + (last or (words[1][0] if len(words) > 1 else ""))).upper()
