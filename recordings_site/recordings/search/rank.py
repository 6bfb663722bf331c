"""Orders the newest hits by how much they say of what was asked: "best match"."""

from math import log

from recordings_site.accounts.models import User
from recordings_site.recordings.search import candidates
from recordings_site.recordings.search.meaning import Meaning, lines_of

CONSIDERED = 300  # newest hits among which the best are chosen
_LINES = 1000  # newest lines that are counted for each thing asked


def best(meaning: Meaning, user: User) -> tuple[list[int], bool]:
    """The ids of the newest hits, the best first, and whether there are older ones that were not considered.

    A recording scores for each thing asked by how many of its lines say it, a rare thing more than a common one, a
    short call more than a long one. Ties go to the newer.
    """
    walked = candidates.walk(candidates.plan(meaning, user), size=CONSIDERED, budget=2 * candidates.BUDGET)
    lengths = candidates.column_of("line_count", walked.ids)
    scores = dict.fromkeys(walked.ids, 0.0)
    for line in dict.fromkeys(lines_of(meaning)):
        said = candidates.lines_counted(line, walked.ids, most=_LINES)
        rarity = log(1 + len(scores) / (1 + len(said.keys() & scores.keys())))
        for pk, times in said.items():
            if pk in scores:
                # The saturation and the length's weight are BM25's usual ones.
                scores[pk] += rarity * 2.2 * times / (times + 0.3 + 0.9 * lengths.get(pk, 1) / 25)
    return sorted(scores, key=lambda pk: (-scores[pk], -pk)), walked.older is not None
