"""Orders the newest hits by how much they say of what was asked: "best match"."""

from collections import Counter
from math import log

from recordings_site.accounts.models import User
from recordings_site.recordings.search import candidates, closer
from recordings_site.recordings.search.meaning import All, Line, Meaning, Terms, lines_of
from recordings_site.recordings.search.tokens import OFTEN, often_token

CONSIDERED = 300  # newest hits among which the best are chosen
_MANY = 1 << 20  # when nobody knows how many
_LINES = 1000  # newest lines that are counted for each phrase asked


def best(meaning: Meaning, user: User) -> tuple[list[int], bool]:
    """The ids of the newest hits, the best first, and whether there are older ones that were not considered.

    A recording scores for each thing asked by how many of its lines say it, a rare thing more than a common one, a
    short call more than a long one. Ties go to the newer.
    """
    wanted = candidates.plan(meaning, user)
    walked = candidates.walk(wanted, size=CONSIDERED, budget=2 * candidates.BUDGET)
    lengths = closer.column_of("line_count", walked.ids)
    scores = dict.fromkeys(walked.ids, 0.0)
    certain = meaning.parts if isinstance(meaning, All) else (meaning,)
    for line in dict.fromkeys(lines_of(meaning)):
        if line.is_plain and wanted.match is not None:
            # Where the match alone decides, between the newest and the oldest hit there are no others.
            most = len(walked.ids) if wanted.rest is None and wanted.scope is None else _MANY
            said = _often(line, walked.ids, wanted.match, everywhere=line in certain, most=most)
        else:
            said = closer.lines_counted(line, walked.ids, most=_LINES)
        rarity = log(1 + len(scores) / (1 + len(said.keys() & scores.keys())))
        for pk, times in said.items():
            if pk in scores:
                # The saturation and the length's weight are BM25's usual ones.
                scores[pk] += rarity * 2.2 * times / (times + 0.3 + 0.9 * lengths.get(pk, 1) / 25)
    return sorted(scores, key=lambda pk: (-scores[pk], -pk)), walked.older is not None


def _often(line: Line, found: tuple[int, ...], match: str, *, everywhere: bool, most: int) -> dict[int, int]:
    """In how many of their lines recordings say a word, in the steps that the index knows: 1, 2, 4, 8.

    `match`, which at `most` so many satisfy from the newest to the oldest, is what they were found by: the index reads
    little of a common word beside a rare one.
    """
    writer = candidates.dialect()
    tokens = [token for way in line.ways if isinstance(way, Terms) for token in way.tokens]
    grades = [[often_token(token, grade) for token in tokens] for grade in range(1, 1 + len(OFTEN))]
    asked = [writer.both([match, writer.terms(each)]) for each in ([] if everywhere else [tokens]) + grades]
    passed = Counter(found if everywhere else ())
    passed.update(closer.matching(asked, found, most=most))
    return {pk: (1, *OFTEN)[number - 1] for pk, number in passed.items()}
