"""Pages that are slow take nothing from sign-in, health and calls, and are ended."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Site, receive, request, running

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

POOL = 3


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of one process whose pages share three connections, with a limit of four seconds for a statement."""
    size = {"DATABASE_POOL_SIZE": str(POOL), "DATABASE_STATEMENT_SECONDS": "4"}
    with postgres.migrated() as server, running(server.url, processes=1, **size) as site:
        yield site


def ask(site: Site, sent: bytes) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    with socket.create_connection(("127.0.0.1", site.port), 30) as connection:
        connection.sendall(sent)
        head, _, body = receive(connection).partition(b"\r\n\r\n")
        return int(head.split()[1]), body


def test_while_all_connections_of_pages_are_taken_sign_in_health_and_calls_are_served(site: Site) -> None:
    caller = Caller(site)
    with ThreadPoolExecutor(POOL) as pool:
        slow = [pool.submit(ask, site, request("GET", "/slow?seconds=3")) for _ in range(POOL)]
        # One page more gets no connection: then all three are held.
        while ask(site, request("GET", "/slow?seconds=0"))[0] != 503:
            pass
        status, page = ask(site, request("GET", "/accounts/login/"))
        assert status == 200
        token = page.partition(b'name="csrfmiddlewaretoken" value="')[2][:64].decode()
        form = f"csrfmiddlewaretoken={token}&login=a@example.com&password=wrong-password".encode()
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}
        assert ask(site, request("POST", "/accounts/login/", form, **headers))[0] == 200
        assert ask(site, request("GET", "/health/people"))[0] == 200
        status, body = ask(site, caller.ice("while-pages-are-slow"))
        assert (status, bool(svaml.recording_requests(json.loads(body)))) == (200, True)
        assert not any(page.done() for page in slow)
        assert [page.result()[0] for page in slow] == [200] * POOL


def test_a_page_whose_statement_takes_too_long_is_ended(site: Site) -> None:
    assert ask(site, request("GET", "/slow?seconds=60"))[0] == 503


def test_behind_a_pooler_sign_in_health_and_calls_work() -> None:
    with (
        postgres.migrated() as server,
        postgres.pooled(server) as url,
        running(url, processes=1, DATABASE_POOLER="1") as site,
    ):
        caller = Caller(site)
        assert ask(site, request("GET", "/accounts/login/"))[0] == 200
        assert ask(site, request("GET", "/health/people"))[0] == 200
        status, body = ask(site, caller.ice("behind-a-pooler"))
        assert (status, bool(svaml.recording_requests(json.loads(body)))) == (200, True)
