"""A worker keeps the fallback's file up to date, and removes what nobody will ask for."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.utils import timezone
from pytest_django import Settings

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.retention.tasks import apply_daily
from recordings_site.ops.snapshot_copies.keeping import SnapshotFile
from recordings_site.ops.worker.loop import Worker
from recordings_site.ops.worker.periodic import PeriodicTask, delete_expired
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.models import SnapshotRevision
from recordings_site.tasks.models import Task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    """Where the fallback's file is to be."""
    settings.SNAPSHOT_FILE = str(tmp_path / "snapshot")
    return tmp_path / "snapshot"


def keys(file: Path) -> set[str]:
    """The application keys that the fallback would know."""
    return {*snapshot_file.read(file, Keyring.parse(site.CREDENTIALS_KEYS)).applications}


def test_the_file_follows_what_is_in_force_and_holds_no_credentials(file: Path) -> None:
    task = SnapshotFile()
    first = factories.application()
    factories.destination()
    task.write_if_changed()
    assert keys(file) == {first.key}
    second = factories.application()
    SnapshotRevision.objects.update_or_create(pk=1, defaults={"revision": 99})
    snapshot.forget()
    task.write_if_changed()
    assert keys(file) == {first.key, second.key}
    opened = Keyring.parse(site.CREDENTIALS_KEYS).open(file.read_text(), snapshot_file.CONTEXT)
    assert factories.WRITE_CREDENTIALS not in opened


def test_the_file_is_written_only_when_something_changed_or_it_is_gone(file: Path) -> None:
    task = SnapshotFile()
    task.write_if_changed()
    written = file.stat().st_ino
    task.write_if_changed()
    assert file.stat().st_ino == written
    file.unlink()
    task.write_if_changed()
    assert file.is_file()


def test_retention_is_queued_once_however_often_it_is_tidied_up() -> None:
    delete_expired()
    delete_expired()
    (queued,) = Task.objects.filter(kind="retention.apply")
    assert apply_daily(queued) > timezone.now() + timedelta(hours=23)  # type: ignore[operator]


def test_a_periodic_task_that_fails_is_logged_and_the_others_are_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> None:
        raise OSError("disk full")

    periodic = (PeriodicTask("Writing", 60, fail), PeriodicTask("Noting", 60, lambda: done.append("noted")))
    worker = Worker({}, slots=1, periodic=periodic)
    worker._do_periodic()
    worker._do_periodic()
    assert done == ["noted"]
    assert caplog.text.count("Writing failed; trying again in 60 s.") == 1
