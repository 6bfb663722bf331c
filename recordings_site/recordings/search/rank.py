"""Orders hits by how much they say of what was asked: "best match"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from django.db import connection

from recordings_site.accounts.models import User
from recordings_site.recordings import ids
from recordings_site.recordings.search import candidates, closer
from recordings_site.recordings.search.candidates import Plan
from recordings_site.recordings.search.impact import LEVELS, SCORES, impact, impact_token
from recordings_site.recordings.search.meaning import All, Line, Meaning, Terms, lines_of
from recordings_site.recordings.search.sql import recording_match

CONSIDERED = 300  # hits that are looked at for each thing asked
_LINES = 1000  # newest lines that are counted for each phrase asked


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ids of hits, the best first; whether only the newest were looked at, and whether there are more."""

    ids: list[int]
    of_newest: bool
    more: bool


def best(meaning: Meaning, user: User, *, most: int = CONSIDERED) -> Ranked:
    """At most about `most` hits, the best first: at most CONSIDERED of them are looked at for each thing asked.

    A recording scores for each thing asked by its impact (search.impact), for a rare thing more than for a common one.
    Ties go to the newer. The best of a word are found wherever they are, those of a phrase among the newest hits.
    """
    wanted = candidates.plan(meaning, user)
    things = list(dict.fromkeys(lines_of(meaning)))
    words = [line for line in things if line.is_plain] if wanted.match is not None else []
    certain = meaning.parts if isinstance(meaning, All) else (meaning,)
    # Several things are weighed against each other, so the best of each are needed.
    enough = min(most, CONSIDERED) if len(things) == 1 else CONSIDERED
    known = {line: _by_level(line, wanted, certain=line in certain, most=enough) for line in words}
    hits = {pk for impacts in known.values() for pk in impacts}
    more, of_newest = any(len(impacts) >= enough for impacts in known.values()), False
    if len(words) < len(things) or not things:
        walked = candidates.walk(wanted, size=CONSIDERED, budget=2 * candidates.BUDGET)
        hits.update(walked.ids)
        more, of_newest = more or walked.older is not None, walked.older is not None
        known |= _counted([line for line in things if line not in known], tuple(hits))
    scores = dict.fromkeys(hits, 0.0)
    for line, impacts in known.items():
        rarity = log(1 + len(hits) / (1 + len(impacts.keys() & hits)))
        for pk in hits:
            scores[pk] += rarity * impacts.get(pk, SCORES[0] if line in certain else 0)
    return Ranked(sorted(scores, key=lambda pk: (-scores[pk], -pk)), of_newest, more)


def _by_level(line: Line, wanted: Plan, *, certain: bool, most: int) -> dict[int, float]:
    """The impact of a word on the recordings that say most of it, about `most` of them, the newest of equal ones."""
    writer = candidates.dialect()
    tokens = [token for way in line.ways if isinstance(way, Terms) for token in way.tokens]
    said = [[impact_token(token, level) for token in tokens] for level in range(LEVELS, 0, -1)]
    asked = [writer.terms(each) for each in (said if certain else [*said, tokens])]
    match = wanted.match or ""
    # Where nothing else is asked, what says much of the word says it: the word itself need not be looked up again.
    alone = match == recording_match(line, writer)[0]
    matches = asked if alone else [writer.both([match, each]) for each in asked]
    tiers = _tiers(wanted, [*matches, match] if certain else matches, most)
    impacts: dict[int, float] = {}
    for score, tier in zip(reversed(SCORES), tiers, strict=False):
        for pk in tier:
            impacts.setdefault(pk, score)
    return impacts


def _tiers(wanted: Plan, matches: Sequence[str], most: int) -> list[Sequence[int]]:
    """The newest recordings that satisfy each match, at most so many, until so many were found.

    Each match is satisfied by all that satisfy the one before.
    """
    if connection.vendor == "postgresql" and wanted.rest is None:
        scope = None if wanted.scope is None else list(wanted.scope)
        ends = (wanted.low or 0, ids.NEVER if wanted.high is None else wanted.high)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT recordings_search_tiers(%s::tsquery[], %s::bigint[], %s, %s, %s)",
                [list(matches), scope, *ends, most],
            )
            return [tier for (tier,) in cursor.fetchall()]
    tiers: list[Sequence[int]] = []
    for match in matches:
        tiers.append(candidates.walk(replace(wanted, match=match), size=most).ids)
        if len(tiers[-1]) >= most:
            break
    return tiers


def _counted(lines: Sequence[Line], found: tuple[int, ...]) -> dict[Line, dict[int, float]]:
    """The impact of phrases and the like, whose lines are counted: the newest of them."""
    lengths = closer.column_of("line_count", found) if lines else {}
    return {
        line: {
            pk: impact(times, lengths[pk])
            for pk, times in closer.lines_counted(line, found, most=_LINES).items()
            if pk in lengths
        }
        for line in lines
    }
