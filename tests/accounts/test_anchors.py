"""The head of the audit trail is kept outside each day, and what was cut off or altered since is noticed."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from recordings_site.accounts import anchors, audit
from recordings_site.accounts.anchor_places import Anchor, AnchorFile, parse
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations.anchor_bucket import places
from recordings_site.destinations.models import Destination
from tests import factories
from tests.accounts.test_audit import without_triggers

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def boss(settings: Any, tmp_path: Path) -> User:
    """Somebody to alert, and a trail of three rows whose anchors are kept in a file."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors" / "heads.jsonl")
    for _ in range(3):
        audit.record(by=None, action="thing.done")
    return factories.admin(email="boss@example.com")


@pytest.fixture
def bucket(settings: Any) -> Destination:
    """A destination in which they are kept as well."""
    made = factories.destination(name="Anchors", prefix="trail/")
    settings.AUDIT_ANCHOR_DESTINATION = made.name
    return made


def file() -> Path:
    """The file of a test."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def objects(bucket: Destination) -> list[Path]:
    """The objects of a test, the earliest day first."""
    return sorted((Path(settings.LOCAL_STORE_ROOT) / bucket.bucket).rglob("audit-anchors/*"))


def anchor(at: datetime) -> None:
    """What a worker does each hour."""
    anchors.anchor_if_due(at, places())


def delete(**rows: Any) -> None:
    """Delete rows as somebody would who is master of the database."""
    without_triggers(lambda: AuditEvent.objects.filter(**rows)._raw_delete("default"))


def alerts() -> list[str]:
    """What the admins were told of breaks."""
    return [str(message.body) for message in mail.outbox if "changed" in message.subject]


def test_there_is_one_anchor_a_day_in_each_place_and_each_is_mailed_where_that_is_wished(
    bucket: Destination, settings: Any
) -> None:
    settings.AUDIT_ANCHOR_EMAIL = "auditor@example.org"
    for hours in (0, 1, 5, 24, 25):
        anchor(NIGHT + timedelta(hours=hours))
    kept = [parse(line) for line in file().read_text().splitlines()]
    assert [each.day for each in kept] == ["2026-03-02", "2026-03-03"]
    assert [parse(each.read_text()) for each in objects(bucket)] == kept
    assert [each.name for each in objects(bucket)] == ["2026-03-02.json", "2026-03-03.json"]
    assert AuditEvent.objects.filter(pk=kept[-1].id, chain=kept[-1].head).exists()
    assert [message.to for message in mail.outbox] == [["auditor@example.org"]] * 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_start_together_anchor_once(bucket: Destination, monkeypatch: pytest.MonkeyPatch) -> None:
    both, newest, looked = threading.Barrier(2), AnchorFile.newest, set[int]()

    def at_the_same_time(place: AnchorFile) -> Anchor | None:
        found = newest(place)
        if threading.get_ident() not in looked:
            looked.add(threading.get_ident())
            both.wait(30)
        return found

    def work(_: int) -> None:
        try:
            anchor(NIGHT)
        finally:
            connection.close()

    monkeypatch.setattr(AnchorFile, "newest", at_the_same_time)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    assert len(file().read_text().splitlines()) == len(objects(bucket)) == 1
    assert AuditEvent.objects.filter(action="audit.anchored").count() == 1


@pytest.mark.django_db(transaction=True)
def test_calls_are_stored_while_a_store_takes_its_time_over_an_anchor(monkeypatch: pytest.MonkeyPatch) -> None:
    keep, stored = AnchorFile.keep, list[bool]()

    def store() -> None:
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 100")
            factories.call()
            stored.append(True)
        finally:
            connection.close()

    def slowly(place: AnchorFile, anchor: Anchor) -> None:
        with ThreadPoolExecutor(1) as another:
            another.submit(store).result()
        keep(place, anchor)

    monkeypatch.setattr(AnchorFile, "keep", slowly)
    anchor(NIGHT)
    assert stored == [True]
    assert len(file().read_text().splitlines()) == 1


def test_each_machine_with_a_worker_keeps_a_file_of_its_own(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    anchor(NIGHT)
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "another" / "heads.jsonl")
    monkeypatch.setattr(socket, "gethostname", lambda: "machine-b")
    anchor(NIGHT + HOUR)
    assert alerts() == []
    assert len(file().read_text().splitlines()) == 1
    page = status_page(client)
    assert "heads.jsonl on machine-b" in page
    assert page.count("heads.jsonl on ") == 2


def cut_the_tail() -> None:
    delete(pk__gte=AuditEvent.objects.order_by("-id")[1].pk)


def empty_the_trail_and_write_another() -> None:
    delete()
    for _ in range(9):
        audit.record(by=None, action="thing.else")


def shift_all_ids_alike() -> None:
    without_triggers(lambda: AuditEvent.objects.update(id=F("id") + 100))


def replace_a_row() -> None:
    oldest = AuditEvent.objects.order_by("-id")[1]
    without_triggers(lambda: AuditEvent.objects.filter(pk=oldest.pk).update(chain="0" * 64))


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (cut_the_tail, "Rows were removed"),
        (empty_the_trail_and_write_another, "isn’t the row"),
        (shift_all_ids_alike, "is gone"),
        (replace_a_row, "isn’t the row"),
    ],
)
def test_what_was_done_to_the_trail_is_noticed_within_an_hour(
    attack: Callable[[], None], told: str, bucket: Destination
) -> None:
    anchor(NIGHT)
    attack()
    with pytest.raises(CommandError, match=told):
        call_command("verify_audit")
    anchor(NIGHT + HOUR)
    anchor(NIGHT + 2 * HOUR)
    [body] = alerts()
    assert told in body
    anchor(NIGHT + DAY)
    assert len(objects(bucket)) == 1, "a broken trail gets no new anchor"


def test_who_is_master_of_the_database_and_of_the_file_is_given_away_by_the_bucket(bucket: Destination) -> None:
    anchor(NIGHT)
    cut_the_tail()
    file().unlink()
    anchor(NIGHT + HOUR)
    [body] = alerts()
    assert "Rows were removed" in body


def test_a_row_altered_since_the_anchor_is_named_the_next_night() -> None:
    anchor(NIGHT)
    row = audit.record(by=None, action="thing.done")
    without_triggers(lambda: AuditEvent.objects.filter(pk=row.pk).update(action="thing.undone"))
    anchor(NIGHT + DAY)
    [body] = alerts()
    assert str(row.pk) in body


def test_an_anchor_that_was_taken_away_is_a_break(bucket: Destination) -> None:
    anchor(NIGHT)
    anchor(NIGHT + DAY)
    objects(bucket)[-1].unlink()
    anchor(NIGHT + DAY + HOUR)
    [body] = alerts()
    assert "The anchor of 2026-03-03 is missing from the destination Anchors." in body


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "[" * 4000,
        "\N{SNOWMAN}",
        '{"day": "2026-03-02", "head": "", "id": 0, "signature": "x"}',
        '{"day": "2026-03-02", "head": "", "id": 0, "signature": "\N{SNOWMAN}"}',
        "x" * 9000,
    ],
)
def test_an_anchor_that_the_site_did_not_sign_is_a_break(line: str, bucket: Destination) -> None:
    anchor(NIGHT)
    objects(bucket)[0].write_text(line)
    anchor(NIGHT + HOUR)
    assert "anchor" in alerts()[0]


def test_a_bucket_that_cannot_be_reached_is_reported_and_caught_up_with(bucket: Destination, client: Client) -> None:
    Destination.objects.update(archived_at=NIGHT)
    anchor(NIGHT)
    anchor(NIGHT + HOUR)
    assert len(file().read_text().splitlines()) == 1
    [message] = mail.outbox
    assert "No anchor can be saved in the destination Anchors" in str(message.body)
    assert "AUDIT_ANCHOR_DESTINATION" in status_page(client)
    Destination.objects.update(archived_at=None)
    anchor(NIGHT + 2 * HOUR)
    assert len(objects(bucket)) == 1
    assert "AUDIT_ANCHOR_DESTINATION" not in status_page(client)


def status_page(client: Client) -> str:
    """The status page, as an admin sees it."""
    client.force_login(User.objects.get(email="boss@example.com"))
    return client.get(reverse("status")).content.decode()


def test_the_status_page_says_where_the_trail_is_anchored_and_what_to_do_about_a_break(
    bucket: Destination, client: Client
) -> None:
    assert "Not anchored yet" in status_page(client)
    anchor(NIGHT)
    assert f"the destination Anchors and the file heads.jsonl on {socket.gethostname()}" in status_page(client)
    cut_the_tail()
    anchor(NIGHT + HOUR)
    page = status_page(client)
    assert "Audit trail: Row" in page
    assert "copy the database" in page


def test_an_admin_accepts_a_restored_trail_and_the_others_are_told(bucket: Destination, client: Client) -> None:
    anchor(NIGHT)
    cut_the_tail()
    anchor(NIGHT + HOUR)
    with pytest.raises(CommandError, match="--by"):
        call_command("verify_audit", "--anchor-anew", "Backup restored", "--by", "nobody@example.com")
    mail.outbox.clear()
    call_command("verify_audit", "--anchor-anew", "Backup restored", "--by", "boss@example.com")
    assert AuditEvent.objects.get(action="audit.anchored_anew").data == {"reason": "Backup restored"}
    assert "Backup restored" in str(mail.outbox[0].body)
    anchor(NIGHT + DAY)
    assert alerts() == []
    assert "Needs attention" not in status_page(client)


def test_a_trail_that_nobody_anchors_is_shown() -> None:
    assert anchors.trail(datetime.now(UTC)).problem == ""
    assert "two days" in anchors.trail(datetime.now(UTC) + 3 * DAY).problem


def forge(**fields: Any) -> None:
    """Add a row as somebody does who may add rows and has no key."""
    newest = AuditEvent.objects.order_by("-id")[0]
    AuditEvent.objects.create(**{"pk": newest.pk + 1, "at": newest.at, "chain": "0" * 64, "data": {}} | fields)


@pytest.mark.parametrize(
    "row",
    [
        {"action": "audit.anchored"},
        {"action": "audit.anchored", "data": {"day": "2999-01-01", "places": []}},
        {"action": "alert.audit.broken", "data": {"day": "2026-03-02", "problem": "Nothing at all"}},
        {"action": "alert.audit.not_anchored", "data": []},
        {"action": "thing.done", "chain": "\N{SNOWMAN}"},
        {"action": "thing.done", "data": {"count": 10**400}},
    ],
)
def test_a_forged_row_neither_stops_the_verification_nor_silences_the_alert(
    row: dict[str, Any], client: Client
) -> None:
    anchor(NIGHT)
    delete(action="audit.anchored")
    forge(**row)
    file().write_text(file().read_text().replace('"id": 3', '"id": 2'))
    anchor(NIGHT + HOUR)
    [body] = alerts()
    assert "Nothing at all" not in body
    page = status_page(client)
    assert "Needs attention" in page
    assert "Nothing at all" not in page


def test_a_trail_that_cannot_be_verified_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "verify", lambda *_, **__: 1 / 0)
    anchor(NIGHT)
    assert "The trail can’t be verified: ZeroDivisionError." in alerts()[0]
