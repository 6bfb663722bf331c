"""The list and the search find the same recordings for each criterion and every value of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import Team, User
from recordings_site.calls.models import Decision
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.recordings import search
from recordings_site.recordings.criteria import narrowing
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.criteria.registry import CRITERIA, LISTED, SEARCHED, STATES
from recordings_site.recordings.models import (
    Comment,
    IndexedRecording,
    LineCorrection,
    Listening,
    OverdueKind,
    RecordingJob,
    RecordingTag,
    Tag,
    shown_state,
)
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.facets import quoted
from recordings_site.recordings.search.hits import compiled
from recordings_site.recordings.search.language.parser import parse
from recordings_site.recordings.search.scope import scoped
from tests import factories

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Pacific/Auckland")  # half a day from UTC: its midnights are nobody else's
MIDNIGHT = datetime(2026, 3, 5, tzinfo=ZONE)
SECOND = timedelta(seconds=1)
LENGTHS = (0.0, 59.99, 60.0, 60.01, 125.0, 3600.0)
CALLERS = ("+46701234567", "+4687654321", "anonymous", "sip:Anna.4567@example.com", "")
LOCALES = ("sv-SE", "en-US", "en-GB", "no-NO", "")
NAMES = ("Sales", "Sales Nord", "Kundtjänst", "100% sure_thing", "2024")
GENERATED = 150


@dataclass
class World:
    """Forty recordings, and who looks at them."""

    user: User
    recordings: list[RecordingJob]


@pytest.fixture
def world() -> Iterator[World]:
    """Recordings at every boundary, and others by chance; the person sees three of five numbers."""
    chance = random.Random(5)
    teams = [factories.team(name=name) for name in NAMES]
    policies = [
        factories.policy({"otherwise_record": True, "route": factories.CONNECT}, name=name) for name in NAMES[:3]
    ]
    numbers = [factories.number(team=team, label=name) for team, name in zip(teams, ("", *NAMES[1:]), strict=True)]
    places = [factories.destination(name=name) for name in NAMES[:3]]
    for number in numbers:
        number.past_policies.set(policies)
        number.past_destinations.set(places)
    user = factories.user(teams=teams[:3])
    user.time_zone = ZONE.key
    user.save()
    tags = [Tag.objects.create(name=name) for name in ("vip", "vip customer", "klagomål")]
    moments = [MIDNIGHT + days * timedelta(days=1) + offset for days in (0, 1, 31) for offset in (-SECOND, 0 * SECOND)]
    made = []
    for index in range(40):
        decided = chance.choice([None, *policies])
        call = factories.call(number=chance.choice(numbers))
        decision = decided and Decision.objects.create(
            call=call, outcome="record", reason="rule_records", policy_version=decided.published
        )
        make, more = chance.choice(
            [
                (factories.recording, {}),
                (factories.deleted, {}),
                *((factories.overdue, {"overdue_kind": kind}) for kind in OverdueKind),
            ]
        )
        recording = make(
            call=call, decision=decision, duration=chance.choice(LENGTHS), caller=chance.choice(CALLERS),
            locale=chance.choice(LOCALES), destination=chance.choice(places),
            happened_at=moments[index % len(moments)].astimezone(UTC),
            direction=chance.choice(["inbound", "outbound", "callout", "unknown"]), **more,
        )  # fmt: skip
        transcript = factories.transcript(recording, [(0.0, "Speaker 1", "hello")], locale=recording.locale)
        if chance.random() < 0.3:
            RecordingTag.objects.create(recording=recording, tag=chance.choice(tags), author=user)
        if chance.random() < 0.3:
            Comment.objects.create(recording=recording, author=user, text="x", at=0)
        if chance.random() < 0.3:
            LineCorrection.objects.create(transcript=transcript, position=0, text="x", author=user)
        if chance.random() < 0.5:
            heard = factories.LONG_AGO if chance.random() < 0.5 else None
            Listening.objects.create(recording=recording, user=user, played_at=heard)
        search.index(transcript)
        made.append(recording)
    with timezone.override(ZONE):
        yield World(user, made)


def listed(world: World, **filters: object) -> set[object]:
    """What the list has, narrowed by these filters."""
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in filters.items()})
    form = FilterForm(query, world.user)
    assert form.is_valid(), (filters, form.errors)
    rows = narrowing.narrowed(RecordingJob.objects.visible_to(world.user), form)
    return set(rows.values_list("pk", flat=True))


def searched(world: World, query: str) -> set[object]:
    """What the search finds."""
    node = parse(query, now=timezone.now(), zone=ZONE)
    found = engine().find(scoped(compiled(node), world.user), size=1000).ids
    return set(IndexedRecording.objects.filter(pk__in=found).values_list("recording", flat=True))


TYPED = {
    "direction": ["inbound", "Outbound", "callouts", "unknown"],
    "state": [*STATES, "Not recorded", "MISSING"],
    "since": ["2026-03-05", "2026-03-06", "2026-03", "5.3.2026", "yesterday", "march 2026"],
    "until": ["2026-03-05", "2026-03-04", "2026-04", "2026-03-05..2026-03-06", "last year"],
    "longer": ["0", "60", "1:00", "1m", "2:05", "1h"],
    "shorter": ["0", "60", "1:00", "1m", "2:05", "1h"],
    "caller": [
        "+46 70 123 45 67", "0701234567", "070-123 45 67", "4567", "46", "anna", "ANONYMOUS", "sip:anna.4567", "100%",
        "08 765 43 21", "_",
    ],
    "version": ["1", "v1", "2"],
    "locale": ["sv", "sv-SE", "SV_se", "swedish", "en", "norwegian", "%"],
    "heard": ["yes", "no"],
}  # fmt: skip
# Criteria whose list's value picks a row, and those that search alone has.
PICKED, SEARCH_ONLY, LIST_ONLY = (
    {"number", "team", "policy", "destination", "tag"}, {"before", "on", "has"}, {"transcript", "comment", "correction"}
)  # fmt: skip


def test_every_criterion_is_compared() -> None:
    assert {each.name for each in CRITERIA} == {*TYPED, *PICKED, *SEARCH_ONLY, *LIST_ONLY}
    assert set(LISTED) == {*TYPED, *PICKED, *LIST_ONLY}
    assert {each.name for each in SEARCHED.values()} == {*TYPED, *PICKED, *SEARCH_ONLY}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_finds_the_same_in_both(world: World, name: str) -> None:
    found = []
    for value in TYPED[name]:
        if not any(each.isalnum() for each in value):
            continue  # not a value: a letter or digit is missing
        found.append(listed(world, **{name: value}))
        for field in LISTED[name].fields:
            assert searched(world, f"{field}:{quoted(value)}") == found[-1], (field, value)
    assert any(found)
    assert any(each != found[0] for each in found)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("number", [*NAMES[1:4], "+46", "20000"]),
        ("team", [*NAMES, "kundtjanst", "sales n"]),
        ("policy", [*NAMES, "SALES"]),
        ("destination", [*NAMES, "nord"]),
        ("tag", ["vip", "VIP", "klagomal", "vip customer", "vi"]),
    ],
)
def test_a_name_finds_in_search_what_the_rows_that_it_names_have_in_the_list(
    world: World, name: str, rows: list[str]
) -> None:
    criterion = LISTED[name]
    for text in rows:
        keys = criterion.named(text, world.user)
        in_list = [listed(world, **{name: key}) for key in keys]
        assert searched(world, f"{name}:{quoted(text)}") == set().union(*in_list), text
    assert any(criterion.named(text, world.user) for text in rows)


def test_each_row_that_one_may_pick_narrows_to_its_own_recordings(world: World) -> None:
    mine = {each.pk: each for each in RecordingJob.objects.visible_to(world.user)}
    for number in PhoneNumber.objects.visible_to(world.user):
        assert listed(world, number=number.pk) == {pk for pk, each in mine.items() if each.number_id == number.pk}
        assert listed(world, number=number.pk) == searched(world, f"number:{number.e164}")
    for team in world.user.teams.all():
        assert listed(world, team=team.pk) == {pk for pk, each in mine.items() if each.number.team_id == team.pk}
    for place in Destination.objects.all():
        assert listed(world, destination=place.pk) == {
            pk for pk, each in mine.items() if each.destination_id == place.pk
        }
    for policy in Policy.objects.all():
        own = {
            pk for pk, each in mine.items() if each.decision and each.decision.policy_version_id == policy.published_id
        }
        assert listed(world, policy=policy.pk) == own
    assert Team.objects.count() > world.user.teams.count()


@pytest.mark.parametrize("name", ["transcript", "comment", "correction"])
def test_what_a_recording_has_is_the_same_in_both(world: World, name: str) -> None:
    assert searched(world, f"has:{name}") == listed(world, **{name: "yes"})
    assert searched(world, f"NOT has:{name}") == listed(world, **{name: "no"})
    assert listed(world, **{name: "yes"}) | listed(world, **{name: "no"}) == listed(world)


def test_days_begin_and_end_at_the_midnights_of_who_asks_and_lengths_include_their_ends(world: World) -> None:
    mine = RecordingJob.objects.visible_to(world.user)
    day = timedelta(days=1)

    def began(start: datetime | None, end: datetime | None) -> set[object]:
        rows = mine.filter(happened_at__gte=start) if start else mine
        return set((rows.filter(happened_at__lt=end) if end else rows).values_list("pk", flat=True))

    assert listed(world, since="2026-03-05") == searched(world, "after:2026-03-05") == began(MIDNIGHT, None)
    assert listed(world, until="2026-03-05") == searched(world, "until:2026-03-05") == began(None, MIDNIGHT + day)
    assert searched(world, "before:2026-03-05") == listed(world, until="2026-03-04") == began(None, MIDNIGHT)
    assert searched(world, "on:2026-03-05") == began(MIDNIGHT, MIDNIGHT + day)
    assert listed(world, since="2026-03-05", until="2026-03-05") == began(MIDNIGHT, MIDNIGHT + day)
    exactly = {each.pk for each in mine if each.duration == 60.0}
    assert listed(world, longer="60", shorter="1:00") == searched(world, "longer:1m shorter:60") == exactly != set()


def test_late_missing_and_overdue_are_distinct_and_deleted_ones_are_none_of_them(world: World) -> None:
    mine = list(RecordingJob.objects.visible_to(world.user))
    for state in ("late", "missing"):
        assert listed(world, state=state) == searched(world, f"state:{state}")
        assert listed(world, state=state) == {each.pk for each in mine if shown_state(each) == state} != set()
    assert listed(world, state="overdue") == listed(world, state="late") | listed(world, state="missing")


def test_values_by_chance_find_the_same_in_both(world: World) -> None:
    chance = random.Random(11)
    for _ in range(GENERATED):
        name = chance.choice(["since", "until", "longer", "shorter", "caller", "locale", "state", "version"])
        value = generated(chance, name)
        negated = chance.random() < 0.3
        found = searched(world, f"{'NOT ' if negated else ''}{name}:{quoted(value)}")
        in_list = listed(world, **{name: value})
        assert found == (listed(world) - in_list if negated else in_list), (name, value)


def generated(chance: random.Random, name: str) -> str:
    """A value of a criterion."""
    match name:
        case "since" | "until":
            day = MIDNIGHT.date() + timedelta(days=chance.randint(-40, 40))
            return chance.choice([f"{day}", f"{day:%Y-%m}", f"{day:%d.%m.%Y}", f"{chance.randint(1, 300)} days ago"])
        case "longer" | "shorter":
            seconds = int(chance.choice(LENGTHS)) + chance.randint(0, 1)
            return chance.choice([f"{seconds}", f"{seconds // 60}:{seconds % 60:02}", f"{seconds // 60}m"])
        case "caller":
            whole = chance.choice(CALLERS) or "x1"
            start = chance.randint(0, len(whole) - 2)
            return whole[start : start + chance.randint(2, 14)].strip(".:@") or "4"
        case "locale":
            return chance.choice([each for each in LOCALES if each])[: chance.randint(1, 5)].strip("-")
        case "state":
            return chance.choice(STATES)
        case _:
            return str(chance.randint(1, 3))
