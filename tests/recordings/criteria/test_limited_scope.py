"""Whoever sees few numbers meets the same recordings in the same order as by walking through all of them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.models import RecordingJob
from recordings_site.web import keyset
from tests import factories

pytestmark = pytest.mark.django_db
NEWEST, LONGEST = ("happened_at", "id"), ("duration", "id")


@pytest.fixture
def person() -> User:
    """Somebody who sees three numbers of five: a busy one, a quiet one, and one without any call; many calls began in
    the same second.
    """
    team, chance = factories.team(), random.Random(3)
    busy, quiet, _silent = (factories.number(team=team) for _ in range(3))
    others = [factories.number(), factories.number()]
    for number in [busy] * 13 + [quiet] * 2 + others * 8:
        at = factories.LONG_AGO + timedelta(minutes=chance.randint(0, 9))
        state = chance.choice(["available", "finished"])
        call = factories.call(number=number, started_at=at)
        factories.recording(call=call, state=state, duration=float(chance.randint(1, 5)))
    return factories.user(teams=[team])


def source(
    person: User, state: str = "", order: tuple[str, str] = NEWEST, *, bounded: bool = False
) -> limited_scope.PerNumberSource[RecordingJob]:
    """That of this person to the recordings in a state, looked for in portions where `bounded`."""
    facts = RecordingJob.objects.filter(state=state) if state else RecordingJob.objects.all()
    numbers = limited_scope.numbers_of(person)
    assert numbers is not None
    scanned = RecordingJob.objects.all() if bounded else None
    return limited_scope.PerNumberSource(facts.visible_to(person), facts, numbers, order[0], scanned)


def pages(
    through: limited_scope.PerNumberSource[RecordingJob], order: tuple[str, str], *, descending: bool, size: int
) -> tuple[list[object], list[object]]:
    """The recordings of all pages, and those of the pages back from the last that has any."""

    def page(cursor: str) -> keyset.Page[RecordingJob]:
        return keyset.page(through.rows, order=order, descending=descending, cursor=cursor, size=size, source=through)

    shown = [page("")]
    while shown[-1].older:
        shown.append(page(shown[-1].older))
    back = [next((each for each in reversed(shown) if each.rows), shown[-1])]
    while back[-1].newer:
        back.append(page(back[-1].newer))
    return [row.pk for each in shown for row in each.rows], [row.pk for each in reversed(back) for row in each.rows]


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("order", [NEWEST, LONGEST])
@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize("state", ["", "available", "late"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_are_those_of_the_walk_through_all(
    person: User, descending: bool, state: str, size: int, order: tuple[str, str], bounded: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 9)
    rows = RecordingJob.objects.visible_to(person).order_by(*keyset.order_columns(order, descending=descending))
    wanted = list((rows.filter(state=state) if state else rows).values_list("pk", flat=True))
    assert len(wanted) == 15 if not state else len(wanted) < 15
    assert pages(source(person, state, order, bounded=bounded), order, descending=descending, size=size) == (
        wanted,
        wanted,
    )


def test_so_many_rows_are_looked_at_for_a_page_and_no_more(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 9)
    through = source(person, "late", bounded=True)
    ends, beyond = [], Q()
    while (end := through.end(beyond, descending=True)) is not None:
        after = Q(happened_at__lt=end.happened_at) | Q(happened_at=end.happened_at, id__lt=end.pk)
        seen = RecordingJob.objects.visible_to(person).filter(beyond).exclude(after).count()
        assert 0 < seen <= 9
        ends.append(end)
        beyond = after
    assert len(ends) == 4  # a third of the nine is the share of each number, and the busy one has 13
    assert RecordingJob.objects.visible_to(person).filter(beyond).count() < 9


def test_neighbours_are_those_of_the_walk_through_all(person: User) -> None:
    rows = RecordingJob.objects.visible_to(person)
    wanted = list(rows.order_by("-happened_at", "-id"))
    for index, row in enumerate(wanted):
        before, after = keyset.neighbours(rows, row, order=NEWEST, source=source(person))
        assert before == (wanted[index - 1] if index else None)
        assert after == (wanted[index + 1] if index + 1 < len(wanted) else None)


@pytest.mark.parametrize("bounded", [True, False])
def test_what_one_may_not_see_stays_unseen_whatever_is_walked(person: User, bounded: bool) -> None:
    through = source(person, bounded=bounded)
    person.teams.set([factories.team()])  # between the look at the numbers, and that at the recordings
    rows = RecordingJob.objects.visible_to(person)
    stale = replace(through, rows=rows)
    assert list(keyset.page(rows, order=NEWEST, source=stale).rows) == []


def test_who_sees_all_or_many_numbers_walks_through_all(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limited_scope.numbers_of(factories.admin()) is None
    monkeypatch.setattr(limited_scope, "MOST_NUMBERS", 2)
    assert limited_scope.numbers_of(person) is None


def test_who_sees_no_number_looks_at_nothing() -> None:
    nobody = factories.user()
    factories.recording()
    for bounded in (True, False):
        assert pages(source(nobody, bounded=bounded), NEWEST, descending=True, size=3) == ([], [])


def test_the_list_of_who_sees_limited_scope_is_walked_to_its_end(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 100)
    browser = Client()
    browser.force_login(person)
    number = RecordingJob.objects.visible_to(person)[0].number
    for index in range(60):
        factories.recording(number=number, happened_at=factories.LONG_AGO - timedelta(minutes=index % 7))
    rows = RecordingJob.objects.visible_to(person)
    for query, wanted in (
        ("?state=available", rows.filter(state="available").order_by("-happened_at", "-id")),
        ("?sort=oldest&direction=inbound", rows.filter(direction="inbound").order_by(*NEWEST)),
        ("?sort=longest", rows.order_by("-duration", "-id")),
        ("?sort=shortest&direction=inbound&since=2020-01-01", rows.order_by("duration", "id")),
    ):
        seen, url = [], query
        while url:
            context = browser.get(f"/recordings/{url}").context
            seen += [row.id for row in context["page"].rows]
            url = context["older"]
        assert seen == [each.pk for each in wanted]
        assert len(seen) > 50
