"""A database that was restarted, or away for a while, costs no recording from the moment when it is back."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Site, receive, running

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

CLIENTS = 24
# A pool that tries again after 1, 2, 4, 8 and 16 seconds would be waiting for the last when the database is back.
AWAY_SECONDS = 17


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def site(server: postgres.Server) -> Iterator[Site]:
    with running(server.url, processes=1) as site:
        yield site


def answer(site: Site, request: bytes) -> bytes:
    """The body of an answer."""
    with socket.create_connection(("127.0.0.1", site.port), 10) as connection:
        connection.sendall(request)
        return receive(connection).partition(b"\r\n\r\n")[2]


def is_recorded(site: Site, caller: Caller) -> bool:
    """Whether a new call is answered so that it is recorded; it is connected in any case."""
    found = json.loads(answer(site, caller.ice(f"restart-{uuid.uuid4()}")))
    assert found["action"]["name"] == "connectPstn"
    return bool(svaml.recording_requests(found))


def fill_the_pool(site: Site, caller: Caller, server: postgres.Server) -> None:
    """Answer calls at once until the process holds several connections."""
    assert is_recorded(site, caller)
    for _ in range(20):
        answered = [caller.ace(f"restart-{uuid.uuid4()}") for _ in range(CLIENTS)]
        clients = [threading.Thread(target=answer, args=(site, ace)) for ace in answered]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if held(server) >= 4:
            return
    raise AssertionError(f"The pool has grown to {held(server)} connections only.")


def held(server: postgres.Server) -> int:
    """How many connections the site holds."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return int(server.client("psql", "-Atc", query))


def test_the_first_call_after_a_restart_is_recorded(site: Site, server: postgres.Server) -> None:
    caller = Caller(site)
    fill_the_pool(site, caller, server)
    server.control("restart", "-w", "-m", "fast", "-l", str(server.folder / "log"))
    assert is_recorded(site, caller)


def test_the_first_call_after_an_outage_is_recorded(site: Site, server: postgres.Server) -> None:
    caller = Caller(site)
    fill_the_pool(site, caller, server)
    server.stop()
    until = time.monotonic() + AWAY_SECONDS
    while time.monotonic() < until:
        assert not is_recorded(site, caller)
    server.start()
    assert is_recorded(site, caller)
