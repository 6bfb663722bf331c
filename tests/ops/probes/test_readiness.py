"""Load balancers learn what a node is fit for, by its IP and in clear, and strangers nothing more."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from recordings_site.ops.models import Heartbeat, HeartbeatQuerySet
from recordings_site.ops.probes import probe, readiness
from recordings_site.policies.engine import snapshot
from recordings_site.policies.revision.snapshot_loader import seal_to_file
from recordings_site.tasks.registry import enqueue
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_production_behind_a_proxy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ALLOWED_HOSTS = ["recordings.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr(probe, "KEEP_SECONDS", 0.0)
    readiness._lacks_static_files.cache_clear()
    yield
    readiness._lacks_static_files.cache_clear()


def ask(question: str) -> tuple[int, dict[str, str]]:
    """Ask as a load balancer does: by the node's IP, without TLS and without a proxy's headers."""
    answer = Client().get(f"/health/{question}", headers={"Host": "10.0.0.7:8000"})
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses connections."""

    def refuse(*args: object) -> None:
        raise OperationalError("connection refused to db.internal")

    monkeypatch.setattr("recordings_site.ops.probes.readiness.snapshot.current", refuse)
    monkeypatch.setattr(HeartbeatQuerySet, "beat", refuse)
    monkeypatch.setattr(HeartbeatQuerySet, "alive", refuse)


def test_a_well_node_is_fit_for_people_and_calls() -> None:
    assert ask("live") == (200, {"status": "ok"})
    assert ask("people") == (200, {"status": "ok", "database": "ok", "static_files": "ok"})
    assert ask("calls") == (200, {"status": "ok", "policies": "ok"})
    assert Client().post("/health/live").status_code == 405


@pytest.mark.usefixtures("no_database")
def test_a_node_that_cannot_write_is_fit_for_nobody_but_lives() -> None:
    assert ask("live")[0] == 200
    assert ask("people") == (503, {"status": "unavailable", "database": "OperationalError", "static_files": "ok"})


def test_a_node_answers_calls_from_memory_while_the_database_is_away(request: pytest.FixtureRequest) -> None:
    snapshot.current()
    request.getfixturevalue("no_database")
    assert ask("calls") == (200, {"status": "ok", "policies": "in_memory"})


def test_a_node_that_started_without_a_database_answers_calls_from_the_file(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> None:
    settings.SNAPSHOT_FILE = f"{tmp_path}/snapshot.sealed"
    factories.application()
    seal_to_file(Path(settings.SNAPSHOT_FILE))
    snapshot.forget()
    request.getfixturevalue("no_database")
    assert ask("calls") == (200, {"status": "ok", "policies": "from_file"})


@pytest.mark.usefixtures("no_database")
def test_a_node_without_database_and_without_file_is_not_sent_calls(settings: Settings) -> None:
    settings.SNAPSHOT_FILE = ""
    assert ask("calls") == (503, {"status": "unavailable", "policies": "missing"})


def test_a_node_without_static_files_is_not_sent_people_but_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "missing_static_files", lambda: ["css/site.css"])
    assert ask("people") == (503, {"status": "unavailable", "database": "ok", "static_files": "missing"})
    assert ask("calls")[0] == 200


def test_workers_are_known_by_their_heartbeat() -> None:
    assert ask("worker") == (503, {"status": "unavailable", "worker": "no_worker"})
    Heartbeat.objects.beat("worker")
    Heartbeat.objects.beat("worker")
    assert ask("worker") == (200, {"status": "ok", "worker": "ok"})
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert ask("worker")[1]["worker"] == "no_worker"


def test_workers_that_do_not_keep_up_are_late() -> None:
    Heartbeat.objects.beat("worker")
    enqueue("note", "x", at=timezone.now() - timedelta(minutes=5))
    assert ask("worker") == (503, {"status": "unavailable", "worker": "late"})
