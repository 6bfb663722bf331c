"""Orders the newest hits by how much they say of what was asked: "best match"."""

from collections import Counter, defaultdict
from math import log

from recordings_site.accounts.models import User
from recordings_site.recordings.search import candidates, ids
from recordings_site.recordings.search.meaning import Meaning, lines_of
from recordings_site.recordings.search.sql import line_match

CONSIDERED = 1000  # newest hits among which the best are chosen
_LINES = 3000  # newest lines that are counted for each thing asked


def best(meaning: Meaning, user: User) -> tuple[list[int], bool]:
    """The ids of the newest hits, the best first, and whether there are older ones that were not considered.

    A recording scores for each thing asked by how many of its lines say it, a rare thing more than a common one, a
    short call more than a long one. Ties go to the newer.
    """
    walked = candidates.walk(candidates.plan(meaning, user), size=CONSIDERED, budget=2 * candidates.BUDGET)
    found = set(walked.ids)
    lengths = candidates.column_of("line_count", walked.ids)
    scores: defaultdict[int, float] = defaultdict(float)
    for line in dict.fromkeys(lines_of(meaning)):
        match = line_match(line, candidates.dialect())
        lines = candidates.lines_among(match, walked.ids, most=_LINES)
        said = Counter(pk for pk in (each >> ids.BITS for each in lines) if pk in found)
        rarity = log(1 + len(found) / (1 + len(said)))
        for pk, times in said.items():
            # The saturation and the length's weight are BM25's usual ones.
            scores[pk] += rarity * 2.2 * times / (times + 0.3 + 0.9 * lengths.get(pk, 1) / 25)
    return sorted(walked.ids, key=lambda pk: (-scores[pk], -pk)), walked.older is not None
