"""Finds what was said or written in parts but is one thing: numbers, codes, compounds, spelt-out addresses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recordings_site.base.letters import APOSTROPHES
from recordings_site.base.text import visible_text
from recordings_site.recordings.search.text.addresses import addresses
from recordings_site.recordings.search.text.spoken_numbers import spoken_numbers
from recordings_site.recordings.search.text.words import Word

LONGEST_RUN = 40  # groups of one number: each digit of an IBAN by itself
LONGEST_CODE = 40  # characters of a number or code
FEW = 8  # groups of which each stretch is joined; of longer ones those from their beginning and to their end
LONGEST_COMPOUND = 8  # parts of a word
# What may stand between the groups of one number, and between the parts of one word.
_IN_NUMBER = re.compile(rf"[\s\-.,/_{APOSTROPHES}\u2010-\u2014\u2212]|\s?[()]\s?| [-\u2010-\u2014\u2212] |\s\s")
_IN_WORD = re.compile(rf"[\-./@&_\u2010\u2011\u200b\u200c{APOSTROPHES}]")
# What stands between digits that are said one by one.
_LOOSELY = re.compile(r"[,;.…] {0,2}| \.{2,3} ")
_LOOSE_GROUPS, _LONGEST_LOOSE = 3, 4  # groups that are needed to take them as one number, and how long they may be
_LETTERS_OF_CODE = 4
# Single letters that are words: "I have a 5" holds no code.
_APOSTROPHES = frozenset(APOSTROPHES)
_WORDS = frozenset("aieouyàåöéèwzøæ")


@dataclass(frozen=True, slots=True)
class Joined:
    """Some words in one: the first and the last of them, and their letters and digits.

    `whole`: it is all that belongs together, what the words stand for wherever they are read as one.
    """

    first: int
    last: int
    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """One group of a number or code."""

    first: int
    last: int
    text: str
    said: bool = False  # in words

    @property
    def is_word(self) -> bool:
        return self.text in _WORDS


def joined_of(text: str, words: Sequence[Word], language: str, *, lenient: bool) -> list[Joined]:
    """All that is one in a text; a `lenient` reader takes short words beside digits for letters of a code."""
    spelt = [Joined(*each, whole=True) for each in addresses([word.text for word in words])]
    # Of an address that begins with one word or two, the shorter one is the surer.
    spelt = [replace(each, whole=each is max(_same_end(spelt, each), key=_first)) for each in spelt]
    groups = _groups(text, words, language, lenient)
    numbers = [joined for run in _runs(text, words, groups) for joined in _number(run)]
    return [*spelt, *numbers, *_compounds(text, words)]


def _same_end(spelt: Sequence[Joined], one: Joined) -> list[Joined]:
    return [each for each in spelt if each.last == one.last]


def _first(joined: Joined) -> int:
    return joined.first


def _groups(text: str, words: Sequence[Word], language: str, lenient: bool) -> list[_Group]:
    groups = []
    spoken = {
        number.first: number for number in spoken_numbers([text[word.start : word.end] for word in words], language)
    }
    at = 0
    while at < len(words):
        word = words[at]
        if number := spoken.get(at):
            groups.append(_Group(at, number.last, number.digits, said=True))
            at = number.last
        elif not word.single and (any(map(str.isdigit, word.text)) or _is_letters(text, word, lenient)):
            groups.append(_Group(at, at, word.text))
        at += 1
    return groups


def _is_letters(text: str, word: Word, lenient: bool) -> bool:
    # The "t" of "don't" is no letter of a code.
    if text[word.start - 1 : word.start] in _APOSTROPHES or text[word.end : word.end + 1] in _APOSTROPHES:
        return False
    if len(word.text) == 1 or (lenient and len(word.text) <= _LETTERS_OF_CODE):
        return True
    return len(word.text) <= _LETTERS_OF_CODE and text[word.start : word.end].isupper()


def _runs(text: str, words: Sequence[Word], groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """The groups that make a number or code together; those that stand alone too."""
    run: list[_Group] = []
    loosely = [False]
    for group in groups:
        if run and (tie := _tie(text, words, run[-1], group)) is not None and len(run) < LONGEST_RUN:
            loosely.append(tie)
        else:
            yield from _divided(run, loosely)
            run, loosely = [], [False]
        run.append(group)
    yield from _divided(run, loosely)


def _tie(text: str, words: Sequence[Word], one: _Group, other: _Group) -> bool | None:
    """Whether a group belongs to the one before only loosely; None when it does not at all."""
    if other.first != one.last + 1:
        return None
    between = visible_text(text[words[one.last].end : words[other.first].start])
    if _IN_NUMBER.fullmatch(between):
        return False
    short = len(one.text) <= _LONGEST_LOOSE and len(other.text) <= _LONGEST_LOOSE
    return True if short and _LOOSELY.fullmatch(between) else None


def _divided(run: list[_Group], loosely: list[bool]) -> Iterator[list[_Group]]:
    """A run whole, or, where too few groups are tied loosely, in parts."""
    if not any(loosely) or len(run) >= _LOOSE_GROUPS:
        yield from [run] if run else []
        return
    start = 0
    for at in range(1, len(run) + 1):
        if at == len(run) or loosely[at]:
            yield run[start:at]
            start = at


def _number(run: Sequence[_Group]) -> Iterator[Joined]:
    """The stretches of a run that somebody may ask for in one, and the whole number that it is."""
    last = len(run) - 1
    if not any(_has_digit(group) for group in run):
        if last >= 2 and all(len(group.text) == 1 for group in run):
            yield Joined(run[0].first, run[-1].last, "".join(group.text for group in run), whole=True)
        return
    wholes = dict(_wholes(run))
    for start in range(len(run)):
        text = ""
        for end in range(start, len(run)):
            text += run[end].text
            if len(text) > LONGEST_CODE:
                break
            if len(run) > FEW and start and end < last and wholes.get(start) != end:
                continue
            alone = start == end and not run[start].said
            if not alone and any(map(str.isdigit, text)):
                yield Joined(run[start].first, run[end].last, text, whole=wholes.get(start) == end)
            elif alone and _has_digit(run[start]):
                yield from _alone(run[start], whole=wholes.get(start) == end)


def _alone(group: _Group, *, whole: bool) -> Iterator[Joined]:
    """A number as it stands, and the digits of a code."""
    if group.text.isdigit():
        yield Joined(group.first, group.last, group.text, whole=whole)
    elif len(digits := "".join(filter(str.isdigit, group.text))) >= _LOOSE_GROUPS:
        yield Joined(group.first, group.last, digits)


def _wholes(run: Sequence[_Group]) -> Iterator[tuple[int, int]]:
    """Where the numbers of a run begin and end when single letters that are words are left out."""
    start = 0
    for at in range(len(run) + 1):
        if at == len(run) or run[at].is_word:
            if at > start and any(_has_digit(group) for group in run[start:at]):
                yield start, at - 1
            start = at + 1


def _has_digit(group: _Group) -> bool:
    return any(map(str.isdigit, group.text))


def _compounds(text: str, words: Sequence[Word]) -> Iterator[Joined]:
    """The parts of "e-mail" or "don't" as one word: the whole, each two neighbours, and from the beginning or end."""
    first = 0
    for at in range(1, len(words) + 1):
        if at < len(words) and _IN_WORD.fullmatch(text[words[at - 1].end : words[at].start]):
            continue
        last = at - 1
        if first < last < first + LONGEST_COMPOUND:
            for start in range(first, last):
                for end in range(start + 1, last + 1):
                    if end == start + 1 or start == first or end == last:
                        parts = (word.text for word in words[start : end + 1])
                        yield Joined(start, end, "".join(parts), whole=(start, end) == (first, last))
        first = at
