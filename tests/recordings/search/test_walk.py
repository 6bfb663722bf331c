"""The walk back through the calls: its steps lose nothing, and it ends where its budget does."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from recordings_site.accounts.models import User
from recordings_site.recordings import search
from recordings_site.recordings.models import RecordingJob, line_ids
from recordings_site.recordings.search.engines import port
from recordings_site.recordings.search.language.parser import parse
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
# Where a step of 48 days ends, and with it one of 3 days and of 4.5 hours (search/sql/postgresql.sql).
EDGE = line_ids.time_of(206 << 36)


def indexed(text: str, moment: datetime) -> object:
    """A recording of this moment in which this was said."""
    recording = factories.recording(happened_at=moment)
    search.index(factories.transcript(recording, [(0.0, "Speaker 1", text)]))
    return recording.pk


def walked(query: str, user: User, size: int) -> tuple[list[object], bool]:
    """All that a query finds, page by page, and whether the budget ended a page."""
    node = parse(query, now=NOW, zone=ZoneInfo("UTC"))
    seen: list[object] = []
    before, stopped = None, False
    while True:
        page = search.find(node, user=user, before=before, size=size)
        seen += [hit.recording.pk for hit in page.hits]
        stopped = stopped or page.searched_back_to is not None
        before = page.older
        if before is None:
            return seen, stopped


@pytest.mark.parametrize("size", [1, 3, 100])
def test_common_and_rare_words_and_phrases_are_found_on_both_sides_of_every_step(size: int) -> None:
    second, hours, days = timedelta(seconds=1), timedelta(seconds=1 << 14), timedelta(seconds=1 << 18)
    distances = [0 * second, second, 2 * second, hours, hours + second, 5 * hours, days, 3 * days, 15 * days, 16 * days]
    moments = sorted({EDGE + each for each in distances} | {EDGE - each for each in distances}, reverse=True)
    moments += [EDGE - 40 * days, EDGE - 200 * days]
    made = [
        indexed(f"please call {'a rare thing' if index % 7 == 6 else 'back'}", at) for index, at in enumerate(moments)
    ]
    admin = factories.admin()
    assert walked("please", admin, size) == (made, False)
    assert walked('"please call"', admin, size) == (made, False)
    assert walked("rare", admin, size) == (made[6::7], False)
    assert walked('"rare thing"', admin, size) == (made[6::7], False)
    between = f"after:{moments[-2]:%Y-%m-%d} before:{moments[3]:%Y-%m-%d} please"
    assert set(walked(between, admin, size)[0]) <= set(made)


def test_four_years_of_quiet_days_and_busy_ones_are_walked_without_a_gap() -> None:
    chance = random.Random(5)
    days = sorted({chance.randint(0, 1500) for _ in range(25)})
    moments = {EDGE - timedelta(days=chance.choice(days), seconds=chance.randint(0, 40_000)) for _ in range(90)}
    texts = {"please call back": 12, "please call a banana": 2, "call please": 3, "nothing": 4}
    said = {at: chance.choices(list(texts), weights=list(texts.values()))[0] for at in moments}
    made = [(at, indexed(said[at], at)) for at in sorted(moments, reverse=True)]
    admin = factories.admin()
    early, late = (f"{EDGE - timedelta(days=days[place]):%Y-%m-%d}" for place in (-3, 4))
    for query in ("please", "call", "banana", '"please call"', '"call please"', "nothing"):
        hits = [(at, pk) for at, pk in made if query.strip('"') in said[at]]
        within = [pk for at, pk in hits if early <= f"{at:%Y-%m-%d}" < late]
        for size in (1, 7, 200):
            assert walked(query, admin, size) == ([pk for _, pk in hits], False), query
            assert walked(f"{query} after:{early} before:{late}", admin, size) == (within, False), query


def test_a_phrase_that_is_rarer_than_its_words_says_how_far_it_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "BUDGET", 2)
    old = indexed("that about", EDGE - timedelta(days=300))
    for day in range(30):
        indexed("about that", EDGE - timedelta(days=day))
    seen, stopped = walked('"that about"', factories.admin(), 20)
    assert seen == [old]
    # FTS5 keeps the places of words in its index: it has no lines to look at.
    assert stopped == (connection.vendor == "postgresql")


def test_a_count_is_exact_up_to_what_was_asked_for_and_of_what_one_may_see() -> None:
    for day in range(0, 300, 30):
        indexed("a late refund" if day % 60 else "a refund", EDGE - timedelta(days=day))
    admin, nobody = factories.admin(), factories.user(teams=[factories.team()])
    mine = RecordingJob.objects.earliest("happened_at").number
    assert mine is not None
    person = factories.user(teams=[mine.team])

    def counted(query: str, user: User, most: int = 100) -> tuple[int, bool]:
        return search.count(parse(query, now=NOW, zone=ZoneInfo("UTC")), user=user, most=most)

    assert counted("refund", admin) == (10, False)
    assert counted("refund", admin, most=10) == (10, False)
    assert counted("refund", admin, most=9) == (9, True)
    assert counted("refund -late", admin) == (5, False)
    assert counted('"late refund"', admin) == (5, False)
    assert counted("banana", admin) == (0, False)
    assert counted("refund", person) == (1, False)
    assert counted("refund", nobody) == (0, False)


def test_counts_of_busy_days_and_quiet_years_are_those_of_the_walk() -> None:
    chance = random.Random(9)
    for day in [0] * 30 + [1, 2, 40, 41, 300, 900, 1400]:
        indexed(
            f"a refund {chance.choice(['late', 'soon'])}", EDGE - timedelta(days=day, seconds=chance.randint(0, 999))
        )
    forgotten = RecordingJob.objects.earliest("happened_at")
    admin, made = factories.admin(), RecordingJob.objects.count()
    for query in ("refund", "late", "refund -late", "banana OR soon", "refund before:2020-01-01"):
        node = parse(query, now=NOW, zone=ZoneInfo("UTC"))
        there = len(search.find(node, user=admin, size=made).hits)
        for most in (1, 5, 29, there - 1, there, made):
            if most > 0:
                assert search.count(node, user=admin, most=most) == (min(there, most), there > most), (query, most)
    forgotten.delete()
    assert search.count(parse("refund", now=NOW, zone=ZoneInfo("UTC")), user=admin) == (made - 1, False)
