"""The bucket goes into the path or into the host name: as chosen, or as the store turns out to want it."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from recordings_site.storage import Location, Store, StoreMisconfigured, open_store
from tests.stores import swift as s3
from tests.stores.faults import Faulty, faulty_server
from tests.stores.swift import Swift

DOMAIN = s3.DOMAIN
KEY = "AKIAFAULTFAULTFAULT0:secret:eu-central-1"
LIST = b"<ListBucketResult><Name>calls</Name><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_server() as server:
        yield server


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host below the domain is this machine."""
    found = socket.getaddrinfo

    def getaddrinfo(host: Any, *about: Any, **more: Any) -> Any:
        return found("127.0.0.1" if str(host).endswith(DOMAIN) else host, *about, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def opened(port: int, bucket: str = "calls", credentials: str = KEY, *, addressing: str = "") -> Store:
    place = Location("s3", bucket=bucket, endpoint=f"http://{DOMAIN}:{port}", addressing=addressing)
    return open_store(place, credentials, anew=True)


def wants_host_names(faulty: Faulty, code: str, *, status: int = 403) -> None:
    """Answer as the stores do that refuse the bucket in the path."""

    def reply(request: bytes) -> bytes:
        if b"host: calls." in request.lower():
            faulty.says(200, LIST, headers='ETag: "1"\r\n')
        else:
            faulty.refuses(status, code)
        return faulty.answer

    faulty.reply = reply


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "SecondLevelDomainForbidden"),
        (403, "PathStyleDomainForbidden"),
        (400, "VirtualHostDomainRequired"),
        (403, "InvalidPathAccess"),
        (405, "MethodNotAllowed"),
        (404, "NoSuchBucket"),
    ],
)
def test_a_store_that_refuses_the_path_is_asked_by_host_name_and_that_is_remembered(
    faulty: Faulty, status: int, code: str
) -> None:
    wants_host_names(faulty, code, status=status)
    store = opened(faulty.port)
    assert store.list("").objects == ()
    assert store.describe().addressing == "virtual"
    by_path = [each for each in faulty.asked if b"/calls?list-type" in each]
    assert len(by_path) == 1


def test_the_first_head_and_the_first_signed_url_are_right_too(faulty: Faulty) -> None:
    wants_host_names(faulty, "SecondLevelDomainForbidden")
    assert opened(faulty.port).stat("a.mp3").size == len(LIST)
    url = opened(faulty.port).sign_url("a.mp3", seconds=60)
    assert url.startswith(f"http://calls.{DOMAIN}:{faulty.port}/a.mp3?")


def test_a_style_that_was_chosen_is_kept_and_its_refusal_names_the_remedy(faulty: Faulty) -> None:
    wants_host_names(faulty, "SecondLevelDomainForbidden")
    with pytest.raises(StoreMisconfigured, match="Set the destination’s addressing"):
        opened(faulty.port, addressing="path").list("")
    assert opened(faulty.port, addressing="virtual").list("").objects == ()


def test_a_store_that_takes_the_path_is_asked_by_path(faulty: Faulty) -> None:
    faulty.says(200, LIST)
    store = opened(faulty.port)
    store.list("")
    assert not any(b"host: calls." in request.lower() for request in faulty.asked)


@pytest.mark.stores
def test_a_real_store_reads_and_writes_by_host_name(swift: Swift, fresh_name: Callable[[], str]) -> None:
    bucket = swift.make_bucket(fresh_name())
    store = opened(swift.port, bucket, ":".join([*s3.OWNER, s3.REGION]), addressing="virtual")
    etag = store.write("calls/a b.mp3", b"0123456789", content_type="audio/mpeg").etag
    with store.read("calls/a b.mp3", 2, 5, etag=etag) as body:
        assert b"".join(body) == b"234"
    assert [found.key for found in store.list("").objects] == ["calls/a b.mp3"]
    assert requests.get(store.sign_url("calls/a b.mp3", seconds=60), timeout=10).content == b"0123456789"
    assert store.describe().addressing == "virtual"
