"""A node keeps its own copy of the policies, and says before the first call when it has none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from pytest_django import Settings

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.snapshot_copies import keeping
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.revision.snapshot_loader import FromDatabase, seal_to_file
from tests import factories

forget_fetcher = keeping.fetcher.cache_clear
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture(autouse=True)
def file(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Where this node's file is to be."""
    settings.SNAPSHOT_FILE = str(tmp_path / "snapshot")
    forget_fetcher()
    snapshot.forget()
    yield tmp_path / "snapshot"
    forget_fetcher()


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses connections."""

    def refuse(*args: object) -> None:
        raise OperationalError("connection refused to db.internal")

    monkeypatch.setattr(FromDatabase, "revision", refuse)
    monkeypatch.setattr(FromDatabase, "load", refuse)


def test_each_process_keeps_the_file_and_tells_of_it(file: Path, settings: Settings) -> None:
    application = factories.application()
    keeping.Round().look()
    assert {*snapshot_file.read(file, Keyring.parse(settings.CREDENTIALS_KEYS)).applications} == {application.key}
    assert Heartbeat.objects.filter(kind="snapshot").count() == 1


@pytest.mark.usefixtures("no_database")
def test_without_database_and_without_file_it_says_so_before_the_first_call(caplog: pytest.LogCaptureFixture) -> None:
    keeping.load_before_calls()
    assert [record.levelname for record in caplog.records][-1] == "CRITICAL"
    assert "NO CALL CAN BE ANSWERED" in caplog.text
    assert "SNAPSHOT_URL" in caplog.text


def test_without_database_it_says_that_calls_are_answered_from_the_file(
    file: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    factories.application()
    seal_to_file(file)
    snapshot.forget()
    request.getfixturevalue("no_database")
    keeping.load_before_calls()
    assert "Calls are answered from" in caplog.text
    assert "NO CALL" not in caplog.text


@pytest.mark.usefixtures("no_database")
def test_without_database_it_fetches_the_file_from_another_node(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Fetcher:
        def fetch_and_log(self) -> None:
            asked.append("fetched")

    monkeypatch.setattr(keeping, "fetcher", lambda: Fetcher())
    keeping.load_before_calls()
    keeping.Round().look()
    assert asked == ["fetched", "fetched"]


def test_a_file_that_cannot_be_written_is_logged_once(
    settings: Settings, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text("in the way")
    settings.SNAPSHOT_FILE = str(file / "snapshot")
    following = keeping.Round()
    following.look()
    following.look()
    assert caplog.text.count("cannot be written") == 1


def test_the_file_is_read_once_and_again_when_it_changed(
    file: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = factories.application()
    seal_to_file(file)
    snapshot.forget()
    request.getfixturevalue("no_database")
    reads: list[Path] = []
    read = snapshot_file.read
    monkeypatch.setattr(snapshot_file, "read", lambda path, ring: reads.append(path) or read(path, ring))  # type: ignore[func-returns-value]
    found = snapshot.latest()
    assert found is not None
    assert {*found.applications} == {first.key}
    assert snapshot.latest() is found
    assert len(reads) == 1
    file.write_text("k1.broken")
    assert snapshot.latest() is None
