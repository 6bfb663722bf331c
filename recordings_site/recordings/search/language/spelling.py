"""Edit distance: the words within one edit, and the distance of two words. Pure."""

import unicodedata
from functools import cache

from recordings_site.base.text import fold

SHORTEST = 3  # letters of a word that may be misspelt: two are too few to know what was meant
TWO_SLIPS = 6  # letters from which on a word may have two slips
_BLOCK = 0x80  # characters that stand together in Unicode: an alphabet fits into one or two such blocks


def slips(word: str) -> int:
    """Return how many edits a folded word may have."""
    return (len(word) >= SHORTEST) + (len(word) >= TWO_SLIPS)


def one_slip(word: str) -> set[str]:
    """Return every word within one edit: a letter left out, added or changed, or two swapped."""
    letters = frozenset().union(*(_letters(ord(each) // _BLOCK) for each in word))
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    found |= {left + letter + right for left, right in cuts for letter in letters}
    return found - {word, ""}


@cache
def _letters(block: int) -> frozenset[str]:
    """The letters and signs of a block of Unicode that folded words are made of."""
    each = map(chr, range(block * _BLOCK, (block + 1) * _BLOCK))
    return frozenset(letter for letter in each if unicodedata.category(letter)[0] in "LM" and fold(letter) == letter)


def distance(one: str, other: str, most: int) -> int:
    """How many letters to leave out, put in, change, or swap with their neighbour to come from one word to the other.

    Where that takes more than `most`, some number above it: that is seen early for most pairs of words.
    """
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    least = 0
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for column, its in enumerate(other, 1):
            fewest = min(row[-1] + 1, before[column] + 1, before[column - 1] + (letter != its))
            if place > 1 and column > 1 and letter == other[column - 2] and its == one[place - 2]:
                fewest = min(fewest, older[column - 2] + 1)
            row.append(fewest)
        # A swap reaches two rows back.
        before_least, least = least, min(row)
        if before_least > most and least > most:
            return least
    return row[-1]
