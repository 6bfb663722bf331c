"""Checks the stars of a query: one stands for the beginning or the end of a word, of which enough letters are left."""

from dataclasses import dataclass

from recordings_site.recordings.search.text.words import is_unspaced, words_of

SHORTEST_BEGINNING = 2  # letters before a star
SHORTEST_ENDING = 3  # letters behind one: each word is looked up backwards


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A star that stands for nothing: its stretch of the text, why, and what may stand there instead."""

    start: int
    end: int
    sentence: str
    instead: str


def misplaced(text: str) -> Misplaced | None:
    """The first star of some words that cannot be looked up."""
    words = words_of(text, is_query=True)
    starts, ends = {word.start: word for word in words}, {word.end: word for word in words}
    at = 0
    while (at := text.find("*", at)) >= 0:
        end = at + 1
        while text[end : end + 1] == "*":
            end += 1
        before, after = ends.get(at), starts.get(end)
        if before and after and not is_unspaced(before.text):
            kept = "*" if _is_enough(before.text, SHORTEST_BEGINNING) else text[end : after.end]
            sentence = "Use a star at the start or end of a word, as in refun*."
            return Misplaced(before.start, after.end, sentence, text[before.start : at] + kept)
        if words and not before and not after:
            sentence = "Put the star right before or after letters, as in refun*."
            return Misplaced(at, end, sentence, " ")
        if before and not _is_enough(before.text, SHORTEST_BEGINNING):
            sentence = f"Put at least {SHORTEST_BEGINNING} letters before the star."
            return Misplaced(before.start, end, sentence, text[before.start : at])
        if after and not _is_enough(after.text, SHORTEST_ENDING):
            sentence = f"Put at least {SHORTEST_ENDING} letters after the star."
            return Misplaced(at, after.end, sentence, text[end : after.end])
        at = end
    return None


def _is_enough(word: str, letters: int) -> bool:
    return len(word) >= (letters if word.isascii() else letters - 1)
