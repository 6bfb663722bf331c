"""The fallback as the operators' README starts it: connections that stall keep no call waiting."""

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops import fallback_config
from recordings_site.policies.engine import snapshot
from tests.house import ROOT
from tests.running_callbacks import PATH, signed
from tests.running_site import free_port, receive
from tests.test_fallback import KEYS, SECRET, ice, in_force

pytestmark = pytest.mark.processes

HEAD = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
# A body is waited for only from who names an application of ours.
BODY = HEAD + b"Authorization: application app:c2lnbmF0dXJl\r\nContent-Length: 500\r\n\r\n{"
STALLS = {"says nothing": b"", "never ends its head": HEAD, "never ends its body": BODY}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where a fallback listens that was started by the command in the operators' README."""
    snapshot.write_file(in_force(), tmp_path / "snapshot", Keyring.parse(KEYS))
    found = free_port()
    commands = re.findall(
        r"gunicorn (.*recordings_site\.fallback:application)",
        (ROOT / "recordings_site" / "ops" / "README.md").read_text(),
    )
    command = [sys.executable, "-m", "gunicorn", *shlex.split(commands[0])]
    command[command.index("--bind") + 1] = f"127.0.0.1:{found}"
    environment = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS, "SNAPSHOT_FILE": str(tmp_path / "snapshot")}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError):
                answered(found)
                break
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield found
    finally:
        server.terminate()
        server.wait(20)


def answered(port: int) -> float:
    """The seconds in which a call is connected."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(signed("app", SECRET, ice("+46200000001")))
        body = receive(connection).partition(b"\r\n\r\n")[2]
    assert json.loads(body)["action"]["name"] == "connectPstn"
    return time.monotonic() - began


@pytest.fixture
def stall(port: int) -> Iterator[Callable[[int], list[socket.socket]]]:
    """Opens so many connections that stall, of each kind."""
    with contextlib.ExitStack() as stack:

        def stall(count: int) -> list[socket.socket]:
            opened = []
            for sent in STALLS.values():
                for _ in range(count):
                    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
                    connection.sendall(sent)
                    opened.append(connection)
            return opened

        yield stall


def test_a_call_is_answered_beside_many_connections_that_stall(
    port: int, stall: Callable[[int], list[socket.socket]]
) -> None:
    stall(60)
    assert answered(port) < 1


def test_whoever_stalls_is_hung_up_on(port: int, stall: Callable[[int], list[socket.socket]]) -> None:
    stalled = stall(fallback_config.threads // 2)
    assert answered(port) < fallback_config.REQUEST_SECONDS + 3
    for connection in stalled:
        while connection.recv(65536):
            pass
