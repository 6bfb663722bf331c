"""A page asks the database as often for fifty rows as for one, whatever page it is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import Role
from recordings_site.policies.engine import snapshot
from recordings_site.recordings import search
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.library.columns import COLUMNS
from recordings_site.recordings.models import (
    LineCorrection,
    Listening,
    Reconciliation,
    RecordingTag,
    SavedMatch,
    SavedSearch,
    Tag,
)
from recordings_site.tasks.models import Task
from tests import factories
from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, SUPPORT, World, small_world
from tests.sinch_posts import notify

pytestmark = pytest.mark.django_db
NARROWED = (
    "/search/?q=refund",
    "/search/?q=refund+OR+card&sort=best",
    "/search/?q=direction:inbound",
    "/search/summary/?q=refund",
    "/recordings/?state=available&longer=1&tag=vip",
    "/numbers/?q=4",
)


def add_one_of_each(world: World) -> None:
    """One more row of everything that a page lists, each with rows of its own around it."""
    support, admin, now = world.people[SUPPORT], world.people[ADMIN], timezone.now()
    team = factories.team()
    person = factories.user(Role.SUPPORT, teams=[team, *support.teams.all()])
    policy, place = factories.policy(), factories.destination(failing_since=now)
    number = factories.number(team=support.teams.get(), policy=policy)
    factories.number(team=team)
    call = factories.call(number=number, started_at=now, dice_reason="CALLBACKERROR", dice_received_at=now)
    live = factories.call(number=number, started_at=now, ended_at=None, dice_received_at=None, dice_result="")
    factories.recording(call=live, available_at=None, finished_at=None)
    recording = factories.recording(call=call, destination=place)
    recording.decision = factories.decision(call, policy_version=policy.published)
    recording.save()
    for late in ("late", "missing"):
        factories.overdue(number=number, overdue_since=now, overdue_kind=late)
    talk = tuple((float(second), f"Speaker {second % 2}", "a refund of the card") for second in range(3))
    search.index(factories.transcript(recording, talk))
    tag = Tag.objects.create(name=f"tag {recording.pk}")
    for each in (recording, world.recording):
        RecordingTag.objects.create(recording=each, tag=tag, author=person)
        annotations.add_comment(by=person, recording=each, at=1, end=None, text="?")
        Listening.objects.update_or_create(recording=each, user=admin, defaults={"position": 20, "played_at": None})
    LineCorrection.objects.create(transcript=world.recording.transcript, position=0, text="?", author=person)
    saved = SavedSearch.objects.create(owner=admin, name=f"Saved {recording.pk}", page="search", query="q=refund")
    SavedMatch.objects.create(saved=saved, recording=recording)
    Reconciliation.objects.create(destination=world.recording.destination, started_by=person, done_at=now)
    Task.objects.create(kind="recording.inspect", subject=str(recording.pk), dead_at=now)
    factories.delivery(number.application, notify("recording_finished"), call=world.recording.call, verdict="stale")
    audit.record(by=person, action="alert.of_a_test", subject=recording, data={})


def asked(client: Client, urls: list[str]) -> dict[str, int]:
    """How many statements each page takes. It is asked for twice: what a process keeps is kept by then, but for the
    snapshot of the policies, which is looked at once a second.
    """
    counts = {}
    for url in urls:
        client.get(url)
        snapshot.forget()
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts[url] = len(captured)
    return counts


def test_every_page_takes_as_many_queries_for_fifty_rows_as_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # How much a saved search finds is a search of its own, for each that one has saved.
    monkeypatch.setattr("recordings_site.recordings.saved.matching.count", lambda saved, user: (1, False))
    world = small_world()
    admin = world.people[ADMIN]
    admin.preferences = {"columns": [column.name for column in COLUMNS]}
    admin.save()
    client = Client()
    client.force_login(admin)
    add_one_of_each(world)
    urls = [*pages(client, world.values), *NARROWED]
    one = asked(client, urls)
    for _ in range(49):
        add_one_of_each(world)
    fifty = asked(client, urls)
    assert {url: (count, fifty[url]) for url, count in one.items() if count != fifty[url]} == {}
