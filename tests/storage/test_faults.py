"""What becomes of a store's faults: each ends in one of our errors, soon, and no connection stays."""

import socket
import time
from collections.abc import Iterator

import pytest

from recordings_site.storage import (
    AccessDenied,
    Location,
    ObjectArchived,
    ObjectChanged,
    Store,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
    open_store,
)
from recordings_site.storage import port as storage_port
from tests.stores import azurite as azure
from tests.stores import google
from tests.stores.faults import Faulty, faulty_server

S3_KEY = "AKIAFAULTFAULTFAULT0:secret:eu-central-1"
TOKEN = b'{"access_token": "x", "expires_in": 3600, "token_type": "Bearer"}'
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_server() as server:
        yield server


@pytest.fixture
def s3(faulty: Faulty) -> Store:
    return open_store(Location("s3", bucket="calls", endpoint=faulty.endpoint), S3_KEY)


def all_closed(faulty: Faulty) -> bool:
    deadline = time.monotonic() + 5
    while faulty.open and time.monotonic() < deadline:
        time.sleep(0.01)
    return faulty.open == 0


@pytest.mark.parametrize(
    ("status", "code", "error", "says"),
    [
        (403, "ExpiredToken", AccessDenied, "have expired"),
        (403, "RequestTimeTooSkewed", AccessDenied, "This machine’s clock"),
        (403, "AccessDenied", AccessDenied, "don’t allow this"),
        (404, "NoSuchBucket", StoreMisconfigured, "Bucket not found: calls"),
        (301, "PermanentRedirect", StoreMisconfigured, "different region"),
        (403, "InvalidObjectState", ObjectArchived, "archive tier"),
        (403, "SecondLevelDomainForbidden", StoreMisconfigured, "virtual-hosted"),
        (403, "PathStyleDomainForbidden", StoreMisconfigured, "virtual-hosted"),
        (400, "KMS.DisabledException", StoreMisconfigured, "Enable the key"),
        (400, "KMS.KMSInvalidStateException", StoreMisconfigured, "Enable the key"),
        (403, "UserProjectMissing", StoreMisconfigured, "Turn off “requester pays”"),
        (403, "UserDisable", AccessDenied, "unpaid bill"),
        (409, "QuotaExceeded", StoreMisconfigured, "quota"),
        (412, "PreconditionFailed", ObjectChanged, "was replaced"),
        (416, "InvalidRange", ObjectChanged, "was replaced"),
        (400, "Mysterious", StoreMisconfigured, "Mysterious"),
    ],
)
def test_what_s3_refuses_is_told_in_plain_words(
    faulty: Faulty, s3: Store, status: int, code: str, error: type[StoreError], says: str
) -> None:
    faulty.refuses(status, code)
    with pytest.raises(error, match=says) as told:
        s3.read("a.mp3", 0, 10, etag='"1"')
    assert "secret" not in str(told.value).replace("secret key", "")
    assert all_closed(faulty)


@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("kind", ["s3", "azure", "gs"])
def test_no_redirect_is_followed(faulty: Faulty, kind: str, status: int) -> None:
    with faulty_server() as inside:
        inside.says(200, TOKEN, headers=f'ETag: "1"\r\nLast-Modified: {DATE}\r\n')
        keys = {"s3": S3_KEY, "azure": azure.KEY, "gs": google.service_account(f"{inside.endpoint}/token")}
        account = azure.ACCOUNT if kind == "azure" else ""
        store = open_store(Location(kind, account, "calls", endpoint=faulty.endpoint), keys[kind])
        faulty.says(status, b"", headers=f"Location: {inside.endpoint}/secrets\r\n")
        for ask in (store.stat, lambda key: b"".join(store.read(key, 0, 10, etag='"1"')), store.list):
            with pytest.raises(StoreError):
                ask("a.mp3")
        assert not [asked for asked in inside.asked if b"/secrets" in asked]


def test_no_redirect_of_a_token_is_followed(faulty: Faulty) -> None:
    with faulty_server() as inside:
        faulty.says(307, b"", headers=f"Location: {inside.endpoint}/secrets\r\n")
        key = google.service_account(f"{faulty.endpoint}/token")
        with pytest.raises(StoreUnavailable):
            open_store(Location("gs", bucket="calls", endpoint=faulty.endpoint), key).stat("a.mp3")
        assert not inside.asked


@pytest.mark.parametrize("uri", ["http://10.0.0.1/token", "https://store.example.com.evil.example/token"])
def test_a_token_is_fetched_from_google_or_the_endpoints_host_alone(uri: str) -> None:
    with pytest.raises(StoreMisconfigured, match="token_uri must be"):
        open_store(Location("gs", bucket="calls", endpoint="https://store.example.com"), google.service_account(uri))


@pytest.mark.parametrize("status", [500, 503])
def test_slow_down_is_tried_again_twice_and_then_told(faulty: Faulty, s3: Store, status: int) -> None:
    faulty.refuses(status, "SlowDown")
    with pytest.raises(StoreUnavailable, match="temporarily unavailable"):
        s3.read("a.mp3", 0, 10, etag='"1"')
    assert len(faulty.asked) == 3
    assert all_closed(faulty)


def test_a_short_read_on_s3_is_resumed_from_its_offset_and_else_told(faulty: Faulty, s3: Store) -> None:
    def answer(request: bytes) -> bytes:
        start = request.lower().partition(b"range: bytes=")[2].partition(b"-")[0].decode()
        faulty.says(206, b"abc", headers=f'ETag: "1"\r\nContent-Range: bytes {start}-9/10\r\n', length=10 - int(start))
        return faulty.answer

    faulty.reply = answer
    got: list[bytes] = []
    with s3.read("a.mp3", 0, 10, etag='"1"') as body, pytest.raises(StoreUnavailable):
        got.extend(body)
    ranges = [line for request in faulty.asked for line in request.split(b"\r\n") if line.lower().startswith(b"range")]
    assert [line.split(b"=")[1] for line in ranges] == [b"0-9", b"3-9", b"6-9"]
    assert b"".join(got) == b"abcabcabc"
    assert all(b"if-match" in request.lower() for request in faulty.asked)
    assert all_closed(faulty)


def test_another_version_without_a_412_is_noticed(faulty: Faulty, s3: Store) -> None:
    faulty.says(206, b"0123456789", headers=f'ETag: "2"\r\nLast-Modified: {DATE}\r\n')
    with pytest.raises(ObjectChanged):
        s3.read("a.mp3", 0, 10, etag='"1"')
    assert all_closed(faulty)


def test_a_missing_server_is_reported_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        closed = unused.getsockname()[1]
    begun = time.monotonic()
    for location, key in (
        (Location("s3", bucket="calls", endpoint=f"http://127.0.0.1:{closed}"), S3_KEY),
        (Location("azure", azure.ACCOUNT, "calls", endpoint=f"http://127.0.0.1:{closed}"), azure.KEY),
    ):
        with pytest.raises(StoreUnavailable, match="can’t be reached"):
            open_store(location, key).read("a.mp3", 0, 10, etag='"1"')
    assert time.monotonic() - begun < 25


def test_a_hung_store_is_given_up_after_its_timeout(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    from recordings_site.storage.s3 import client as adapter

    monkeypatch.setattr(adapter, "READ_TIMEOUT", 0.3)
    faulty.hang = 30
    store = open_store(Location("s3", bucket="hung", endpoint=faulty.endpoint), S3_KEY)
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.read("a.mp3", 0, 10, etag='"1"')
    assert time.monotonic() - begun < 20
    assert len(faulty.asked) == 3
    assert all_closed(faulty)


def test_an_object_of_five_gib_is_read_in_pieces(faulty: Faulty, s3: Store) -> None:
    size = 5 * 1024**3
    faulty.says(206, b"tail", headers=f'ETag: "1"\r\nLast-Modified: {DATE}\r\n')
    with s3.read("big.mp3", size - 4, size, etag='"1"') as body:
        assert b"".join(body) == b"tail"
    assert f"bytes={size - 4}-{size - 1}".encode() in faulty.asked[0]


@pytest.mark.parametrize("kind", ["azure", "gs"])
def test_azure_and_google_are_asked_for_windows_never_for_all(kind: str) -> None:
    asked: list[tuple[int, int]] = []
    size = 5 * 1024**3

    def fetch(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return bytes(stop - start)

    source = storage_port.Windows(fetch, 0, size).prefetch()
    body = storage_port.Body(source, 0, size, lambda at: storage_port.Windows(fetch, at, size))
    chunks = iter(body)
    taken = sum(len(next(chunks)) for _ in range(20))
    body.close()
    assert taken == 20 * storage_port.SMALL_CHUNK
    assert asked[0] == (0, 256 * 1024)
    assert max(stop - start for start, stop in asked) == 512 * 1024
