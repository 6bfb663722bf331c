"""File systems that became read-only, as Linux makes them of a broken disk, cost no call and no recording."""

import json
import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Site, receive, running

# A view of the file systems of its own, which the test may change.
OWN_MOUNTS = ("unshare", "--mount", "--")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        subprocess.run([*OWN_MOUNTS, "true"], check=False, capture_output=True).returncode != 0,
        reason="mounts are not ours to change",
    ),
]


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        server = stack.enter_context(postgres.migrated())
        found = stack.enter_context(running(server.url, processes=1, prefix=OWN_MOUNTS))
        mount(found, "--bind", str(found.folder), str(found.folder))
        yield found


def mount(site: Site, *arguments: str) -> None:
    """Run mount as the site sees its files."""
    subprocess.run(["nsenter", "--mount", f"--target={site.server.pid}", "mount", *arguments], check=True)


def make_read_only(site: Site, place: str) -> None:
    """Remount a place; Linux refuses while a file in it is open for writing."""
    until = time.monotonic() + 10
    while True:
        try:
            mount(site, "-o", "remount,bind,ro", place)
            return
        except subprocess.CalledProcessError:
            if time.monotonic() > until:
                pytest.skip(f"{place} cannot be made read-only here")
            time.sleep(0.2)


def is_recorded(site: Site, caller: Caller) -> bool:
    """Whether a new call is recorded; it is connected in any case."""
    with socket.create_connection(("127.0.0.1", site.port), 10) as connection:
        connection.sendall(caller.ice(f"read-only-{uuid.uuid4()}"))
        found = json.loads(receive(connection).partition(b"\r\n\r\n")[2])
    assert found["action"]["name"] == "connectPstn"
    return bool(svaml.recording_requests(found))


def test_calls_are_recorded_and_a_process_that_ends_is_replaced(site: Site) -> None:
    caller = Caller(site)
    assert is_recorded(site, caller)
    for place in (str(site.folder), "/"):
        make_read_only(site, place)
    assert [is_recorded(site, caller) for _ in range(5)] == [True] * 5
    [process] = site.web_processes()
    os.kill(process, signal.SIGKILL)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError, json.JSONDecodeError):
            is_recorded(site, caller)
            break
        time.sleep(0.2)
    assert is_recorded(site, caller)
