"""Reads numbers that are said in words: "twenty five", "vingt-cinq", "double four", "oh seven"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import find_numbers, text2num

from recordings_site.recordings.search.text import nordic_numbers

# The languages in which text2num reads numbers.
LANGUAGES = frozenset(("da", "de", "en", "es", "fr", "it", "nl", "pt"))
# Words that repeat the digit behind them, and words that stand for a digit among others.
_REPEATS = {
    "en": {"double": 2, "triple": 3, "treble": 3},
    "fr": {"double": 2, "triple": 3},
    "es": {"doble": 2, "triple": 3},
    "it": {"doppio": 2, "triplo": 3},
    "pt": {"duplo": 2, "triplo": 3},
    "de": {"doppel": 2, "zweimal": 2, "dreimal": 3},
    "nl": {"dubbel": 2, "driedubbel": 3},
    "da": {"dobbelt": 2, "tredobbelt": 3},
}
_NORDIC_REPEATS = {"dubbel": 2, "dubbelt": 2, "trippel": 3, "dobbel": 2, "dobbelt": 2}
_AMONG_DIGITS = {"en": {"oh": "0", "o": "0"}, "pt": {"meia": "6"}}
# How text2num wants words that are also said otherwise, or typed without their accents; in German parts of words.
_ACCENTED = {
    "de": (("fuenf", "fünf"), ("funf", "fünf"), ("zwoelf", "zwölf"), ("zwolf", "zwölf"), ("dreissig", "dreißig")),
    "fr": (("zero", "zéro"),),
    "es": (("dieciseis", "dieciséis"), ("veintidos", "veintidós"), ("veintitres", "veintitrés"),
           ("veintiseis", "veintiséis"), ("veintiún", "veintiuno"), ("veintiun", "veintiuno")),
    "pt": (("tres", "três"),),
    "it": (("ventitre", "ventitré"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """The digits that words from `first` to `last` stand for."""

    first: int
    last: int
    digits: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as text2num takes it; "," is none of a number."""

    word: str

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: "_Word") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def spoken_numbers(words: Sequence[str], language: str) -> list[Number]:
    """The numbers that some words of a language stand for, in their order. A lone "one" or "un" is no number."""
    if language in nordic_numbers.LANGUAGES:
        return _nordic(words, language)
    if language not in LANGUAGES:
        return []
    words = [_accented(word.lower(), language) for word in words]
    values = [_value(word, language) for word in words]
    if not any(values):
        return []
    numbers = list(_digit_by_digit(words, values, language))
    taken = {at for number in numbers for at in range(number.first, number.last + 1)}
    read = [_Word("," if at in taken or word.isdigit() else word) for at, word in enumerate(words)]
    for found in find_numbers(read, language):
        digits = found.text.replace(".", "").replace(",", "")
        if digits.isdecimal():
            numbers.append(Number(found.start, found.end - 1, digits))
    return sorted(numbers, key=lambda number: number.first)


def _nordic(words: Sequence[str], language: str) -> list[Number]:
    """Those of Swedish and Norwegian, with "dubbel fyra"."""
    numbers = [Number(*each) for each in nordic_numbers.numbers(words, language)]
    singles = {number.first: number for number in numbers if number.first == number.last and len(number.digits) == 1}
    for at, word in enumerate(words):
        if (times := _NORDIC_REPEATS.get(word.lower())) and (repeated := singles.get(at + 1)):
            numbers.remove(repeated)
            numbers.append(Number(at, at + 1, repeated.digits * times))
    return sorted(numbers, key=lambda number: number.first)


def _digit_by_digit(words: Sequence[str], values: Sequence[str], language: str) -> list[Number]:
    numbers = []
    repeats, among = _REPEATS[language], _AMONG_DIGITS.get(language, {})
    for at, word in enumerate(words):
        following = values[at + 1] if at + 1 < len(words) else ""
        if word in repeats and len(following) == 1:
            numbers.append(Number(at, at + 1, following * repeats[word]))
        elif word in among and (following or (at and values[at - 1])):
            numbers.append(Number(at, at, among[word]))
    return numbers


def _accented(word: str, language: str) -> str:
    for plain, accented in _ACCENTED.get(language, ()):
        if word == plain or language == "de":
            word = word.replace(plain, accented)
    return word


@lru_cache(maxsize=65536)
def _value(word: str, language: str) -> str:
    """The digits that one word stands for, be it written in digits or in letters; "" for other words."""
    if word.isdigit():
        return word
    try:
        return str(text2num(word, language))
    except ValueError:
        return ""
