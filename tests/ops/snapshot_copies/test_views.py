"""Fallbacks fetch the sealed policies with a token, and admins see how old each copy is."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops import health
from recordings_site.ops.models import Heartbeat, HeartbeatQuerySet
from recordings_site.ops.snapshot_copies.copies import FETCHED, NODE
from recordings_site.ops.worker.periodic import delete_expired
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TOKEN = "t" * 40


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    settings.SNAPSHOT_TOKEN = TOKEN
    snapshot.forget()


def ask(token: str = TOKEN, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Fetch as a fallback does."""
    found = Client().get("/snapshot", headers={"Authorization": f"Bearer {token}", **headers})
    return found.status_code, found.content, dict(found.items())


def test_it_is_handed_out_sealed_and_without_storage_credentials(settings: Settings) -> None:
    application = factories.application()
    factories.destination()
    status, body, headers = ask()
    opened = Keyring.parse(settings.CREDENTIALS_KEYS).open(body.decode(), snapshot_file.CONTEXT)
    assert status == 200
    assert application.key in opened
    assert application.key.encode() not in body
    assert factories.WRITE_CREDENTIALS not in opened
    assert headers["Cache-Control"] == "no-store"
    assert timezone.now() - parsedate_to_datetime(headers["Last-Modified"]) < timedelta(minutes=1)


def test_nobody_gets_it_without_the_token(settings: Settings) -> None:
    assert ask("wrong")[0] == 404
    assert ask("é")[0] == 404
    assert Client().get("/snapshot").status_code == 404
    assert Client().post("/snapshot", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405
    settings.SNAPSHOT_TOKEN = ""
    assert ask("")[0] == 404


def test_who_has_it_is_told_so_until_it_changes(settings: Settings) -> None:
    factories.application()
    etag = ask()[2]["ETag"]
    assert ask(**{"If-None-Match": etag})[:2] == (304, b"")
    factories.application()
    snapshot.forget()
    assert ask(**{"If-None-Match": etag})[0] == 200


def test_while_the_database_is_away_a_node_hands_out_what_it_has_with_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.application()
    snapshot.current()
    monkeypatch.setattr(snapshot._holder, "confirmed_at", 1_700_000_000.0)

    def refuse(*args: object, **named: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(snapshot, "current", refuse)
    monkeypatch.setattr(HeartbeatQuerySet, "beat", refuse)
    status, _, headers = ask(**{"X-Snapshot-Node": "fallback-1"})
    assert status == 200
    assert parsedate_to_datetime(headers["Last-Modified"]).timestamp() == 1_700_000_000
    snapshot.forget()
    assert ask()[0] == 503


def test_status_and_metrics_tell_who_has_a_copy_and_how_old_it_is() -> None:
    factories.application()
    ask(**{"X-Snapshot-Node": "fallback-1"})
    ask(**{"X-Snapshot-Node": "<b>not a name"})
    Heartbeat.objects.beat(NODE, process="node-1")
    admin = Client()
    admin.force_login(factories.admin())
    page = admin.get(reverse("status")).content.decode()
    assert "fallback-1" in page
    assert "node-1" in page
    assert "not a name" not in page
    assert "No problems found" in page
    Heartbeat.objects.filter(kind=FETCHED).update(at=timezone.now() - timedelta(minutes=11))
    page = admin.get(reverse("status")).content.decode()
    assert "Old" in page
    assert "No problems found" not in page
    at = Heartbeat.objects.get(kind=FETCHED).at.timestamp()
    metrics = health.everything().decode().splitlines()
    (line,) = [text for text in metrics if text.startswith("recordings_site_fallback_fetched")]
    assert abs(float(line.rpartition(" ")[2]) - at) < 1


def test_a_fallback_that_is_silent_is_remembered_for_a_week_and_a_node_for_a_day() -> None:
    for kind, days in ((FETCHED, 6), (NODE, 2)):
        Heartbeat.objects.beat(kind, process="machine")
        Heartbeat.objects.filter(kind=kind).update(at=timezone.now() - timedelta(days=days))
    delete_expired()
    assert [beat.kind for beat in Heartbeat.objects.all()] == [FETCHED]
    Heartbeat.objects.update(at=timezone.now() - timedelta(days=8))
    delete_expired()
    assert not Heartbeat.objects.exists()
