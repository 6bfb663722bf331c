"""The vendors' SDKs connect to an entered endpoint at public addresses alone, whatever its name leads to later."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from recordings_site.base import addresses
from recordings_site.storage import Location, StoreMisconfigured, StoreUnavailable, guarded_connections, open_store
from tests.stores import azurite
from tests.stores.faults import Faulty, faulty_server

NAME = "store.test"
S3_KEY = "AKIAFAULTFAULTFAULT0:secret:eu-central-1"
KINDS = {"s3": S3_KEY, "azure": azurite.KEY}


@pytest.fixture
def listener() -> Iterator[Faulty]:
    """Something inside, at a private address; nothing that it is sent counts as an answer."""
    with faulty_server() as server:
        yield server
    guarded_connections._guarded.clear()


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are looked up; NAME and what is before it lead to this machine."""
    found, asked = socket.getaddrinfo, list[str]()

    def getaddrinfo(host: Any, *about: Any, **more: Any) -> Any:
        asked.append(str(host))
        return found("127.0.0.1" if str(host).endswith(NAME) else host, *about, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def place(kind: str, port: int, *, scheme: str = "https", public_only: bool = True, **more: str) -> Location:
    return Location(kind, "account", "calls", endpoint=f"{scheme}://{NAME}:{port}", public_only=public_only, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_leads_inside_is_not_connected_to(kind: str, listener: Faulty, looked_up: list[str]) -> None:
    store = open_store(place(kind, listener.port), KINDS[kind], anew=True)
    with pytest.raises(StoreUnavailable):
        store.stat("a.mp3")
    assert looked_up
    assert listener.asked == []


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_the_bucket_before_the_name_changes_nothing(style: str, listener: Faulty, looked_up: list[str]) -> None:
    store = open_store(place("s3", listener.port, addressing=style), S3_KEY, anew=True)
    with pytest.raises(StoreUnavailable):
        store.stat("a.mp3")
    assert listener.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_connection_goes_to_the_address_that_was_checked(
    kind: str, listener: Faulty, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda text: True)
    store = open_store(place(kind, listener.port), KINDS[kind], anew=True)
    with pytest.raises(StoreUnavailable):  # it does not speak TLS
        store.stat("a.mp3")
    assert listener.asked
    # For each connection the name once, then the address.
    assert looked_up == [NAME, "127.0.0.1"] * looked_up.count(NAME)


def test_without_https_an_entered_endpoint_is_refused() -> None:
    with pytest.raises(StoreMisconfigured) as caught:
        open_store(place("s3", 9000, scheme="http"), S3_KEY, anew=True)
    assert "ADDRESSES_ALLOWED" in caught.value.remedy


def test_hosts_that_nobody_entered_are_left_alone(listener: Faulty, looked_up: list[str]) -> None:
    guarded_connections.guard(f"https://{NAME}:{listener.port}")
    listener.says(200, b"", headers='ETag: "1"\r\n')
    open_store(place("s3", listener.port, scheme="http", public_only=False), S3_KEY, anew=True)
    other = Location("s3", bucket="calls", endpoint=listener.endpoint)
    open_store(other, S3_KEY, anew=True).stat("a.mp3")
    assert listener.asked
