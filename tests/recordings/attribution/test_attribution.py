"""Recordings without a number are given one by a rule: previewed, in batches that are resumed, audited, undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent
from recordings_site.ops.worker.loop import drain
from recordings_site.recordings import search
from recordings_site.recordings.attribution import actions
from recordings_site.recordings.attribution.rule import Rule
from recordings_site.recordings.models import Attribution, RecordingJob
from recordings_site.tasks import registry
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def admin(client: Client) -> Client:
    """An admin who is signed in."""
    client.force_login(factories.admin())
    return client


def alone(key: str = "", **facts: Any) -> RecordingJob:
    """A recording of a call whose number is unknown."""
    call = factories.call()
    call.number = None
    call.save()
    return factories.recording(call=call, number=None, **({"key": key} if key else {}), **facts)


def fresh(recording: RecordingJob) -> RecordingJob:
    return RecordingJob.objects.select_related("call").get(pk=recording.pk)


def worked_off() -> None:
    drain(registry.load())


def test_a_rule_means_what_its_destination_its_keys_and_its_days_say_and_nothing_that_has_a_number() -> None:
    place = factories.destination()
    one = alone("calls/support/a.mp3", destination=place, happened_at=factories.LONG_AGO)
    two = alone("calls/sales/a_1.mp3", happened_at=factories.LONG_AGO + DAY)
    factories.recording(key="calls/support/b.mp3", destination=place)
    factories.deleted(call=None, key="calls/support/gone.mp3", destination=place)

    def meant(**rule: Any) -> set[RecordingJob]:
        return set(Rule(**rule).matching())

    assert meant() == {one, two}
    assert meant(destination=place) == {one}
    assert meant(key_pattern="calls/s") == {one, two}
    assert meant(key_pattern="calls/*/a.mp3") == {one}
    assert meant(key_pattern="*_1.mp3") == {two}
    assert meant(key_pattern="calls_") == set()
    assert meant(key_pattern="calls/*/a.mp") == set()
    assert meant(since=factories.LONG_AGO + DAY) == {two}
    assert meant(until=factories.LONG_AGO + DAY) == {one}


def test_the_worker_assigns_in_batches_and_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    number, person = factories.number(), factories.admin()
    member = factories.user(teams=[number.team])
    recordings = [alone() for _ in range(5)]
    factories.transcript(recordings[0], lines=[(1.0, "1", "a refund please")])
    run = actions.start(by=person, rule=Rule(number=number), expected=5)
    assert actions.go_on(run.pk)
    run.refresh_from_db()
    assert (run.checked, run.assigned, run.done_at) == (2, 2, None)
    worked_off()
    run.refresh_from_db()
    assert (run.checked, run.assigned, run.is_running) == (5, 5, False)
    assert {(fresh(each).number, fresh(each).call.number) for each in recordings} == {(number, number)}
    assert set(RecordingJob.objects.visible_to(member)) == set(recordings)
    trail = AuditEvent.objects.filter(action="recording.assigned")
    assert {row.subject_id for row in trail} == {str(each.pk) for each in recordings}
    assert {row.actor_id for row in trail} == {person.pk}
    assert AuditEvent.objects.get(action="recordings.assigned").data == {"assigned": 5, "checked": 5}
    # Once more it finds nothing to do.
    assert not actions.go_on(run.pk)


def test_each_recording_gets_the_number_that_its_key_names_if_it_names_one_of_ours() -> None:
    one, two = factories.number(digits="46812345678"), factories.number(digits="46812345679")
    factories.number(digits="46812345670", archived_at=factories.LONG_AGO)
    named = {
        alone("calls/+46812345678/1.mp3"): one,
        alone("20260101-46812345679-x.mp3"): two,
        alone("46812345678/46812345679.mp3"): None,
        alone("calls/46812345670.mp3"): None,
        alone("calls/1468123456789.mp3"): None,
    }
    run = actions.start(by=factories.admin(), rule=Rule(), expected=5)
    worked_off()
    run.refresh_from_db()
    assert (run.checked, run.assigned) == (5, 2)
    assert {each: fresh(each).number for each in named} == named


def test_an_undo_takes_back_what_was_given_and_leaves_what_was_changed_since() -> None:
    number, other = factories.number(), factories.number()
    one, two = alone(), alone()
    person = factories.admin()
    run = actions.start(by=person, rule=Rule(number=number), expected=2)
    worked_off()
    RecordingJob.objects.filter(pk=two.pk).update(number=other)
    assert actions.request_undo(by=person, run=run)
    assert not actions.request_undo(by=person, run=run)
    worked_off()
    run.refresh_from_db()
    assert (run.undone_at is None, run.is_running) == (False, False)
    assert (fresh(one).number, fresh(one).call.number) == (None, None)
    assert fresh(two).number == other
    assert AuditEvent.objects.filter(action="recording.unassigned").count() == 1


def test_an_assignment_under_way_is_stopped_by_its_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 1)
    number, person = factories.number(), factories.admin()
    recordings = [alone() for _ in range(3)]
    run = actions.start(by=person, rule=Rule(number=number), expected=3)
    actions.go_on(run.pk)
    actions.request_undo(by=person, run=run)
    worked_off()
    assert {fresh(each).number for each in recordings} == {None}


def test_who_hears_them_now_finds_their_words() -> None:
    number = factories.number()
    member, recording = factories.user(teams=[number.team]), alone()
    factories.transcript(recording, lines=[(1.0, "1", "a refund please")])
    actions.start(by=factories.admin(), rule=Rule(number=number), expected=1)
    worked_off()
    asked = search.read("refund", now=factories.LONG_AGO, zone=member.zone)
    assert asked.node is not None
    assert search.finds(asked.node, fresh(recording), user=member)


def test_nothing_is_assigned_before_its_count_was_seen(admin: Client) -> None:
    number = factories.number()
    alone("calls/a.mp3")
    url, rule = reverse("attribution"), {"by": "one", "number": number.pk, "key_pattern": "calls/"}
    answer = admin.post(url, rule)
    preview, seen = answer.content.decode(), answer.context["preview"]
    assert "<strong>1</strong> recording matches" in preview
    assert f"calls/a.mp3</a> → {number}" in preview
    assert not Attribution.objects.exists()
    alone("calls/b.mp3")
    moved = admin.post(url, {**rule, "preview": seen})
    assert "Check the preview again" in moved.content.decode()
    # Another rule that matches as many was not seen either.
    other = {**rule, "key_pattern": "calls/*", "preview": moved.context["preview"]}
    assert "Check the preview again" in admin.post(url, other).content.decode()
    assert not Attribution.objects.exists()
    assert admin.post(url, {**rule, "preview": moved.context["preview"]}).status_code == 302
    worked_off()
    assert RecordingJob.objects.filter(number=number).count() == 2
    run = Attribution.objects.get()
    admin.post(reverse("attribution_undo", args=[run.pk]))
    worked_off()
    assert RecordingJob.objects.filter(number=None).count() == 2
    assert "Undone" in admin.get(url).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Choose a number"),
        ({"number": "999"}, "doesn’t exist"),
        ({"by": "key", "key_pattern": "*" * 5}, "Use at most 4 asterisks."),
        ({"by": "key", "key_pattern": "x" * 301}, "at most 300 characters"),
        ({"by": "key", "since": "2026-02-02", "until": "2026-02-01"}, "before the start date"),
        ({"by": "key", "since": "never"}, "valid date"),
    ],
)
def test_a_rule_that_makes_no_sense_says_what_to_change(admin: Client, wrong: dict[str, str], words: str) -> None:
    answer = admin.post(reverse("attribution"), {"by": "one", **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_auditor_looks_on_and_others_find_no_page(client: Client) -> None:
    number = factories.number()
    client.force_login(factories.user("auditor"))
    assert client.get(reverse("attribution")).status_code == 200
    assert client.post(reverse("attribution"), {"by": "one", "number": number.pk}).status_code == 404
    client.force_login(factories.user("supervisor"))
    assert client.get(reverse("attribution")).status_code == 404
