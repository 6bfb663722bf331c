"""A worker that is killed loses nothing: another takes up its tasks, and each is done."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import prepared

ROOT = Path(__file__).parents[3]
FILES = 6
PREPARE = f"""
from recordings_site.simulator.speech import conversations
from recordings_site.tasks.registry import enqueue
from tests import factories
long = max(conversations.conversations(), key=lambda one: one.seconds)
for _ in range({FILES}):
    job = factories.recording(size=None, duration=None)
    job.destination.write_store().write(job.key, conversations.sound(long), content_type="audio/mpeg")
    enqueue("recording.inspect", job.pk)
"""


class Site:
    """A database and a store in a folder of their own, for commands in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        unset = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        self.environment = unset | {"DEMO": "1", "DATA_DIR": str(folder)}

    def run(self, *arguments: str) -> None:
        """Run a command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=120)

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """A worker, killed afterwards unless it has ended."""
        command = [sys.executable, "manage.py", "worker", "--slots", "2"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def count(self, where: str) -> int:
        """How many inspections are so."""
        with closing(sqlite3.connect(self.folder / prepared.DATABASE, timeout=20)) as database:
            question = f"SELECT count(*) FROM tasks_task WHERE kind = 'recording.inspect' AND {where}"
            return int(database.execute(question).fetchone()[0])

    def until(self, where: str, count: int, *, seconds: float) -> None:
        """Wait until so many are so."""
        deadline = time.monotonic() + seconds
        while self.count(where) < count:
            assert time.monotonic() < deadline, f"not within {seconds} s: {count} inspections with {where}"
            time.sleep(0.01)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    prepared.copy_of_site(tmp_path)
    made.run("shell", "--command", PREPARE)
    return made


@pytest.mark.timeout(400)
def test_what_a_killed_worker_was_doing_is_done_by_another(site: Site) -> None:
    with site.worker() as first:
        site.until("lease_until IS NOT NULL AND done_at IS NULL", 1, seconds=60)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert site.count("done_at IS NULL") >= 1
    with site.worker():
        site.until("done_at IS NOT NULL", FILES, seconds=120)
    assert site.count("attempts > 1") >= 1
    assert site.count("dead_at IS NOT NULL") == 0
    with closing(sqlite3.connect(site.folder / prepared.DATABASE)) as database:
        measured = database.execute("SELECT count(*) FROM recordings_recordingjob WHERE duration > 2399").fetchone()
    assert measured == (FILES,)
