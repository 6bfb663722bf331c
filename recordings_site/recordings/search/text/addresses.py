"""Reads e-mail addresses that are spelt out: "anna dot berg at example dot com"."""

from collections.abc import Iterator, Sequence

# Folded, as they are said in many languages.
_DOTS = frozenset((
    "dot", "point", "punkt", "punktum", "punto", "ponto", "punt", "piste", "kropka", "tecka", "bod", "pont", "nokta",
    "punct", "точка", "נקודה", "نقطه", "점",
))  # fmt: skip
_ATS = frozenset((
    "at", "arroba", "arobase", "chiocciola", "apenstaartje", "snabela", "kanelbulle", "krollalfa", "malpa",
    "klammeraffe", "zavinac", "kukac", "et", "собака", "שטרודל", "ات", "골뱅이",
))  # fmt: skip
_OTHERS = frozenset((
    "underscore", "dash", "hyphen", "minus", "bindestrich", "bindestreck", "understreck", "tiret", "guion", "trattino",
))  # fmt: skip
_AT_ENDS = frozenset(("a", "alfa"))  # of "snabel-a" and "krøll-alfa", which are cut in two
_AT_BEGINS = frozenset(("snabel", "kroll"))
LONGEST_PART = 4  # words between two signs, as in "berg 85 at"


def addresses(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each address that is spelt out: its first and last word, and its letters and digits in one."""
    signs = _signs(words)
    at = 0
    while at < len(words):
        if signs[at] == "@" and (found := _around(words, signs, at)):
            yield from found
            at = found[0][1]
        at += 1


def _signs(words: Sequence[str]) -> list[str]:
    """The sign that each word stands for: @, a dot, another one, or "" for none."""
    signs = ["@" if word in _ATS else "." if word in _DOTS else "-" if word in _OTHERS else "" for word in words]
    for at in range(len(words) - 1):
        if words[at] in _AT_BEGINS and words[at + 1] in _AT_ENDS:
            signs[at] = signs[at + 1] = "@"
    return signs


def _around(words: Sequence[str], signs: Sequence[str], at: int) -> list[tuple[int, int, str]]:
    """The address around an @, begun by one word or two: where it begins is not heard."""
    first, last = _beginning(signs, at), _end(signs, at)
    if first == at or last == at:
        return []
    starts = {first, _letters_before(words, signs, first)}
    if first and not signs[first - 1]:
        starts.add(first - 1)
    kept = [word if not sign else "" for word, sign in zip(words, signs, strict=True)]
    return [(start, last, "".join(kept[start : last + 1])) for start in sorted(starts)]


def _beginning(signs: Sequence[str], at: int) -> int:
    """Where what stands before an @ begins at the latest: signs have words on both sides, the first one has one."""
    first = at
    while True:
        start = first
        while start and not signs[start - 1] and first - start < LONGEST_PART:
            start -= 1
        if start == first:
            return first
        if start < 2 or signs[start - 1] == "@" or not signs[start - 1] or signs[start - 2]:
            return first - 1
        first = start - 1


def _end(signs: Sequence[str], at: int) -> int:
    """The last word behind an @, which stands behind a dot; where there is none, the place of the @."""
    count = len(signs)
    start = at + 2 if at + 1 < count and signs[at + 1] == "@" else at + 1
    dotted = False
    while start < count and not signs[start]:
        end = start
        while end + 1 < count and not signs[end + 1] and end + 1 - start < LONGEST_PART:
            end += 1
        if end + 2 >= count or signs[end + 1] not in (".", "-") or signs[end + 2]:
            return start if dotted else at
        dotted = dotted or signs[end + 1] == "."
        start = end + 2
    return at


def _letters_before(words: Sequence[str], signs: Sequence[str], first: int) -> int:
    """Where the single letters begin that a word is spelt by."""
    while first and len(words[first]) == 1 and len(words[first - 1]) == 1 and not signs[first - 1]:
        first -= 1
    return first
