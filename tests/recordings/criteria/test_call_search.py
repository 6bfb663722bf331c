"""The list of calls: each call that one may see is met, also where only so many are looked at for a page."""

from datetime import timedelta

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.calls.models import Call
from recordings_site.recordings.criteria import limited_scope
from recordings_site.web import keyset
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    """Somebody of a team with two numbers: one has nine calls, the other none, and a number of others has as many."""
    team = factories.team()
    mine, _silent = (factories.number(team=team, digits=f"4912345678{each}") for each in (1, 2))
    foreign = factories.number(digits="49123456783")
    for index in range(18):
        at = factories.LONG_AGO + timedelta(minutes=index // 4)
        caller = f"4670000{index:03}"
        call = factories.call(
            number=foreign if index % 2 else mine, started_at=at, caller=f"+{caller}", caller_digits=caller
        )
        factories.decision(call, record=index % 6 == 0)
    return factories.user(teams=[team])


def met(person: User, query: str = "") -> tuple[list[int], list[str]]:
    """The calls of all pages one after the other, and those pages."""
    browser = Client()
    browser.force_login(person)
    found, texts, url = [], [], query
    while True:
        answer = browser.get(f"/calls/{url}")
        found += [call.pk for call in answer.context["page"].rows]
        texts.append(answer.content.decode())
        url = answer.context["older"]
        if not url:
            return found, texts


@pytest.mark.parametrize("who", ["admin", "few numbers", "many numbers"])
@pytest.mark.parametrize(
    ("query", "narrowing"),
    [
        ("", {}),
        ("?decision=open", {"decision__outcome": "record"}),
        ("?decision=none", {"decision": None}),
        ("?q=0001", {"caller_digits__contains": "0001"}),
        ("?q=999999", {"caller_digits__contains": "999999"}),
    ],
)
def test_every_call_that_one_may_see_is_met_once(
    person: User, who: str, query: str, narrowing: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 4)
    monkeypatch.setattr(limited_scope, "MOST_NUMBERS", 1 if who == "many numbers" else 100)
    viewer = factories.admin() if who == "admin" else person
    wanted = Call.objects.visible_to(viewer).filter(**narrowing).order_by("-started_at", "-id")
    found, texts = met(viewer, query)
    assert found == [call.pk for call in wanted]
    assert len(texts) == 1 if not query else len(texts) > 2
    for text in texts[:-1]:
        assert "in the calls searched so far, back to" in text
        assert "Continue searching" in text
    assert "looked at so far" not in texts[-1]


def test_a_whole_call_id_is_found_at_once_however_old(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 2)
    for viewer in (person, factories.admin()):
        oldest = Call.objects.visible_to(viewer).order_by("started_at", "id")[0]
        found, texts = met(viewer, f"?q={oldest.call_id}")
        assert (found, len(texts)) == ([oldest.pk], 1)
    foreign = Call.objects.exclude(pk__in=Call.objects.visible_to(person))[0]
    assert met(person, f"?q={foreign.call_id}")[0] == []


def test_an_empty_list_says_why(person: User) -> None:
    for viewer, query, told in (
        (person, "?q=999999", "No results"),
        (factories.user(), "", "You’re not on a team yet"),
        (factories.user(teams=[factories.team()]), "", "No calls yet"),
    ):
        assert told in met(viewer, query)[1][0]


def test_the_end_of_the_list_leads_back_to_its_beginning(person: User) -> None:
    oldest = Call.objects.visible_to(person).order_by("started_at", "id")[0]
    cursor = keyset._write("older", oldest, Call, ("started_at", "id"))
    assert "End of list" in met(person, f"?cursor={cursor}")[1][0]


def test_the_address_bar_has_what_is_in_use(person: User) -> None:
    browser = Client()
    browser.force_login(person)
    headers = {"HX-Request": "true", "HX-Target": "calls"}
    for query, pushed in (("?q=&decision=recorded", "/calls/?decision=recorded"), ("?q=&decision=", "/calls/")):
        assert browser.get(f"/calls/{query}", headers=headers)["HX-Push-Url"] == pushed
    assert "HX-Push-Url" not in browser.get("/calls/?decision=recorded")


def test_a_callers_whole_number_finds_their_calls_at_once(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 4)
    oldest = Call.objects.visible_to(person).order_by("started_at", "id")[0]
    found, texts = met(person, f"?q=%2B{oldest.caller_digits}")
    assert (found, len(texts)) == ([oldest.pk], 1)


def test_a_whole_number_of_ours_finds_the_calls_to_it_and_from_it(person: User) -> None:
    ours = factories.number(digits="4912345670099")
    to_it = factories.call(number=ours)
    from_it = factories.call(number=ours, caller="+4912345670099", caller_digits="4912345670099")
    assert set(met(factories.admin(), "?q=4912345670099")[0]) == {to_it.pk, from_it.pk}
