"""The home page: today's figures, what is late, and nothing of others."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from recordings_site.accounts.models import Role, User
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application, PhoneNumber, Policy, PolicyVersion
from recordings_site.recordings.dashboard.queries import home, top_of_scale
from recordings_site.recordings.dashboard.setup_steps import setup_steps
from recordings_site.recordings.models import Comment, Listening, RecordingJob
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


def recorded(at: datetime, **fields: object) -> RecordingJob:
    call = factories.call(started_at=at, **({"number": fields.pop("number")} if "number" in fields else {}))
    return factories.recording(call=call, **fields)


def waited_for(at: datetime, **fields: object) -> RecordingJob:
    return factories.overdue(call=factories.call(started_at=at), overdue_since=at, **fields)


def page(user: User, query: str = "/", **headers: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(query, headers=headers).content.decode()


def test_today_begins_at_midnight_where_one_is() -> None:
    recorded(datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    recorded(NOW - timedelta(hours=1), available_at=None)
    admin = factories.admin()
    assert (home(admin, now=NOW).recordings, home(admin, now=NOW).waiting) == (1, 1)
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        seen = home(admin, now=NOW)
    assert (seen.calls, seen.recordings, seen.available) == (2, 2, 1)


def test_late_and_missing_ones_are_counted_with_their_reasons() -> None:
    waited_for(NOW)
    waited_for(NOW, overdue_kind="missing", overdue_values={"minutes": 1440})
    seen = home(factories.admin(), now=NOW)
    assert (seen.late, seen.missing) == (1, 1)
    assert {each.shown_state for each in seen.overdue} == {"late", "missing"}
    html = page(factories.admin())
    assert "Not uploaded within 10 minutes of the end of the call." in html
    assert "Nothing was uploaded within 24 hours." in html


def test_the_chart_counts_each_day_and_says_so_in_words() -> None:
    for days in (0, 0, 3, 40):
        recorded(NOW - timedelta(days=days))
    chart = home(factories.admin(), now=NOW).days
    assert [bar.count for bar in chart.bars][-4:] == [1, 0, 0, 2]
    assert chart.highest == 2
    assert chart.sentence == "3 recordings in 30 days, 0 of them late or missing."
    assert chart.bars[-1].query == "?since=2026-03-05&until=2026-03-05"
    assert chart.bars[-1].parts == [("kept", 2, 0.0, 100.0)]


def test_late_ones_and_those_on_their_way_are_parts_of_their_days_bar() -> None:
    recorded(NOW)
    recorded(NOW, available_at=None)
    waited_for(NOW)
    recorded(NOW, deleted_at=NOW, deleted_code="gone")
    recorded(NOW, state="not_recorded", available_at=None)
    bar = home(factories.admin(), now=NOW).days.bars[-1]
    assert [part[:2] for part in bar.parts] == [("kept", 1), ("other", 3), ("overdue", 1)]


def test_days_and_hours_are_those_of_ones_own_zone_also_when_the_clock_is_set_forward() -> None:
    at = datetime(2026, 3, 29, 21, 30, tzinfo=UTC)
    recorded(datetime(2026, 3, 28, 22, 59, tzinfo=UTC))  # 23:59 the day before
    recorded(datetime(2026, 3, 28, 23, 0, tzinfo=UTC))  # midnight
    recorded(datetime(2026, 3, 29, 1, 0, tzinfo=UTC))  # 3:00, an hour after 1:59
    recorded(at)  # 23:30
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        seen = home(factories.admin(), now=at)
    assert [bar.count for bar in seen.days.bars][-2:] == [1, 3]
    assert {bar.label: bar.count for bar in seen.hours.bars if bar.count} == {"0:00": 1, "3:00": 1, "23:00": 1}


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-11-30"])
def test_each_bar_leads_to_the_recordings_that_it_counts_also_when_the_clock_is_set(day: str) -> None:
    zone = ZoneInfo("Europe/Stockholm")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    for minutes in (0, 59, 60, 119, 120, 150, 185, 200, 245, 22 * 60 + 59):
        recorded(midnight + timedelta(minutes=minutes))
    person = factories.admin(time_zone="Europe/Stockholm")
    browser = Client()
    browser.force_login(person)
    with timezone.override(zone):
        seen = home(person, now=datetime.fromisoformat(f"{day}T23:59:30").replace(tzinfo=zone))
    counted = [bar for bar in (*seen.hours.bars, seen.days.bars[-1], seen.days.bars[-2]) if bar.count]
    assert len(counted) > 1
    for bar in counted:
        rows = browser.get(f"/recordings/{bar.query}").context["page"].rows
        assert (bar.label, len(rows)) == (bar.label, bar.count)


def test_one_sees_the_figures_of_ones_own_numbers_and_no_set_up() -> None:
    team = factories.team()
    recorded(timezone.now(), number=factories.number(team=team))
    recorded(timezone.now())
    mine = home(factories.user(teams=[team]), now=timezone.now())
    assert (mine.calls, mine.recordings, mine.without_policy) == (1, 1, [])
    assert "Numbers without a policy" not in page(factories.user(teams=[team]))
    assert "Numbers without a policy" in page(factories.admin())
    PhoneNumber.objects.update(policy=factories.policy())
    assert "Numbers without a policy" not in page(factories.admin())


def test_an_empty_site_has_a_home_page_too() -> None:
    assert "No recordings today yet." in page(factories.admin())
    assert page(factories.user()).count("<svg")
    part = page(factories.admin(), **{"HX-Request": "true", "HX-Target": "today"})
    assert "<html" not in part


def test_the_newest_that_can_be_heard_stand_on_the_page_and_nobody_elses() -> None:
    number = factories.number(label="Support Berlin")
    old, new = recorded(NOW - timedelta(days=2), number=number), recorded(NOW, number=number)
    recorded(NOW + timedelta(minutes=1), number=number, available_at=None)
    recorded(NOW + timedelta(minutes=2))
    assert [each.pk for each in home(factories.user(teams=[number.team]), now=NOW).newest] == [new.pk, old.pk]


def titles(person: User) -> list[str]:
    with time_machine.travel(NOW):
        return re.findall(r"<h2[^>]*>([^<]+)</h2>", page(person).partition('id="today"')[2])


def test_an_agent_begins_with_what_is_theirs_and_a_supervisor_with_what_is_wrong() -> None:
    number = factories.number()
    recording = recorded(NOW, number=number)
    agent, supervisor = factories.user(teams=[number.team]), factories.user(Role.SUPERVISOR, teams=[number.team])
    for person in (agent, supervisor):
        comment = Comment.objects.create(recording=recording, author=supervisor, at=12.0, text="Please call back.")
        comment.mentions.add(person)
        Listening.objects.create(user=person, recording=recording, position=31.2, updated_at=NOW)
    mine = ["Continue listening", "Mentions", "Saved searches", "Recent recordings"]
    assert titles(agent) == [*mine, "Keyboard shortcuts"]
    day = "Today compared with last Thursday"
    assert titles(supervisor)[: len(mine) + 2] == ["Needs attention", day, *mine]


def test_one_is_told_of_open_mentions_on_what_one_may_see(number: PhoneNumber) -> None:
    agent = factories.user(teams=[number.team])
    recording, foreign = recorded(NOW, number=number), recorded(NOW)
    for place, text, resolved in ((recording, "open", None), (recording, "done", NOW), (foreign, "foreign", None)):
        comment = Comment.objects.create(
            recording=place, author=factories.admin(), at=1.0, text=text, resolved_at=resolved
        )
        comment.mentions.add(agent)
    Comment.objects.create(recording=recording, author=agent, at=1.0, text="of nobody")
    assert [each.text for each in home(agent, now=NOW).mentions] == ["open"]


def test_the_day_is_compared_with_the_same_hours_a_week_before() -> None:
    week = timedelta(days=7)
    recorded(NOW - timedelta(hours=1))
    recorded(NOW - week - timedelta(hours=1))
    recorded(NOW - week - timedelta(hours=2))
    recorded(NOW - week + timedelta(hours=1))
    seen = home(factories.admin(), now=NOW)
    assert (seen.calls, seen.calls_before, seen.recordings, seen.recordings_before) == (1, 2, 1, 2)
    assert {bar.label: bar.before for bar in seen.hours.bars if bar.before and bar.before[0]} == {
        "13:00": (1, 0.0),
        "14:00": (1, 0.0),
        "16:00": (1, 0.0),
    }
    assert seen.hours.ticks == ["0:00", "6:00", "12:00", "18:00"]


def test_an_admin_sees_what_waits_for_approval_but_not_ones_own_proposal(settings: Any) -> None:
    settings.POLICY_APPROVAL = True
    policy = factories.policy()
    proposer, other = factories.admin(), factories.admin()
    version = PolicyVersion.objects.create(
        policy=policy, number=9, document=policy.published.document, created_by=proposer
    )
    assert home(other, now=NOW).approvals == [version]
    assert home(proposer, now=NOW).approvals == []
    assert "proposed it" in page(other)


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 0), (1, 1), (2, 2), (3, 4), (9, 10), (11, 20), (95, 100), (101, 120), (2345, 2400)]
)
def test_a_scale_ends_at_a_round_number_that_halves_well(highest: int, top: int) -> None:
    assert top_of_scale(highest) == top


def test_where_one_stopped_in_the_middle_one_goes_on(number: PhoneNumber) -> None:
    listener = factories.user(teams=[number.team])
    stopped = {}
    for name, position, days in (("middle", 31.2, 0), ("start", 2.0, 0), ("end", 58.0, 0), ("long ago", 31.2, 30)):
        stopped[name] = recorded(NOW, number=number, duration=60.0)
        at = NOW - timedelta(days=days)
        Listening.objects.create(user=listener, recording=stopped[name], position=position, updated_at=at)
    Listening.objects.create(user=listener, recording=recorded(NOW, duration=60.0), position=31.2, updated_at=NOW)
    assert [each.recording_id for each in home(listener, now=NOW).unfinished] == [stopped["middle"].pk]
    with time_machine.travel(NOW):
        html = page(listener)
    assert f'href="/recordings/{stopped["middle"].pk}/?t=31.2"' in html
    assert "0:31 of 1:00" in html
    assert not home(factories.user(teams=[number.team]), now=NOW).unfinished


@pytest.fixture
def number() -> PhoneNumber:
    return factories.number()


def test_who_is_in_no_team_is_told_whom_to_ask() -> None:
    told = "You’re not on a team yet"
    assert told in page(factories.user())
    assert told not in page(factories.user(teams=[factories.team()]))
    assert told not in page(factories.admin())


def done() -> list[bool]:
    return [step.done for step in setup_steps()]


def test_an_admin_of_an_empty_site_is_led_to_the_first_recording() -> None:
    admin, steps = factories.admin(), "Get started"
    assert steps in page(admin)
    assert steps not in page(factories.user(Role.AUDITOR))
    assert not any(done())
    number = factories.number(policy=Policy.objects.create(name="A draft"))
    place = factories.destination(failing_since=timezone.now())
    # A destination that fails its check and a policy that is not in force record nothing.
    assert done() == [True, False, True, False, False, False, False]
    assert f"{place} fails its check." in page(admin)
    Destination.objects.update(failing_since=None)
    PhoneNumber.objects.update(policy=factories.policy())
    Application.objects.update(first_callback_at=timezone.now())
    assert done() == [True] * 6 + [False]
    recorded(timezone.now(), number=number)
    assert setup_steps() == []
    assert steps not in page(admin)


def test_what_is_counted_is_what_its_link_lists() -> None:
    number = factories.number()
    for each in ({}, {"available_at": None}, {"state": "not_recorded", "available_at": None}):
        recorded(timezone.now(), number=number, **each)
    waited_for(timezone.now())
    waited_for(timezone.now() - timedelta(days=3))
    browser = Client()
    browser.force_login(factories.admin())
    html = browser.get("/").content.decode()
    tiles = re.findall(
        r'<a href="([^"]+)"><span class="tile-name">(\w+)</span><span class="tile-count num">(\d+)', html
    )
    assert [(name, count) for _, name, count in tiles] == [("Calls", "4"), ("Recordings", "4")]
    wrong = re.findall(r'<a href="([^"]+)">(\d+) recording', html)
    assert wrong == [("/recordings/?state=late", "2")]
    for url, name, count in [*tiles, *((url, "late", count) for url, count in wrong)]:
        assert len(browser.get(url.replace("&amp;", "&")).context["page"].rows) == int(count), name
