"""Whoever sees few numbers meets the same recordings in the same order as by walking through all of them."""

import random
from datetime import timedelta

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.recordings import few_numbers
from recordings_site.recordings.models import RecordingJob
from recordings_site.web import keyset
from tests import factories

pytestmark = pytest.mark.django_db
NEWEST = ("happened_at", "id")


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
        factories.recording(call=factories.call(number=number, started_at=at), state=state)
    return factories.user(teams=[team])


def pages(person: User, *, falling: bool, size: int, state: str = "") -> tuple[list[object], list[object]]:
    """The recordings of all pages, and those of the pages back from the last."""
    facts = RecordingJob.objects.filter(state=state) if state else RecordingJob.objects.all()
    rows = facts.visible_to(person)
    first = few_numbers.walk(rows, person, facts)
    assert first is not None

    def page(cursor: str) -> keyset.Page[RecordingJob]:
        return keyset.page(rows, order=NEWEST, descending=falling, cursor=cursor, size=size, first=first)

    shown = [page("")]
    while shown[-1].older:
        shown.append(page(shown[-1].older))
    back = [shown[-1]]
    while back[-1].newer:
        back.append(page(back[-1].newer))
    return [row.pk for each in shown for row in each.rows], [row.pk for each in reversed(back) for row in each.rows]


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize("state", ["", "available", "late"])
@pytest.mark.parametrize("falling", [True, False])
def test_pages_are_those_of_the_walk_through_all(person: User, falling: bool, state: str, size: int) -> None:
    rows = RecordingJob.objects.visible_to(person).order_by(*(("-happened_at", "-id") if falling else NEWEST))
    wanted = list((rows.filter(state=state) if state else rows).values_list("pk", flat=True))
    assert len(wanted) == 15 if not state else len(wanted) < 15
    assert pages(person, falling=falling, size=size, state=state) == (wanted, wanted)


def test_neighbours_are_those_of_the_walk_through_all(person: User) -> None:
    rows = RecordingJob.objects.visible_to(person)
    first = few_numbers.walk(rows, person, RecordingJob.objects.all())
    wanted = list(rows.order_by("-happened_at", "-id"))
    for index, row in enumerate(wanted):
        before, after = keyset.neighbours(rows, row, order=NEWEST, first=first)
        assert before == (wanted[index - 1] if index else None)
        assert after == (wanted[index + 1] if index + 1 < len(wanted) else None)


def test_what_one_may_not_see_stays_unseen_whatever_is_walked(person: User) -> None:
    rows = RecordingJob.objects.visible_to(person)
    first = few_numbers.walk(rows, person, RecordingJob.objects.all())
    person.teams.set([factories.team()])  # between the walk's look at the numbers, and its look at the recordings
    assert list(keyset.page(rows, order=NEWEST, first=first).rows) == []


def test_who_sees_all_or_many_numbers_walks_through_all(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = RecordingJob.objects.all()
    assert few_numbers.walk(everything, factories.admin(), everything) is None
    monkeypatch.setattr(few_numbers, "FEW", 2)
    assert few_numbers.walk(everything.visible_to(person), person, everything) is None


def test_the_list_of_who_sees_few_numbers_is_walked_to_its_end(person: User) -> None:
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
    ):
        seen, url = [], query
        while url:
            context = browser.get(f"/recordings/{url}").context
            seen += [row.pk for row in context["page"].rows]
            url = context["older"]
        assert seen == [each.pk for each in wanted]
        assert len(seen) > 50
