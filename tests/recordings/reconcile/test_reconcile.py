"""Walks through a store bring in what is there, exactly once, tell what is not, and go on after an interruption."""

import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.destinations import actions as destination_actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import Reconciliation, RecordingJob, State
from recordings_site.recordings.reconcile import walk
from recordings_site.recordings.reconcile.actions import request_reconciliation
from recordings_site.sinch.uploads.destination_url import generated_name, transcript_key
from recordings_site.storage import ObjectPage, ObjectStat, StoreUnavailable
from recordings_site.storage.local.adapter import LocalStore
from recordings_site.tasks import registry
from recordings_site.tasks.models import Task
from tests import factories
from tests.destinations import made as destinations
from tests.stores import swift as s3
from tests.stores.swift import Swift

pytestmark = pytest.mark.django_db
THEN = factories.LONG_AGO


@pytest.fixture
def number() -> PhoneNumber:
    return factories.number(application=factories.application(key="app-key"))


def expected(number: PhoneNumber, call_id: str = "call-1", **facts: Any) -> RecordingJob:
    """A recording of a call that began then and is not over yet."""
    call = factories.call(number=number, call_id=call_id, started_at=THEN, dice_received_at=None)
    return factories.recording(call=call, **facts)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> LocalStore:
    settings.LOCAL_STORE_ROOT = tmp_path
    return LocalStore(tmp_path / "demo")


@pytest.fixture
def destination(store: LocalStore) -> Destination:
    return destination_actions.create_destination(
        by=None, name="Demo", kind="local", bucket="demo", prefix="calls/", sets=CredentialSets("t" * 24)
    )


def walked(destination: Destination, **about: Any) -> dict[str, int]:
    """The counts of a whole walk, without the zeros."""
    run = request_reconciliation(by=None, destination=destination, **about)
    walk.walk(run)
    run.refresh_from_db()
    assert run.done_at is not None
    return {name: count for name, count in run.counts.items() if count}


def put(store: LocalStore, key: str, *, transcript: bool = False) -> None:
    store.write(key, b"ID3 audio", content_type="audio/mpeg")
    if transcript:
        store.write(transcript_key(key), b"{}", content_type="application/json")


@pytest.mark.parametrize(
    ("audio", "transcript"),
    [
        ("calls/X.MP3", "calls/X-transcript.json"),
        ("calls/x.Wav", "calls/x-transcript.json"),
        ("calls/a b%.mp3", "calls/a b%-Transcript.JSON"),
    ],
)
def test_an_adopted_recording_has_its_transcript_whatever_the_case_of_their_endings_and_its_words_have_forms(
    store: LocalStore, destination: Destination, audio: str, transcript: str
) -> None:
    store.write(audio, b"ID3 audio", content_type="audio/mpeg")
    said = json.dumps({"lines": [{"timestamp": 1, "text": "Please send me the invoices again."}]}).encode()
    store.write(transcript, said, content_type="application/json")
    assert walked(destination) == {"objects": 2, "adopted": 1, "transcripts": 1}
    drain(registry.load())
    job = RecordingJob.objects.get()
    assert (job.transcript.locale, job.transcript.locale_source, job.locale) == ("en", "guessed", "en")
    assert job.format == audio[-3:].lower()
    admin = factories.admin()
    asked = search.read("invoice", now=timezone.now(), zone=admin.zone)
    assert asked.node is not None
    assert search.finds(asked.node, job, user=admin)


def test_a_recording_whose_notification_was_lost_is_linked_with_its_transcript(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    job = expected(number, destination=destination, key="calls/a/one.mp3", available_at=None)
    put(store, job.key, transcript=True)
    assert walked(destination) == {"objects": 2, "linked": 1, "transcripts": 1}
    job.refresh_from_db()
    assert job.state == State.AVAILABLE
    assert job.transcript_available_at is not None
    assert {task.kind for task in Task.objects.all()} >= {"recording.inspect", "transcript.load"}
    assert walked(destination) == {"objects": 2, "known": 1}


def test_a_generated_name_links_to_the_call_that_left_the_name_to_sinch(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    job = expected(number, destination=destination, key="", folder="calls/", available_at=None)
    key = "calls/" + generated_name(THEN, "app-key", "call-1", "mp3")
    put(store, key, transcript=True)
    assert walked(destination) == {"objects": 2, "linked": 1, "transcripts": 1}
    job.refresh_from_db()
    assert (job.key, job.state) == (key, State.AVAILABLE)


def test_the_id_in_our_own_name_links_wherever_the_file_was_moved(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    job = expected(number, destination=destination, key="calls/old/place.mp3", available_at=None)
    key = f"calls/2026-03-02/46800000001/call-1-{job.pk}.mp3"
    put(store, key)
    assert walked(destination) == {"objects": 1, "linked": 1}
    job.refresh_from_db()
    assert job.key == key


def test_an_orphan_is_adopted_with_what_its_name_tells(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    put(store, "calls/" + generated_name(THEN, "app-key", "call_of-old", "wav"), transcript=True)
    put(store, "calls/" + generated_name(THEN, "not-ours", "other", "mp3"))
    put(store, "calls/talk.mp3")
    store.write("calls/notes.txt", b"", content_type="text/plain")
    assert walked(destination) == {"objects": 5, "adopted": 3, "transcripts": 1, "others": 1}
    adopted = RecordingJob.objects.get(call__isnull=False)
    assert adopted.call is not None
    assert (adopted.call.call_id, adopted.happened_at, adopted.format) == ("call_of-old", THEN, "wav")
    assert set(RecordingJob.objects.values_list("origin", "number")) == {("adopted", None)}
    assert AuditEvent.objects.filter(action="recording.adopted").count() == 3
    assert walked(destination) == {"objects": 5, "known": 3, "others": 1}


def test_a_second_recording_of_a_call_is_no_others(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    job = expected(number, destination=destination, key="calls/z/own.mp3", available_at=None)
    put(store, "calls/" + generated_name(THEN, "app-key", "call-1", "mp3"))
    put(store, "calls/z/own.mp3")
    assert walked(destination) == {"objects": 2, "linked": 1, "adopted": 1}
    job.refresh_from_db()
    assert job.key == "calls/z/own.mp3"
    assert sorted(RecordingJob.objects.filter(call=job.call).values_list("ordinal", flat=True)) == [1, 2]


def test_a_conference_without_a_date_belongs_to_its_session(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    session = ConferenceSession.objects.create(
        application=number.application, conference_id="daily", number=number, opened_at=THEN
    )
    number.application.key = "5f1c9a52-0f0e-4f5e-9c55-8d4a4c1f2a11"
    number.application.save()
    put(store, f"calls/{number.application.key}_daily.mp3")
    assert walked(destination) == {"objects": 1, "adopted": 1}
    adopted = RecordingJob.objects.get()
    assert (adopted.conference_session, adopted.number) == (session, number)
    assert not Call.objects.exists()


def test_what_is_gone_or_never_came_is_told_and_cleared_by_its_return(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    gone = expected(number, destination=destination, key="calls/gone.mp3")
    never = expected(number, "call-2", destination=destination, key="calls/never.mp3", available_at=None)
    Call.objects.filter(call_id="call-2").update(dice_received_at=timezone.now() - timedelta(days=1))
    fresh = expected(number, "call-3", destination=destination, key="calls/soon.mp3", available_at=None)
    assert walked(destination) == {"missing": 2}
    for job in (gone, never, fresh):
        job.refresh_from_db()
    assert "no longer in storage" in sentences.reason(gone)
    assert "not found in storage on" in sentences.reason(never)
    assert fresh.overdue_since is None
    assert walked(destination) == {}
    put(store, gone.key)
    put(store, never.key)
    assert walked(destination) == {"objects": 2, "known": 1, "linked": 1}
    for job in (gone, never):
        job.refresh_from_db()
    assert (gone.problem_code, never.overdue_since, never.state) == ("", None, State.AVAILABLE)


def test_what_was_deleted_on_purpose_is_deleted_until_it_returns(
    client: Client, store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    gone, kept = (
        expected(number, f"call-{name}", destination=destination, key=f"calls/{name}.mp3") for name in ("gone", "kept")
    )
    put(store, kept.key)
    assert walked(destination) == {"objects": 1, "known": 1, "missing": 1}
    admin = factories.admin()
    client.force_login(admin)
    url = f"/destinations/{destination.pk}/reconcile/"
    assert client.post(url, {"since": "", "gone_is_deleted": "on"}).status_code == 302
    drain(registry.load())
    for job in (gone, kept):
        job.refresh_from_db()
    assert (gone.state, gone.problem_code, kept.state) == (State.DELETED, "", State.AVAILABLE)
    assert "no longer in storage" in sentences.deleted(gone)
    entry = AuditEvent.objects.get(action="recording.deleted")
    assert (entry.actor_id, entry.subject_id) == (admin.pk, str(gone.pk))
    assert client.get(reverse("recording_audio", args=[gone.pk])).status_code == 410
    assert "no longer in storage" in client.get(f"/recordings/{gone.pk}/").content.decode()
    # Whoever puts it back has it played again.
    put(store, gone.key)
    assert walked(destination, gone_is_deleted=True) == {"objects": 2, "known": 2}
    gone.refresh_from_db()
    assert (gone.state, gone.deleted_at, gone.deleted_code) == (State.AVAILABLE, None, "")


def test_since_leaves_older_objects_alone_and_calls_none_of_them_missing(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    expected(number, destination=destination, key="calls/known.mp3")
    put(store, "calls/known.mp3")
    put(store, "calls/orphan.mp3")
    assert walked(destination, since=timezone.now() + timedelta(hours=1)) == {}
    assert RecordingJob.objects.get().problem_code == ""


def test_an_interrupted_walk_goes_on_where_it_stood(
    store: LocalStore, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PAGE", 2)
    for number in range(7):
        put(store, f"calls/{number}.mp3")
    asked: list[str | None] = []
    listing = LocalStore.list

    def failing(self: LocalStore, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        asked.append(token)
        if len(asked) == 3:
            raise StoreUnavailable("It broke off.")
        return listing(self, prefix, token=token, limit=limit)

    monkeypatch.setattr(LocalStore, "list", failing)
    with pytest.raises(StoreUnavailable):
        walked(destination)
    assert Reconciliation.objects.get().error == "It broke off."
    assert RecordingJob.objects.count() == 4
    assert walked(destination) == {"objects": 7, "adopted": 7}
    assert asked[2] == asked[3] == "calls/3.mp3"
    assert Reconciliation.objects.count() == 1


def test_a_walk_that_was_killed_within_a_page_counts_nothing_twice(
    store: LocalStore, destination: Destination, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected(number, destination=destination, key="calls/awaited.mp3", available_at=None)
    put(store, "calls/awaited.mp3", transcript=True)
    put(store, "calls/" + generated_name(THEN, "app-key", "call-1", "mp3"))
    for index in range(3):
        put(store, f"calls/{index}.mp3", transcript=True)
        put(store, "calls/" + generated_name(THEN, "app-key", f"new-{index}", "mp3"))
    counted = {"objects": 12, "linked": 1, "adopted": 7, "transcripts": 4}
    for step in ("_link_all", "_link", "_transcripts"):
        with monkeypatch.context() as broken:

            def dies(*given: Any, **named: Any) -> None:
                raise RuntimeError("killed")

            broken.setattr(walk, step, dies)
            with pytest.raises(RuntimeError):
                walked(destination)
    assert Reconciliation.objects.get().counts["objects"] < 12
    assert walked(destination) == counted


def test_a_walk_is_stopped_after_its_page_and_resumed(
    client: Client, store: LocalStore, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PAGE", 2)
    for index in range(6):
        put(store, f"calls/{index}.mp3")
    admin = factories.admin()
    client.force_login(admin)
    url = f"/destinations/{destination.pk}/reconcile/"
    run = request_reconciliation(by=admin, destination=destination)

    def stop(run: Reconciliation) -> None:
        client.post(f"{url}stop/")

    walk.walk(run, on_page=stop)
    run.refresh_from_db()
    assert (run.counts["objects"], run.done_at, run.is_running) == (2, None, False)
    drain(registry.load())  # its task is still there, and does nothing
    run.refresh_from_db()
    assert run.counts["objects"] == 2
    page = client.get(url).content.decode()
    assert "Stopped" in page
    assert "Resume import" in page
    assert "hx-trigger" not in page.partition('<div id="runs"')[2].partition(">")[0]
    client.post(url, {"since": ""})
    drain(registry.load())
    run.refresh_from_db()
    assert (run.counts["objects"], run.counts["adopted"]) == (6, 6)
    assert run.done_at is not None
    actions = AuditEvent.objects.filter(action__startswith="destination.reconcile").values_list("action", flat=True)
    assert [name.partition("_")[2] for name in actions.order_by("id")] == ["requested", "stopped", "resumed", ""]


def test_how_far_a_walk_is_is_said_against_the_last_one(
    client: Client, store: LocalStore, destination: Destination
) -> None:
    client.force_login(factories.admin())
    url = f"/destinations/{destination.pk}/reconcile/"
    now = timezone.now()
    earlier = Reconciliation.objects.create(destination=destination, counts={"objects": 9000}, done_at=now)
    run = request_reconciliation(by=None, destination=destination)
    Reconciliation.objects.filter(pk=run.pk).update(
        counts={"objects": 3000}, resumed_from=1000, resumed_at=now - timedelta(seconds=20), progressed_at=now
    )
    page = client.get(url).content.decode()
    assert "3,000 of about 9,000 files, 100 a second, about 1:00 left" in page
    so_far = "3,000 files so far, 100 a second"
    Reconciliation.objects.filter(pk=run.pk).update(since=now)
    assert so_far in client.get(url).content.decode(), "the last one counted files of all days"
    Reconciliation.objects.filter(pk=run.pk).update(since=None)
    Reconciliation.objects.filter(pk=earlier.pk).update(counts={"objects": 2999})
    assert so_far in client.get(url).content.decode(), "there are more than last time"
    earlier.delete()
    assert so_far in client.get(url).content.decode()


def test_transcripts_that_come_a_page_before_their_recordings_find_them(
    store: LocalStore, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PAGE", 1)
    for number in range(3):
        put(store, f"calls/{number}.mp3", transcript=True)
    store.write("calls/lone-transcript.json", b"{}", content_type="application/json")
    assert walked(destination) == {"objects": 7, "adopted": 3, "transcripts": 3, "lone_transcripts": 1}


def test_what_is_carried_from_page_to_page_never_grows(
    store: LocalStore, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = []

    def listing(self: LocalStore, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        page = int(token or 0)
        carried.append(len(Reconciliation.objects.get().waiting))
        keys = (f"{prefix}{page:03}-{index:04}-transcript.json" for index in range(limit))
        stats = tuple(ObjectStat(key, 2, '"1"', THEN) for key in keys)
        return ObjectPage(stats, str(page + 1) if page < 9 else None)

    monkeypatch.setattr(LocalStore, "list", listing)
    assert walked(destination) == {"objects": 10_000, "lone_transcripts": 10_000}
    assert max(carried) == 1000


def test_all_that_was_lost_is_linked_in_one_walk_and_nothing_wrongly(
    store: LocalStore, destination: Destination, number: PhoneNumber
) -> None:
    chance = random.Random(7)
    keys = {}
    for index in range(200):
        call_id = f"call-{index}"
        named = chance.random() < 0.5
        lost = chance.random() < 0.3
        generated = "calls/" + generated_name(THEN + timedelta(seconds=index), "app-key", call_id, "mp3")
        key = f"calls/2026/{call_id}-x.mp3" if named else generated
        known = key if named or not lost else ""
        job = expected(
            number, call_id, destination=destination, key=known, folder="" if named else "calls/",
            available_at=None if lost else THEN,
        )  # fmt: skip
        put(store, key)
        keys[job.pk] = key
    counts = walked(destination)
    assert counts["objects"] == 200
    assert "adopted" not in counts
    assert dict(RecordingJob.objects.values_list("pk", "key")) == keys
    assert not RecordingJob.objects.exclude(state=State.AVAILABLE).exists()


def test_the_command_tells_what_it_found(store: LocalStore, destination: Destination) -> None:
    put(store, "calls/one.mp3")
    out = io.StringIO()
    call_command("reconcile", "Demo", "--since", "2020-01-01", stdout=out, stderr=out)
    assert "Demo: objects 1, known 0, linked 0, adopted 1, transcripts 0" in out.getvalue()
    store.delete("calls/one.mp3")
    call_command("reconcile", "Demo", "--gone-is-deleted", stdout=out, stderr=out)
    assert RecordingJob.objects.get().state == State.DELETED
    with pytest.raises(CommandError, match="No destination is named “Other”"):
        call_command("reconcile", "Other")
    with pytest.raises(CommandError, match="isn’t a date or time"):
        call_command("reconcile", "Demo", "--since", "yesterday")


@pytest.mark.stores
def test_a_real_store_is_walked_with_the_read_set_alone(swift: Swift, fresh_name: Callable[[], str]) -> None:
    destination = destinations.on_swift(swift, swift.make_bucket(fresh_name()))
    store = destination.write_store()
    for number in range(3):
        store.write(f"calls/{number}.mp3", b"ID3", content_type="audio/mpeg")
    store.write("elsewhere/4.mp3", b"ID3", content_type="audio/mpeg")
    assert walked(destination) == {"objects": 3, "adopted": 3}
    destination_actions.replace_credentials(
        by=None, destination=destination, sets=CredentialSets(read=f"{s3.READER[0]}:wr0ng")
    )
    out = io.StringIO()
    with pytest.raises(CommandError, match="Not every destination"):
        call_command("reconcile", stderr=out)
    assert "secret key doesn’t match" in out.getvalue()


def test_an_admin_starts_a_walk_and_watches_it(client: Client, store: LocalStore, destination: Destination) -> None:
    put(store, "calls/one.mp3")
    client.force_login(factories.admin())
    url = f"/destinations/{destination.pk}/reconcile/"
    assert client.post(url, {"since": "nonsense"}).status_code == 422
    assert client.post(url, {"since": ""}).status_code == 302
    under_way = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in under_way
    # What would not be heeded is not asked.
    assert 'name="since"' not in under_way
    assert 'name="gone_is_deleted"' not in under_way
    out = io.StringIO()
    call_command("reconcile", "Demo", "--gone-is-deleted", stdout=io.StringIO(), stderr=out)
    assert "an unfinished import is resumed" in out.getvalue()
    assert "missing files were deleted on purpose" not in client.get(url).content.decode()
    drain(registry.load())
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "runs"}).content.decode()
    assert part.startswith('<div id="runs"')
    assert "hx-trigger" not in part
    assert Reconciliation.objects.get().counts["adopted"] == 1
    client.post(url, {"since": "", "gone_is_deleted": "on"})
    drain(registry.load())
    assert "missing files were deleted on purpose" in client.get(url).content.decode()


@pytest.mark.parametrize(("role", "reads", "writes"), [("support", 404, 404), ("auditor", 200, 404)])
def test_others_start_none(client: Client, destination: Destination, role: Role, reads: int, writes: int) -> None:
    client.force_login(factories.user(role))
    url = f"/destinations/{destination.pk}/reconcile/"
    assert (client.get(url).status_code, client.post(url).status_code) == (reads, writes)
