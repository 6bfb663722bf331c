"""An HTTP client for entered URLs connects to the address that was checked, and to no other."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from recordings_site.base import addresses
from recordings_site.base.addresses import AddressRefused
from recordings_site.base.guarded_transport import GuardedTransport
from tests.stores.faults import Faulty, faulty_server

LIMITS = httpx2.Limits()


@pytest.fixture
def server() -> Iterator[Faulty]:
    with faulty_server() as server:
        server.says(200, b"here")
        yield server


def client(*allowed: str) -> httpx2.Client:
    """A client that may go to these hosts as well."""
    return httpx2.Client(transport=GuardedTransport(lambda: allowed, limits=LIMITS), trust_env=False)


def test_a_private_address_is_refused_before_anything_is_sent(server: Faulty) -> None:
    with client("127.0.0.1:1") as http, pytest.raises(AddressRefused, match="is on a private network"):
        http.get(server.endpoint)
    assert server.asked == []


def test_a_host_of_the_setting_is_connected_to(server: Faulty) -> None:
    with client(f"127.0.0.1:{server.port}") as http:
        assert http.get(server.endpoint).content == b"here"


def test_a_name_is_looked_up_once_for_check_and_connection(server: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a public address when it is checked, and to a private one when it is connected to."""
    looked_up: list[str] = []
    found = socket.getaddrinfo

    def getaddrinfo(host: Any, *about: Any, **more: Any) -> Any:
        looked_up.append(str(host))
        return found("127.0.0.1" if host == "rebinding.test" else host, *about, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(addresses, "is_public", lambda text: True)
    with client() as http:
        assert http.get(f"http://rebinding.test:{server.port}/").content == b"here"
    assert looked_up.count("rebinding.test") == 1
    assert b"host: rebinding.test" in server.asked[0].lower()


def test_the_next_address_is_tried_when_one_does_not_answer(server: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "public_addresses", lambda host, port: ["::1", "127.0.0.1"])
    with client() as http:
        assert http.get(f"http://two.test:{server.port}/").content == b"here"


def test_an_unknown_or_malformed_name_is_an_error_of_the_client() -> None:
    with client() as http:
        for name in ("a..b", "nowhere.invalid"):
            with pytest.raises((httpx2.HTTPError, httpx2.InvalidURL, OSError)):
                http.get(f"http://{name}/")
