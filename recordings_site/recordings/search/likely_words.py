"""Finds the words that a mistyped one may stand for, and those that contain one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from recordings_site.accounts.models import User
from recordings_site.base.text import fold
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.hits import find
from recordings_site.recordings.search.language import spelling
from recordings_site.recordings.search.language.query_tree import Phrase, Word
from recordings_site.recordings.search.language.stars import misplaced

TRIED = 8  # words or names that are looked for in the place of one
OFFERED = 3  # queries, where one part alone was not found
SPELLING_HITS = 5  # newest calls from which a word's spelling is taken
BEGINNING = 1  # letters that a word with two slips has in common with what was meant
_RARER = 100  # times that a word must be commoner to be as likely as another with one slip less
_BESIDE = 20  # times that a word may be less likely than the best one and still be offered


def likely_words(word: str, user: User) -> list[Sequence[str]]:
    """The words, or neighbours that were written as one, that a folded word may stand for; one of those with a stem."""
    found: dict[tuple[str, ...], Sequence[str]] = {}
    least = 0.0
    for words, tokens, weight in islice(_likely(word), TRIED):
        if weight < least or len(found) == OFFERED:
            break
        if tokens not in found and (said := _as_said(words, user)):
            found[tokens] = said
            least = least or weight / _BESIDE
    return list(found.values())


def _as_said(words: Sequence[str], user: User) -> Sequence[str]:
    """Folded words as they were written in the newest calls that this person may see; empty if in none of them."""
    text = " ".join(words)
    hits = find(Word(text) if len(words) == 1 else Phrase(text), user=user, size=SPELLING_HITS).hits
    written = Counter(each.text for hit in hits for line in hit.lines for each in line.fragments if each.found)
    said = []
    for word in words:
        forms = [form for form, _ in written.most_common() if fold(form) == word]
        if not forms:
            return ()
        form = next((each for each in forms if each.islower()), forms[0])
        # "OR" in capitals would be an operator.
        said.append(form.lower() if form.isupper() else form)
    return said


def _likely(word: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], float]]:
    """What was said and lies near a folded word, the likeliest first: words, their tokens, and how likely they are."""
    most = spelling.slips(word)
    if not most or any(each.isdigit() for each in word):
        return
    one_slip = spelling.one_slip(word)
    halves = [(word[:at], word[at:]) for at in range(1, len(word))]
    known = engine().known_words(one_slip.union(*halves))
    weights: dict[tuple[str, ...], float] = {(each,): known[each].transcripts for each in one_slip & known.keys()}
    weights |= {pair: min(known[each].transcripts for each in pair) for pair in halves if known.keys() >= set(pair)}
    if most > 1:
        likely = range(len(word) - most, len(word) + most + 1)
        for each, entry in engine().words_beginning(word[:BEGINNING], likely).items():
            if (each,) not in weights and each != word and spelling.distance(word, each, most) <= most:
                known[each] = entry
                weights[each,] = entry.transcripts / _RARER
    for words in sorted(weights, key=lambda each: (-weights[each], each)):
        yield words, tuple(known[each].token for each in words), weights[words]


def inside_others(text: str, word: str) -> str:
    """A word with the star that finds the words that end with it, or else hold it; "" where there are none."""
    if any(map(str.isdigit, word)) or misplaced(f"*{text}"):
        return ""
    return next((text.join(stars) for stars in (("*", ""), ("*", "*")) if engine().expand(word.join(stars), 1)), "")
