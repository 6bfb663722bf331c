"""A rolling upgrade: the processes of the last release answer on the new schema, beside those of this one."""

import contextlib
import io
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.house import ROOT
from tests.ops.test_deployment import OPS, PREPARE, Installation, command_of, exchange, secrets_of_a_production
from tests.running_callbacks import signed
from tests.running_site import request

GIT = ("git", "-c", "safe.directory=*")
SECRET = "c2VjcmV0LW9mLXRoZS1hcHA="
CALLS = """
import django
django.setup()
from recordings_site.calls.models import Call
print(*sorted(Call.objects.exclude(decision=None).values_list("call_id", flat=True)))
"""


def last_release() -> str:
    """The tag of the last release before this one, or what UPGRADE_FROM names; "" where nothing was released."""
    if wanted := os.environ.get("UPGRADE_FROM"):
        return wanted
    listed = [*GIT, "tag", "--merged", "HEAD^", "--sort=-version:refname", "--list", "v*"]
    return (subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split() or [""])[0]


@pytest.fixture
def old_code(tmp_path: Path) -> Path:
    """The last release's code, unpacked."""
    release = last_release()
    if not release:
        pytest.skip("nothing was released yet, so there is nothing to upgrade from (UPGRADE_FROM names a commit)")
    packed = subprocess.run(
        [*GIT, "archive", release, "recordings_site", "templates", "static"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(tmp_path / "old", filter="data")
    return tmp_path / "old"


@pytest.fixture
def both(old_code: Path, tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """The old release and this one, on the same database, each with its own folder."""
    with postgres.running() as server:
        found = []
        shared = secrets_of_a_production() | {"DATABASE_URL": server.url, "WEB_PROCESSES": "1"}
        for name, code in (("old-work", old_code), ("new-work", ROOT)):
            folder = tmp_path / name
            folder.mkdir()
            data = {"DATA_DIR": str(folder), "PYTHONPATH": str(code)}
            found.append(Installation(folder, shared | data))
        yield found[0], found[1]
        for installation in found:
            installation.stop()


def ready(port: int) -> int:
    """Wait until a server's processes have started, which listens before; its port again."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if exchange(port, request("GET", "/health/calls")).startswith(b"HTTP/1.1 200 "):
                return port
    raise AssertionError("The callbacks' process did not get ready.")


def call(port: int, call_id: str) -> str:
    """Where a call is connected to."""
    event = {"event": "ice", "callid": call_id, "version": 1, "cli": "46733000001", "domain": "pstn"}
    event |= {"to": {"type": "did", "endpoint": "46200000001"}, "timestamp": "2026-01-14T09:30:00Z"}
    answered = exchange(port, signed("app", SECRET, event))
    return str(json.loads(answered.partition(b"\r\n\r\n")[2])["action"]["number"])


@pytest.mark.processes
def test_old_processes_answer_on_the_new_schema_beside_new_ones(both: tuple[Installation, Installation]) -> None:
    old, new = both
    callbacks = command_of(OPS / "systemd" / "recordings-callbacks.service")
    # A site of the last release, with calls in it; then the new release migrates while that runs.
    old.run("recordings-site", "migrate", "--verbosity=0")
    old.run("python", "-c", PREPARE)
    old.run("recordings-site", "collectstatic", "--no-input", "--verbosity=0")
    running = ready(old.listening(*callbacks))
    assert call(running, "before") == "+46700000002"
    new.run("recordings-site", "migrate", "--verbosity=0")
    assert call(running, "by-a-process-that-ran-on") == "+46700000002"
    started = ready(old.listening(*callbacks))
    assert call(started, "by-an-old-process-started-anew") == "+46700000002"
    assert call(ready(new.listening(*callbacks)), "by-a-new-process") == "+46700000002"
    assert exchange(started, request("GET", "/accounts/login/")).startswith(b"HTTP/1.1 200 "), old.log
    # Each was stored with its decision, and the old worker does its work.
    made = "before by-a-new-process by-a-process-that-ran-on by-an-old-process-started-anew"
    assert new.run("python", "-c", CALLS).split() == made.split()
    old.run("recordings-site", "worker", "--until-idle")
    new.run("recordings-site", "worker", "--until-idle")
