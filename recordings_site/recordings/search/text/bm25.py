"""BM25: how much a number of matching lines scores in a recording of a given length."""

from recordings_site.recordings.search.text.tokens import IMPACT_MARK

_USUAL = 25  # lines of a call
# A recording whose impact of a token is at least so much is indexed under that token once more for each of them: a
# search then asks for the best by their level, from all there are, and looks at nothing else of them. In a call of 20
# lines 2, 4 and 8 of them reach the levels, in one of 100 lines 6, 12 and 28; in one of at most 10 lines a single one.
_LEAST = (1.3, 1.65, 1.925)
LEVELS = len(_LEAST)
# What a recording of a level (from 0: said, no more) scores, about the middle of what the level stands for.
SCORES = (1.0, 1.5, 1.8, 2.0)


def impact(times: int, lines: int) -> float:
    """Return the score of `times` matching lines of a recording, from 0 to 2.2: BM25's saturation.

    Its constants are the usual ones, k1 = 1.2 and b = 0.75.
    """
    return 2.2 * times / (times + 0.3 + 0.9 * lines / _USUAL)


def levels(times: int, lines: int) -> range:
    """Return the levels (from 1) under which a recording is indexed for a token with this many lines."""
    found = impact(times, lines)
    return range(1, 1 + sum(found >= least for least in _LEAST))


def impact_token(token: str, level: int) -> str:
    """Return the token that stands for another one at a level."""
    return f"{IMPACT_MARK}{level}{token}"
