"""Reads Swedish and Norwegian numbers in words, "tjugofem" and "to hundre og femti", which text2num does not know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from recordings_site.base.text import fold

MOST_WORDS = 7  # of one number: "två tusen tre hundra och fyrtio fem"


@dataclass(frozen=True, slots=True)
class _Words:
    """The folded number words of a language; words that are also the article come first among the units."""

    small: dict[str, int]
    tens: dict[str, int]
    hundred: str
    thousand: str
    also: str  # "and"
    articles: frozenset[str]

    def pattern(self) -> re.Pattern[str]:
        """A number written as one word, up to 999,999."""
        small, tens = ("|".join(sorted(words, key=len, reverse=True)) for words in (self.small, self.tens))
        below_hundred = f"(?:(?:{tens})(?:{small})?|{small})"
        below_thousand = f"(?:(?:{small})?{self.hundred}(?:{self.also})?(?:{below_hundred})?|{below_hundred})"
        return re.compile(f"(?:({below_thousand})?({self.thousand})(?:{self.also})?)?({below_thousand})?")


def _numbered(words: str, *, start: int = 0, step: int = 1) -> dict[str, int]:
    """Words by their numbers; those that mean the same stand with a stroke between them."""
    each = enumerate(words.split())
    return {word: start + step * place for place, same in each for word in same.split("/")}


_SWEDISH = _Words(
    _numbered("noll en/ett tva tre fyra fem sex sju atta nio tio elva tolv tretton fjorton femton sexton sjutton arton"
              " nitton"),
    _numbered("tjugo trettio fyrtio femtio sextio sjuttio attio nittio", start=20, step=10),
    "hundra", "tusen", "och", frozenset(("en", "ett")),
)  # fmt: skip
_NORWEGIAN = _Words(
    _numbered("null en/ett/ei to tre fire fem seks sju/syv atte ni ti elleve tolv tretten fjorten femten seksten sytten"
              " atten nitten"),
    _numbered("tjue/tyve tretti/tredve forti femti seksti sytti atti nitti", start=20, step=10),
    "hundre", "tusen", "og", frozenset(("en", "ett", "ei")),
)  # fmt: skip
_LANGUAGES = {"sv": _SWEDISH, "nb": _NORWEGIAN, "nn": _NORWEGIAN, "no": _NORWEGIAN}
LANGUAGES = frozenset(_LANGUAGES)
_PATTERNS = {language: words.pattern() for language, words in _LANGUAGES.items()}


def numbers(words: Sequence[str], language: str) -> list[tuple[int, int, str]]:
    """The first and the last word of each number, and its digits. A lone article is no number."""
    known = _LANGUAGES[language]
    folded = [fold(word) for word in words]
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(folded):
        end, digits = at + 1, value(folded[at], language)
        if digits:
            for beyond in range(at + 2, min(at + MOST_WORDS, len(folded)) + 1):
                if folded[beyond - 1] != known.also and (longer := value("".join(folded[at:beyond]), language)):
                    end, digits = beyond, longer
            found.append((at, end - 1, digits))
        at = end
    return [each for place, each in enumerate(found) if not _is_article(folded, found, place, known)]


def _is_article(folded: Sequence[str], found: Sequence[tuple[int, int, str]], place: int, known: _Words) -> bool:
    """Whether a number is a single article that stands beside no other number."""
    first, last, _ = found[place]
    if first != last or folded[first] not in known.articles:
        return False
    beside = [each for each in (place - 1, place + 1) if 0 <= each < len(found)]
    return not any(found[each][1] == first - 1 or found[each][0] == last + 1 for each in beside)


@lru_cache(maxsize=65536)
def value(word: str, language: str) -> str:
    """The digits that a folded word stands for; "" for other words."""
    match = _PATTERNS[language].fullmatch(word) if word else None
    if not match:
        return ""
    known = _LANGUAGES[language]
    thousands, thousand, rest = match.groups()
    total = 1000 * (_below_thousand(thousands, known) if thousands else 1) if thousand else 0
    return str(total + (_below_thousand(rest, known) if rest else 0))


def _below_thousand(word: str, known: _Words) -> int:
    hundreds, hundred, rest = word.partition(known.hundred)
    if not hundred:
        hundreds, rest = "", word
    total = 100 * known.small.get(hundreds, 1) if hundred else 0
    rest = rest.removeprefix(known.also) if hundred else rest
    if rest in known.small:
        return total + known.small[rest]
    ten = next((each for each in sorted(known.tens, key=len, reverse=True) if rest.startswith(each)), "")
    return total + (known.tens[ten] + known.small.get(rest[len(ten) :], 0) if ten else 0)
