"""The engine of SQL databases: scans the index from the newest backwards and decides each candidate in SQL.

The differences of PostgreSQL and SQLite are in postgresql.py and sqlite.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import log

from recordings_site.recordings.models import IndexedRecording, line_ids
from recordings_site.recordings.search.engines import lexicon, port
from recordings_site.recordings.search.engines.plan import Plan, plan
from recordings_site.recordings.search.engines.port import CONSIDERED, Ranked, ScopedQuery, Walk, Word
from recordings_site.recordings.search.engines.sql import (
    Condition,
    Dialect,
    column,
    line_match,
    recording_match,
    rows,
)
from recordings_site.recordings.search.language.compiled_query import Line, Terms, lines_of
from recordings_site.recordings.search.text.bm25 import LEVELS, SCORES, impact, impact_token
from recordings_site.recordings.search.text.line_tokens import LineTokens

FIRST_CHUNK = 200
_LINES_COUNTED = 1000  # newest lines that are counted for each phrase asked


class SqlEngine(ABC):
    """The engine of a database, in its dialect."""

    dialect: Dialect

    @abstractmethod
    def put(self, row: IndexedRecording, lines: Sequence[LineTokens]) -> None:
        """Index a new row's tokens. They go when the row is deleted: triggers see to it."""

    @abstractmethod
    def among(self, column: str, values: Collection[int | str], kind: str = "bigint") -> Condition:
        """The column is one of many values, given as one parameter: one for each would cost more than the rest."""

    @abstractmethod
    def begins(self, column: str, prefix: str) -> Condition:
        """The column begins with a folded prefix."""

    @abstractmethod
    def contains(self, column: str, part: str) -> Condition:
        """The column contains a folded part."""

    @abstractmethod
    def places(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> dict[int, list[tuple[int, float]]]:
        """The position and second of the first `most` lines of each recording that match one of `lines`."""

    @abstractmethod
    def matching(self, wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
        """The newest candidates below `high` that match, each once; and where a budget of lines ended, if it did."""

    @abstractmethod
    def line_query(self, lines: Sequence[Line], low: int, high: int, most: int) -> Condition:
        """A query for the ids of the newest lines between two recordings that match one of `lines`, newest first."""

    def find(self, query: ScopedQuery, *, size: int, before: int | None = None, budget: int | None = None) -> Walk:
        """The newest `size` recordings older than `before`, after at most `budget` candidates (BUDGET if None)."""
        return self.walk(plan(query, self.dialect), size=size, before=before, budget=budget)

    def walk(self, wanted: Plan, *, size: int, before: int | None = None, budget: int | None = None) -> Walk:
        """The same for a plan."""
        budget = port.BUDGET if budget is None else budget
        found: list[int] = []
        looked = 0
        high = min((each for each in (wanted.high, before) if each is not None), default=None)
        if wanted.scope == ():
            return Walk((), None, False)
        while True:
            chunk = (
                size + 1 - len(found)
                if wanted.rest is None
                else min(FIRST_CHUNK if not looked else budget, budget - looked)
            )
            candidates, reached = self._candidates(wanted, high, chunk, budget)
            looked += len(candidates)
            found.extend(candidates if wanted.rest is None else self.decided(wanted.rest, candidates))
            if len(found) > size:
                return Walk(tuple(found[:size]), found[size - 1], False)
            if reached is not None:
                return Walk(tuple(found), reached, True)
            if len(candidates) < chunk:
                return Walk(tuple(found), None, False)
            high = candidates[-1]
            if looked >= budget:
                return Walk(tuple(found), high, True)

    def count(self, query: ScopedQuery, *, most: int) -> tuple[int, bool]:
        """How many recordings match, up to `most`, and whether there are more."""
        walked = self.find(query, size=most, budget=max(most, port.BUDGET))
        return len(walked.ids), walked.older is not None

    def best(self, query: ScopedQuery, *, most: int = CONSIDERED) -> Ranked:
        """About `most` hits at most, the best first: at most CONSIDERED of them are looked at for each thing asked.

        A recording scores for each thing asked by its impact (search.bm25), for a rare one more than for a common
        one. Ties go to the newer. The best of a word are found wherever they are, those of a phrase among the newest.
        """
        wanted = plan(query, self.dialect)
        things = list(dict.fromkeys(line for part in query.parts for line in lines_of(part)))
        words = [line for line in things if line.is_plain] if wanted.match is not None else []
        # Several things are weighed against each other, so the best of each are needed.
        enough = min(most, port.CONSIDERED) if len(things) == 1 else port.CONSIDERED
        known = {line: self._by_level(line, wanted, certain=line in query.parts, most=enough) for line in words}
        hits = {pk for impacts in known.values() for pk in impacts}
        more, of_newest = any(len(impacts) >= enough for impacts in known.values()), False
        if len(words) < len(things) or not things:
            walked = self.walk(wanted, size=port.CONSIDERED, budget=2 * port.BUDGET)
            hits.update(walked.ids)
            more, of_newest = more or walked.older is not None, walked.older is not None
            known |= self._counted([line for line in things if line not in known], tuple(hits))
        scores = dict.fromkeys(hits, 0.0)
        for line, impacts in known.items():
            rarity = log(1 + len(hits) / (1 + len(impacts.keys() & hits)))
            for pk in hits:
                scores[pk] += rarity * impacts.get(pk, SCORES[0] if line in query.parts else 0)
        return Ranked(sorted(scores, key=lambda pk: (-scores[pk], -pk)), of_newest, more)

    def _by_level(self, line: Line, wanted: Plan, *, certain: bool, most: int) -> dict[int, float]:
        """The impact of a word on the recordings that say most of it: about `most`, the newest of equal ones."""
        tokens = [
            token for alternative in line.alternatives if isinstance(alternative, Terms) for token in alternative.tokens
        ]
        said = [[impact_token(token, level) for token in tokens] for level in range(LEVELS, 0, -1)]
        asked = [self.dialect.terms(each) for each in (said if certain else [*said, tokens])]
        match = wanted.match or ""
        # Where nothing else is asked, what says much of the word says it: the word itself need not be looked up again.
        alone = match == recording_match(line, self.dialect)[0]
        matches = asked if alone else [self.dialect.both([match, each]) for each in asked]
        tiers = self.tiers(wanted, [*matches, match] if certain else matches, most)
        impacts: dict[int, float] = {}
        for score, tier in zip(reversed(SCORES), tiers, strict=False):
            for pk in tier:
                impacts.setdefault(pk, score)
        return impacts

    def tiers(self, wanted: Plan, matches: Sequence[str], most: int) -> list[Sequence[int]]:
        """The newest recordings that satisfy each match, at most so many, until so many were found.

        Each match is satisfied by all that satisfy the one before.
        """
        tiers: list[Sequence[int]] = []
        for match in matches:
            tiers.append(self.walk(replace(wanted, match=match), size=most).ids)
            if len(tiers[-1]) >= most:
                break
        return tiers

    def _counted(self, lines: Sequence[Line], found: tuple[int, ...]) -> dict[Line, dict[int, float]]:
        """Score phrases and NEAR by counting lines: the newest of them."""
        lengths = dict(IndexedRecording.objects.filter(pk__in=found).values_list("pk", "line_count")) if lines else {}
        impacts: dict[Line, dict[int, float]] = {}
        for line in lines:
            newest = self._newest_lines([line], found, _LINES_COUNTED)
            sql = f"SELECT id >> {line_ids.BITS}, COUNT(*) FROM ({newest.sql}) l GROUP BY id >> {line_ids.BITS}"
            counted = rows(sql, newest.parameters)
            impacts[line] = {pk: impact(times, lengths[pk]) for pk, times in counted if pk in lengths}
        return impacts

    def newest_lines(self, lines: Sequence[Line], found: Sequence[int], *, most: int) -> list[int]:
        """The ids of the newest lines that match one of `lines`, from the newest of some recordings to the oldest."""
        newest = self._newest_lines(lines, found, most)
        return column(f"SELECT id FROM ({newest.sql}) l", newest.parameters)

    def _newest_lines(self, lines: Sequence[Line], found: Sequence[int], most: int) -> Condition:
        return self.line_query(lines, min(found, default=0), max(found, default=-1) + 1, most)

    def either_line(self, lines: Sequence[Line]) -> str:
        """What a line must match to match one of `lines`."""
        return self.dialect.either([line_match(line, self.dialect) for line in lines])

    def _candidates(self, wanted: Plan, high: int | None, most: int, budget: int) -> tuple[list[int], int | None]:
        if wanted.match is not None:
            return self.matching(wanted, high, most, budget)
        bounds, scope = self.bounds(wanted, high, "i.id"), self.in_scope(wanted, "i.scope")
        newest = column(
            "SELECT i.id FROM recordings_indexedrecording i"
            f" WHERE 1 = 1{bounds.sql}{scope.sql} ORDER BY i.id DESC LIMIT %s",
            [*bounds.parameters, *scope.parameters, most],
        )
        return newest, None

    def bounds(self, wanted: Plan, high: int | None, column: str, shift: int = 0) -> Condition:
        """The column, an id of recordings that was shifted, lies between those of the plan and below `high`."""
        condition = Condition("")
        for sql, bound in ((f" AND {column} >= %s", wanted.low), (f" AND {column} < %s", high)):
            if bound is not None:
                condition.sql += sql
                condition.parameters.append(bound << shift)
        return condition

    def in_scope(self, wanted: Plan, column: str) -> Condition:
        """The column is one of the plan's numbers, if it has any."""
        if wanted.scope is None:
            return Condition("")
        inside = self.among(column, wanted.scope)
        return Condition(f" AND {inside.sql}", inside.parameters)

    def decided(self, rest: Condition, candidates: Sequence[int]) -> list[int]:
        """The candidates for which a condition holds."""
        if not candidates:
            return []
        these = self.among("i.id", candidates)
        return column(
            "SELECT i.id FROM recordings_indexedrecording i"
            " JOIN recordings_recordingjob ON recordings_recordingjob.id = i.recording_id"
            f" WHERE {these.sql} AND ({rest.sql}) ORDER BY i.id DESC",
            [*these.parameters, *rest.parameters],
        )

    def learn(self, words: Mapping[str, str], language: str, *, again: bool) -> None:
        """Count a transcript's folded words, with their tokens; `again` when they were counted before."""
        lexicon.learn(words, language, again=again)

    def expand(self, pattern: str, most: int) -> list[str]:
        """The tokens of the commonest words that fit a folded "refun*", "*nummer" or "*numm*", commonest first."""
        word = pattern.strip("*")
        if not pattern.startswith("*"):
            return lexicon.expand(self.begins("w.word", word), most)
        if not pattern.endswith("*"):
            return lexicon.expand(self.begins("w.backwards", word[::-1]), most)
        # No index: 53 ms among 500,000 words.
        return lexicon.expand(self.contains("w.word", word), most)

    def known_words(self, words: Collection[str]) -> dict[str, Word]:
        """Those of some folded words that were said."""
        return lexicon.known(self.among("w.word", words, "varchar"))

    def words_beginning(self, prefix: str, lengths: range) -> dict[str, Word]:
        """The commonest words that begin with a folded prefix and have one of these numbers of letters."""
        return lexicon.beginning(self.begins("w.word", prefix), lengths)
