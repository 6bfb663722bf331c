"""The chips under the search box: they write the query, are read back from it, and show what one may see."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.recordings import search
from recordings_site.recordings.annotations.actions import tag_recording
from recordings_site.recordings.models import CallSummary
from recordings_site.recordings.results.narrowings import chips, days, others, rewritten
from recordings_site.recordings.results.own_calls import examples
from recordings_site.recordings.search import TypedQuery
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("UTC"))


def read(text: str) -> TypedQuery:
    return search.read(text, now=NOW, zone=ZoneInfo("UTC"))


def values(text: str, person: User) -> dict[str, str]:
    return {each.label: each.value for each in chips(read(text), person) if each.value}


@pytest.mark.parametrize(
    ("query", "chosen", "expected"),
    [
        ("", {"with": "longer:5m"}, "longer:5m"),
        ("complaint", {"with": "longer:5m"}, "complaint longer:5m"),
        ("complaint longer:5m", {"with": "locale:sv"}, "complaint longer:5m locale:sv"),
        ("complaint longer:5m", {"with": "shorter:1m"}, "complaint shorter:1m"),
        ("complaint longer:5m", {"drop": "length"}, "complaint"),
        ("longer:5m", {"drop": "length"}, ""),
        ("refund OR card", {"with": "locale:sv"}, "(refund OR card) locale:sv"),
        ("a since:6 days ago b", {"with": "on:yesterday"}, "a b on:yesterday"),
        ("a on:today", {"since": "2026-11-01", "until": ""}, "a since:2026-11-01"),
        ("a on:today", {"since": "2026-11-01", "until": "2026-11-05"}, "a since:2026-11-01 until:2026-11-05"),
        ("a since:2026-11-01", {"since": "", "until": ""}, "a"),
        ("a on:today", {"since": "", "until": "", "number": "", "kept": "a"}, "a on:today"),
        (
            "a on:today",
            {"since": "", "until": "", "number": "Support +4684650"},
            'a on:today number:"Support +4684650"',
        ),
        ("a", {"number": 'Sup"port +46'}, 'a number:"Sup port +46"'),
        ("a", {"tag": "vip"}, "a tag:vip"),
        ("a", {"with": "nonsense:1"}, "a nonsense:1"),
        ("a", {"drop": "nonsense"}, "a"),
        ("a", {"q": "a", "sort": "best"}, None),
    ],
)
def test_a_choice_writes_the_query(query: str, chosen: dict[str, str], expected: str | None) -> None:
    assert rewritten(chosen, read(query)) == expected


def test_chips_are_read_back_from_the_query() -> None:
    number = factories.number(label="Billing")
    admin = factories.admin()
    query = f"refund since:6 days ago longer:5m locale:sv number:+{number.digits} tag:vip policy:Standard"
    factories.transcript(factories.recording(), [(0.0, "", "hej")], locale="sv-SE")
    search.index(factories.transcript(factories.recording(locale="sv-SE"), [(0.0, "", "hej")], locale="sv-SE"))
    assert values(query, admin) == {
        "Date": "Last 7 days",
        "Length": "5 minutes or longer",
        "Language": "Swedish",
        "Number": "Billing",
        "Tag": "vip",
    }
    assert [(each.label, each.value) for each in others(read(query))] == [("Policy", "Standard")]
    assert values("since:2026-11-01 until:2026-11-05 longer:90", admin) == {
        "Date": "from 2026-11-01, to 2026-11-05",
        "Length": "1:30 or longer",
    }
    assert days(read("since:2026-11-01 until:2026-11-05")) == ("2026-11-01", "2026-11-05")
    assert days(read("since:monday")) == ("", "")


def test_chips_and_examples_know_nothing_of_others() -> None:
    theirs = factories.recording(number=factories.number(label="Secret line"), locale="sv-SE", caller="+46709990099")
    tag_recording(by=factories.admin(), recording=theirs, name="secret")
    CallSummary.objects.create(recording=theirs, excerpt="A confidential matter")
    search.index(factories.transcript(theirs, [(0.0, "", "hej")], locale="sv-SE"))
    mine = factories.recording(number=factories.number(label="Mine"), locale="en-US", caller="+46701740660")
    CallSummary.objects.create(recording=mine, excerpt="Yesterday my parcel was meant to come.")
    assert mine.number is not None
    person = factories.user(teams=[mine.number.team])
    offered = {each.label: [option.label for option in each.options] for each in chips(read(""), person)}
    assert (offered["Number"], offered["Tag"], offered["Language"]) == (["Mine"], [], ["English"])
    assert [each.query for each in examples(person)] == ["parcel", '"yesterday my parcel"', "0660"]
    assert list(examples(factories.user())) == []


def test_a_choice_leads_to_the_query_that_the_address_keeps() -> None:
    browser = Client()
    browser.force_login(factories.admin())
    answer = browser.get("/search/", {"q": "complaint", "sort": "best", "with": "longer:5m", "kept": "older"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/?q=complaint+longer%3A5m&sort=best")
    # Without scripts the form knows the query it stands under alone.
    assert browser.get("/search/", {"kept": "complaint", "drop": "date"})["Location"] == "/search/?q=complaint"


def test_a_number_is_found_by_the_word_that_its_picker_suggests() -> None:
    recording = factories.recording(number=factories.number(label="Support"))
    assert recording.number is not None
    search.index(factories.transcript(recording, [(0.0, "", "hello")]))
    browser = Client()
    browser.force_login(factories.admin())
    found = browser.get("/search/", {"q": f'number:"Support +{recording.number.digits}"'}).context["found"]
    assert [each.recording.pk for each in found.hits] == [recording.pk]


def test_a_usual_length_and_few_languages_need_no_menu() -> None:
    for locale in ("en-US", "sv-SE"):
        search.index(factories.transcript(factories.recording(), [(1.0, "Speaker 1", "hello")], locale=locale))
    person = factories.admin()
    offered = {each.label: [option.label for option in each.at_hand] for each in chips(read("hello"), person)}
    assert (offered["Length"], offered["Language"]) == (["5 minutes or longer"], ["English", "Swedish"])
    narrowed = {each.label: each.at_hand for each in chips(read("hello longer:1m locale:sv"), person)}
    assert not narrowed["Length"]
    assert not narrowed["Language"]
