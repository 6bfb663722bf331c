"""A database that was restarted, away for a while, or failed over costs no recording from when it answers again."""

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Site, load, receive, running
from tests.scale import scaled

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

CLIENTS = 24
# Calls after the database is back, over so many connections at once.
CALLS, CONNECTIONS = scaled(200, 1000), 8
# A pool that tries again after 1, 2, 4, 8 and 16 seconds would be waiting for the last when the database is back.
AWAY_SECONDS = 17


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.migrated() as server:
        yield server


@pytest.fixture(params=["direct", "through a pooler"])
def site(request: pytest.FixtureRequest, server: postgres.Server) -> Iterator[Site]:
    with ExitStack() as stack:
        pooled = request.param != "direct"
        url = stack.enter_context(postgres.pooled(server)) if pooled else server.url
        yield stack.enter_context(running(url, DATABASE_POOLER="1" if pooled else "0"))


def answer(site: Site, request: bytes) -> bytes:
    """The body of an answer."""
    with socket.create_connection(("127.0.0.1", site.port), 10) as connection:
        connection.sendall(request)
        return receive(connection).partition(b"\r\n\r\n")[2]


def new_call(caller: Caller) -> bytes:
    """The ICE of a call that was not there before."""
    return caller.ice(f"restart-{uuid.uuid4()}")


def is_recorded(body: bytes) -> bool:
    """Whether a new call is answered so that it is recorded; it is connected in any case."""
    found = json.loads(body)
    assert found["action"]["name"] == "connectPstn"
    return bool(svaml.recording_requests(found))


def unrecorded_calls(site: Site, caller: Caller) -> int:
    """How many of many new calls are not recorded."""
    done = load(site.port, [new_call(caller) for _ in range(CALLS)], connections=CONNECTIONS)
    recorded = [is_recorded(answer.partition(b"\r\n\r\n")[2]) for answer in done.answers]
    assert len(recorded) == CALLS
    return recorded.count(False)


def fill_the_pool(site: Site, caller: Caller, server: postgres.Server) -> None:
    """Answer calls at once until the processes hold several connections, or their pooler does."""
    assert is_recorded(answer(site, new_call(caller)))
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


@contextlib.contextmanager
def calls_meanwhile(site: Site, caller: Caller) -> Iterator[None]:
    """Calls come all the time; each is connected."""
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            is_recorded(answer(site, new_call(caller)))

    client = threading.Thread(target=call)
    client.start()
    try:
        yield
    finally:
        stop.set()
        client.join()


@pytest.mark.parametrize("during", ["silence", "calls"])
def test_after_a_restart_every_call_is_recorded(site: Site, server: postgres.Server, during: str) -> None:
    caller = Caller(site)
    fill_the_pool(site, caller, server)
    with calls_meanwhile(site, caller) if during == "calls" else ExitStack():
        server.control("restart", "-w", "-m", "fast", "-l", str(server.folder / "log"))
    assert unrecorded_calls(site, caller) == 0


def test_after_an_outage_every_call_is_recorded(server: postgres.Server) -> None:
    with running(server.url, processes=1) as site:
        caller = Caller(site)
        fill_the_pool(site, caller, server)
        server.stop()
        until = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < until:
            assert not is_recorded(answer(site, new_call(caller)))
        server.start()
        assert unrecorded_calls(site, caller) == 0


def test_after_a_failover_every_call_is_recorded() -> None:
    """The standby takes over after the primary was killed; DATABASE_URL names both."""
    with postgres.migrated() as primary, postgres.followed(primary) as standby:
        hosts = f"{primary.folder},{standby.folder}"
        url = f"postgresql://{postgres.ROLE}@/{postgres.DATABASE}?host={hosts}&target_session_attrs=read-write"
        with running(url) as site:
            caller = Caller(site)
            fill_the_pool(site, caller, primary)
            with calls_meanwhile(site, caller):
                primary.kill()
                standby.control("promote", "-w")
            assert unrecorded_calls(site, caller) == 0
            kept = "SELECT count(*) FROM calls_callbackdelivery WHERE event = 'ice'"
            assert int(standby.client("psql", "-Atc", kept)) >= CALLS
