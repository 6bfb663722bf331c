"""The list of recordings: who sees what, how it is narrowed, and what it says when it is empty."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.recordings.annotations.actions import add_comment, tag_recording
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.library.columns import COLUMNS
from recordings_site.recordings.library.periods import periods
from recordings_site.recordings.models import Listening, RecordingTag, Tag
from recordings_site.recordings.transcripts.summaries import summarize
from recordings_site.web.undo import undo_of
from tests import factories

pytestmark = pytest.mark.django_db


def client(person: object) -> Client:
    made = Client()
    made.force_login(person)  # type: ignore[arg-type]
    return made


def listed(browser: Client, query: str = "") -> list[object]:
    answer = browser.get(f"/recordings/{query}")
    assert answer.status_code == 200
    return [row.id for row in answer.context["page"].rows]


def test_one_sees_the_recordings_of_ones_teams_newest_first() -> None:
    team = factories.team()
    mine = factories.number(team=team)
    first, second = factories.recording(number=mine), factories.recording(number=mine)
    foreign = factories.recording()
    unattributed = factories.recording(call=None, happened_at=factories.LONG_AGO + timedelta(days=365))
    assert listed(client(factories.user(teams=[team]))) == [second.pk, first.pk]
    assert listed(client(factories.admin())) == [unattributed.pk, foreign.pk, second.pk, first.pk]
    assert Client().get("/recordings/").status_code == 302


def test_each_filter_narrows_the_list() -> None:
    admin = factories.admin()
    browser = client(admin)
    number = factories.number(label="Support")
    wanted = factories.recording(
        number=number, duration=400.0, happened_at=datetime(2026, 3, 5, 12, tzinfo=UTC), locale="sv-SE"
    )
    factories.transcript(wanted, [(0.0, "Speaker 1", "hej")])
    other = factories.overdue(caller="+46709999999")
    for query in (
        f"?number={number.pk}", "?since=2026-03-01", "?since=2026-03-05&until=2026-03-05", "?longer=5m", "?locale=sv",
        "?transcript=yes", f"?team={number.team_id}", "?state=available", "?caller=%2B46733000001",
        f"?destination={wanted.destination_id}", "?direction=inbound&longer=5m",
    ):  # fmt: skip
        assert listed(browser, query) == [wanted.pk], query
    for query in ("?state=late", "?shorter=1:00", "?until=2026-02-01", "?caller=9999", "?transcript=no"):
        assert listed(browser, query) == [other.pk], query
    assert listed(browser, "?heard=yes") == []


def test_a_number_one_may_not_see_is_no_filter_and_gives_nothing_away() -> None:
    team = factories.team()
    person = factories.user(teams=[team])
    factories.recording(number=factories.number(team=team))
    foreign = factories.number(label="Secret line")
    answer = client(person).get(f"/recordings/?number={foreign.pk}")
    assert answer.context["page"].rows == []
    assert "Secret line" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "list"}])
def test_wrong_filters_are_summed_up_above_a_list_of_nothing(headers: dict[str, str]) -> None:
    factories.recording()
    answer = client(factories.admin()).get("/recordings/?longer=long&since=never&cursor=x", headers=headers)
    summary = answer.content.decode().partition('class="alert alert-bad error-summary"')[2]
    assert '<a href="#id_longer">Minimum length</a>: Enter a length such as 90, 5m, 1h30m or 2:05.' in summary
    assert '<a href="#id_since">From</a>: “never” isn’t a valid date.' in summary
    assert answer.context["page"].rows == []
    assert "Nothing has been recorded yet" not in summary


def test_the_list_can_be_ordered_and_paged(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client(factories.admin())
    number = factories.number()
    made = [factories.recording(number=number, duration=float(index)).pk for index in range(60)]
    assert listed(browser, "?sort=longest")[0] == made[-1]
    assert listed(browser, "?sort=shortest")[0] == made[0]
    assert listed(browser, "?sort=oldest")[0] == made[0]
    answer = browser.get("/recordings/")
    older = browser.get(f"/recordings/{answer.context['older']}")
    assert [row.id for row in older.context["page"].rows] == made[9::-1]
    newer = browser.get(f"/recordings/{older.context['newer']}")
    assert [row.id for row in newer.context["page"].rows] == made[:9:-1]


@pytest.mark.parametrize(("query", "says"), [("", "No recordings yet"), ("?state=late", "No results")])
def test_an_empty_list_says_why(query: str, says: str) -> None:
    assert says in client(factories.admin()).get(f"/recordings/{query}").content.decode()


def test_who_is_in_no_team_is_told_so() -> None:
    assert "You’re not on a team yet" in client(factories.user()).get("/recordings/").content.decode()


def test_htmx_gets_the_list_alone() -> None:
    browser = client(factories.admin())
    part = browser.get("/recordings/", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert part.lstrip().startswith('<div id="list">')
    assert "<html" not in part


def test_what_people_and_sinch_wrote_is_escaped_in_rows_and_filters() -> None:
    admin = factories.admin()
    admin.preferences = {"columns": [column.name for column in COLUMNS]}
    admin.save()
    evil = "<b>&\"'"
    number = factories.number(label=f"number{evil}", team=factories.team(name=f"team{evil}"))
    place = factories.destination(name=f"place{evil}")
    recording = factories.recording(number=number, caller=f"caller{evil}", locale=f"lo{evil}", destination=place)
    RecordingTag.objects.create(recording=recording, tag=Tag.objects.create(name=f"tag{evil}"), author=admin)
    assert "<b>" not in client(admin).get("/recordings/?list=<b>").content.decode()
    html = client(admin).get("/recordings/").content.decode()
    escaped = "&lt;b&gt;&amp;&quot;&#x27;"
    assert "<b>" not in html
    for word in ("caller", "lo"):
        assert html.count(f"{word}{escaped}") >= 1, word
    for word in ("number", "team", "place", "tag"):
        assert html.count(f"{word}{escaped}") >= 2, word  # in the row, and in the filter


def test_the_list_alone_says_what_is_wrong_and_pushes_an_address_without_empty_fields() -> None:
    browser = client(factories.admin())
    headers = {"HX-Request": "true", "HX-Target": "list"}
    answer = browser.get("/recordings/?number=&direction=inbound&longer=nonsense&since=", headers=headers)
    assert "Minimum length</a>: Enter a length such as 90, 5m, 1h30m or 2:05." in answer.content.decode()
    assert answer["HX-Push-Url"] == "/recordings/?direction=inbound&longer=nonsense"
    assert browser.get("/recordings/?number=", headers=headers)["HX-Push-Url"] == "/recordings/"
    whole = browser.get("/recordings/?longer=nonsense")
    assert whole.content.decode().count("Enter a length such as") == 1
    assert "HX-Push-Url" not in whole


def test_filters_in_use_are_chips_that_remove_themselves() -> None:
    answer = client(factories.admin()).get("/recordings/?state=available&longer=5m")
    chips = answer.context["chips"]
    assert [(chip.label, chip.value, chip.without) for chip in chips] == [
        ("State", "Available", "?longer=5m"),
        ("Minimum length", "5m", "?state=available"),
    ]


def test_a_time_of_day_narrows_to_its_minutes_and_stays_in_its_input() -> None:
    at = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
    first, last = factories.recording(happened_at=at), factories.recording(happened_at=at + timedelta(seconds=3599))
    factories.recording(happened_at=at + timedelta(hours=1))
    answer = client(factories.admin()).get("/recordings/?since=2026-03-05T14:00&until=2026-03-05T14:59")
    assert {row.pk for row in answer.context["page"].rows} == {first.pk, last.pk}
    assert [(each.label, each.value) for each in answer.context["chips"]] == [
        ("From", "5 March 2026, 14:00"),
        ("To", "5 March 2026, 14:59"),
    ]
    assert '<input type="datetime-local" name="since" value="2026-03-05T14:00"' in answer.content.decode()
    wrong = client(factories.admin()).get("/recordings/?since=2026-03-05T25:00")
    assert "isn’t a valid date" in wrong.content.decode()


def test_every_filter_is_shown_once() -> None:
    form = FilterForm(QueryDict(), factories.admin())
    shown = re.findall(
        ' name="([a-z]+)"', "".join(map(str, form.bar_fields() + form.date_fields() + form.menu_fields()))
    )
    assert sorted(shown) == sorted(form.fields)


def body(answer: object) -> str:
    return b"".join(answer).decode()  # type: ignore[call-overload]


def test_the_whole_list_is_exported_as_narrowed_in_its_order_and_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings_site.web.keyset.BATCH", 2)
    team = factories.team()
    number = factories.number(team=team, label="=Support")
    made = [factories.recording(number=number, duration=100.0 + index) for index in range(5)]
    factories.recording(number=number, duration=1.0)
    factories.recording()
    supervisor = client(factories.user(Role.SUPERVISOR, teams=[team]))
    rows = list(csv.DictReader(io.StringIO(body(supervisor.get("/recordings/export/csv/?longer=1m")))))
    assert [row["id"] for row in rows] == [str(each.pk) for each in reversed(made)]
    assert rows[0]["label"] == "'=Support"
    text = body(supervisor.get("/recordings/export/jsonl/?sort=shortest"))
    assert [json.loads(line)["duration"] for line in text.splitlines()] == [1.0, 100.0, 101.0, 102.0, 103.0, 104.0]
    assert AuditEvent.objects.filter(action="recordings.exported", data__form="csv", data__query="longer=1m").exists()


def test_an_export_says_as_the_list_does_what_is_late_or_wrong_in_a_code_and_in_words() -> None:
    factories.overdue(overdue_kind="missing", overdue_values={"minutes": 1440})
    factories.recording(problem_code="not_audio")
    rows = csv.DictReader(io.StringIO(body(client(factories.admin()).get("/recordings/export/csv/?sort=oldest"))))
    assert [(row["state"], row["reason_code"], row["reason"].partition(".")[0]) for row in rows] == [
        ("missing", "not_written", "Nothing was uploaded within 24 hours"),
        ("unplayable", "not_audio", "This file isn’t audio"),
    ]


def test_what_is_selected_is_exported_tagged_and_marked_within_what_one_may_see() -> None:
    team = factories.team()
    mine = factories.recording(number=factories.number(team=team))
    foreign = factories.recording()
    supervisor = client(factories.user(Role.SUPERVISOR, teams=[team]))
    both = [str(mine.pk), str(foreign.pk), "nonsense"]
    text = body(supervisor.get("/recordings/export/jsonl/", {"pk": both}))
    assert [json.loads(line)["id"] for line in text.splitlines()] == [str(mine.pk)]
    answer = supervisor.post("/recordings/tag/", {"pk": both, "name": "vip", "here": "/recordings/?state=available"})
    assert answer.headers["Location"] == "/recordings/?state=available"
    assert [tagging.recording_id for tagging in RecordingTag.objects.all()] == [mine.pk]
    supervisor.post("/recordings/heard/", {"pk": both, "here": "https://evil.example/recordings/"})
    assert [row.recording_id for row in Listening.objects.all()] == [mine.pk]
    assert listed(supervisor, "?heard=yes") == [mine.pk]
    supervisor.post("/recordings/heard/", {"pk": both, "played": "no"})
    assert listed(supervisor, "?heard=yes") == []
    assert listed(supervisor, "?tag=vip") == [mine.pk]


@pytest.mark.parametrize(
    "here", ["https://evil.example/recordings/", "//evil.example/recordings/", "/recordings\\evil", ""]
)
def test_one_never_comes_back_to_another_site(here: str) -> None:
    answer = client(factories.admin()).post("/recordings/heard/", {"here": here})
    assert answer.headers["Location"] == "/recordings/"


def test_support_neither_exports_nor_tags() -> None:
    support = client(factories.user())
    assert support.get("/recordings/export/csv/").status_code == 404
    assert support.post("/recordings/tag/", {"name": "vip"}).status_code == 404


def test_columns_are_chosen_and_kept_for_each_person() -> None:
    person = factories.admin()
    browser = client(person)
    factories.recording(size=1_500_000)
    assert "1.5 MB" not in browser.get("/recordings/").content.decode()
    browser.post("/recordings/columns/", {"column": ["size", "team", "nonsense"]})
    page = browser.get("/recordings/")
    assert [column.name for column in page.context["columns"]] == ["team", "size"]
    assert "1.5 MB" in page.content.decode()


def test_every_column_can_be_shown() -> None:
    browser = client(factories.admin())
    factories.recording()
    factories.recording(call=None)
    browser.post("/recordings/columns/", {"column": [column.name for column in COLUMNS]})
    assert browser.get("/recordings/").status_code == 200


def test_each_cell_stands_under_its_heading() -> None:
    admin = factories.admin(preferences={"columns": [column.name for column in COLUMNS]})
    factories.recording()
    page = client(admin).get("/recordings/").content.decode()
    assert re.findall('<td data-label="([^"]+)"', page) == [column.heading for column in COLUMNS]


def test_what_no_index_serves_is_looked_for_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings_site.web.keyset.SCAN_LIMIT", 3)
    number = factories.number()
    old = factories.recording(number=number, duration=400.0)
    for _ in range(4):
        factories.recording(number=number, duration=10.0)
    browser = client(factories.admin())
    first = browser.get("/recordings/?longer=5m")
    assert "in the recordings searched so far" in first.content.decode()
    then = browser.get(f"/recordings/{first.context['older']}")
    assert [row.id for row in then.context["page"].rows] == [old.pk]
    assert listed(browser, f"?number={number.pk}&state=available") != []


def test_the_numbers_to_choose_from_are_escaped_and_the_chosen_one_stays_chosen() -> None:
    number = factories.number(label="<b>Support</b> & more")
    page = client(factories.admin()).get(f"/recordings/?number={number.pk}").content.decode()
    assert f'<option value="{number.pk}" selected>&lt;b&gt;Support&lt;/b&gt; &amp; more {number.e164}</option>' in page
    assert '<option value="">Any</option>' in page
    assert 'id="id_number"' in page


def test_the_numbers_to_choose_from_are_ones_own_and_as_they_are_now_whoever_asked_before() -> None:
    def options(person: User) -> list[str]:
        page = client(person).get("/recordings/").content.decode()
        select = re.search('<select[^>]* name="number".*?</select>', page, re.DOTALL)
        return re.findall("<option[^>]*>([^<+]*?) ?[+]?[0-9]*</option>", select[0] if select else "")

    mine, other = factories.team(), factories.team()
    number = factories.number(label="Support", team=mine)
    factories.number(label="Sales", team=other)
    admin, person = factories.admin(), factories.user(teams=[mine])
    assert options(admin) == ["Any", "Sales", "Support"]
    assert options(person) == ["Any", "Support"]
    number.label = "Help"
    number.save()
    assert options(person) == ["Any", "Help"]
    person.teams.set([other])
    assert options(person) == ["Any", "Sales"]
    person.teams.clear()
    assert options(person) == ["Any"]


def test_an_unknown_filter_is_an_error_with_those_that_there_are() -> None:
    factories.recording()
    browser = client(factories.admin())
    says = "Unknown filter “tam”. Use number, direction,"
    assert says in browser.get("/recordings/?tam=5&sort=oldest").content.decode()
    export = browser.get("/recordings/export/csv/?tam=5")
    assert (export.status_code, says in export.content.decode()) == (400, True)
    assert browser.get("/recordings/export/csv/?longer=long").status_code == 400


def test_a_row_says_who_called_how_the_talk_divided_and_what_it_was_about() -> None:
    person = factories.admin()
    recording = factories.recording(caller="+46701740660", duration=40.0)
    lines = [
        (0.0, "Speaker 1", "Support, this is Dana."),
        (10.0, "Speaker 2", "Hello."),
        (20.0, "Speaker 2", "I was charged twice for the same order."),
    ]
    summarize(factories.transcript(recording, lines))
    tag_recording(by=person, recording=recording, name="billing")
    add_comment(by=person, recording=recording, at=1.0, end=None, text="Refund it.")
    row = client(person).get("/recordings/").context["rows"][0]
    assert (row.party, row.excerpt) == ("+46 70 174 06 60", "I was charged twice for the same order.")
    assert row.talk.sentence == "Speaker 1 25%, Speaker 2 75%"
    assert (row.tags, row.comments) == (["billing"], 1)


def test_the_state_is_shown_only_when_something_is_wrong() -> None:
    browser = client(factories.admin())
    factories.recording()
    assert "state-ok" not in browser.get("/recordings/").content.decode()
    factories.overdue(overdue_kind="late", overdue_values={"minutes": 10})
    assert "state-warn" in browser.get("/recordings/").content.decode()


def test_a_period_is_chosen_by_one_click_beside_the_other_filters() -> None:
    answer = client(factories.admin()).get("/recordings/?state=late&since=2026-03-05&until=2026-03-05")
    assert [each.label for each in answer.context["periods"]] == ["All", "Today", "Yesterday", "7 days"]
    assert answer.context["periods"][0].link == "?state=late"
    found = periods({"since": "2026-03-05", "until": "2026-03-05"}, date(2026, 3, 5))
    assert [each.label for each in found if each.in_use] == ["Today"]
    assert found[2].link == "?since=2026-03-04&until=2026-03-04"


def test_what_was_done_to_many_at_once_is_undone_where_it_changed_something() -> None:
    person = factories.admin()
    browser = client(person)
    had, new = factories.recording(), factories.recording()
    tag_recording(by=person, recording=had, name="vip")
    browser.post("/recordings/tag/", {"pk": [str(had.pk), str(new.pk)], "name": "vip"})
    (message,) = browser.get("/recordings/").context["messages"]
    undo = undo_of(message)
    assert undo
    assert undo.fields == (("pk", str(new.pk)), ("name", "vip"), ("here", ""))
    browser.post(undo.url, dict(undo.fields))
    assert [each.recording_id for each in RecordingTag.objects.all()] == [had.pk]
    (*_, message) = browser.get("/recordings/").context["messages"]
    again = undo_of(message)
    assert again
    assert (again.url, again.fields) == ("/recordings/tag/", undo.fields)
    browser.post("/recordings/heard/", {"pk": str(new.pk)})
    browser.post("/recordings/heard/", {"pk": [str(had.pk), str(new.pk)], "played": "no"})
    (*_, message) = browser.get("/recordings/").context["messages"]
    assert str(message) == "1 recording marked as not played."
