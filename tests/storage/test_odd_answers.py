"""What becomes of a store that answers oddly: right bytes, or words that say what is missing; never a KeyError."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from recordings_site.storage import (
    AccessDenied,
    Location,
    ObjectArchived,
    OddAnswer,
    Store,
    StoreError,
    StoreMisconfigured,
    open_store,
)
from tests.stores import azurite as azure
from tests.stores import google
from tests.stores.faults import Faulty, faulty_server

S3_KEY = "AKIAFAULTFAULTFAULT0:secret:eu-central-1"
TOKEN = b'{"access_token": "x", "expires_in": 3600, "token_type": "Bearer"}'
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
WHOLE = {"ETag": '"1"', "Last-Modified": DATE, "Content-Length": "10", "x-ms-blob-type": "BlockBlob"}
# In each kind's own words: the entry of a list with its parts.
LISTS = {
    "s3": (
        "<ListBucketResult><Name>calls</Name><IsTruncated>false</IsTruncated><Contents>{}</Contents></ListBucketResult>",
        {
            "name": "<Key>a.mp3</Key>", "etag": "<ETag>&quot;1&quot;</ETag>", "size": "<Size>10</Size>",
            "modified": "<LastModified>2026-11-23T12:00:00.000Z</LastModified>",
        },
    ),
    "azure": (
        "<EnumerationResults ContainerName='calls'><Blobs><Blob>{}<Properties><BlobType>BlockBlob</BlobType>{}"
        "</Properties></Blob></Blobs></EnumerationResults>",
        {
            "name": "<Name>a.mp3</Name>", "etag": "<Etag>0x1</Etag>", "size": "<Content-Length>10</Content-Length>",
            "modified": f"<Last-Modified>{DATE}</Last-Modified>",
        },
    ),
    "gs": (
        '{{"items": [{{"kind": "storage#object", {}}}]}}',
        {
            "name": '"name": "a.mp3"', "etag": '"generation": "1"', "size": '"size": "10"',
            "modified": '"updated": "2026-11-23T12:00:00.000Z"',
        },
    ),
}  # fmt: skip
SAYS = {"etag": "no ETag", "size": "report the file’s size", "name": "without a name"}


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_server() as server:
        yield server


def opened(kind: str, faulty: Faulty, **place: str) -> Store:
    keys = {"s3": S3_KEY, "azure": azure.KEY, "gs": google.service_account(f"{faulty.endpoint}/token")}
    account = azure.ACCOUNT if kind == "azure" else ""
    return open_store(Location(kind, account, "calls", endpoint=faulty.endpoint, **place), keys[kind], anew=True)


def headed(status: int, headers: dict[str, str], body: bytes = b"") -> bytes:
    """An answer with these headers alone."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} X\r\nConnection: close\r\n{lines}\r\n".encode() + body


def with_token(faulty: Faulty, answer: Callable[[bytes], bytes]) -> None:
    """Answer with this, and give Google's clients their token first."""
    token = headed(200, {"Content-Type": "application/json", "Content-Length": str(len(TOKEN))}, TOKEN)
    faulty.reply = lambda request: token if request.startswith(b"POST /token") else answer(request)


@pytest.mark.parametrize("kind", ["s3", "azure"])
@pytest.mark.parametrize(("missing", "says"), [("ETag", "no ETag"), ("Content-Length", "report the file’s size")])
def test_a_head_without_what_is_needed_is_reported_in_words(faulty: Faulty, kind: str, missing: str, says: str) -> None:
    faulty.answer = headed(200, {name: value for name, value in WHOLE.items() if name != missing})
    with pytest.raises(OddAnswer, match=says) as reported:
        opened(kind, faulty).stat("a.mp3")
    assert "proxy" in reported.value.remedy


@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_a_head_without_last_modified_is_enough_to_play(faulty: Faulty, kind: str) -> None:
    faulty.answer = headed(200, {name: value for name, value in WHOLE.items() if name != "Last-Modified"})
    stat = opened(kind, faulty).stat("a.mp3")
    assert (stat.size, stat.etag, stat.modified) == (10, '"1"', None)


@pytest.mark.parametrize("etag", ['W/"1"', "1", '"1"'])
def test_a_weak_or_bare_etag_is_the_strong_one(faulty: Faulty, etag: str) -> None:
    faulty.answer = headed(200, {**WHOLE, "ETag": etag})
    assert opened("s3", faulty).stat("a.mp3").etag == '"1"'


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("missing", ["etag", "size", "name", "modified"])
def test_a_list_entry_without_a_part_is_reported_in_words_or_does_without(
    faulty: Faulty, kind: str, missing: str
) -> None:
    frame, parts = LISTS[kind]
    kept = {name: part for name, part in parts.items() if name != missing}
    if kind == "azure":
        name = kept.pop("name", "")
        body = frame.format(name, "".join(kept.values()))
    else:
        body = frame.format((", " if kind == "gs" else "").join(kept.values()))
    mime = "application/json" if kind == "gs" else "application/xml"
    answer = headed(200, {"Content-Type": mime, "Content-Length": str(len(body))}, body.encode())
    with_token(faulty, lambda request: answer)
    store = opened(kind, faulty)
    if missing == "modified":
        (found,) = store.list("").objects
        assert (found.key, found.size, found.modified) == ("a.mp3", 10, None)
    else:
        with pytest.raises(StoreError, match=f"{SAYS[missing]}|not as a storage service"):
            store.list("")


@pytest.mark.parametrize("kind", ["s3", "azure", "gs"])
@pytest.mark.parametrize("status", [200, 206])
def test_a_store_that_ignores_range_is_reported_and_its_bytes_are_not_played(
    faulty: Faulty, kind: str, status: int
) -> None:
    headers = {**WHOLE, "Content-Length": "10", "Content-Type": "audio/mpeg", "x-goog-generation": "1"}
    with_token(faulty, lambda request: headed(status, headers, b"0123456789"))
    with pytest.raises(StoreError, match=r"part of the file|not as a storage service"):
        b"".join(opened(kind, faulty).read("a.mp3", 3, 6, etag='"1"'))


def test_a_range_is_read_where_only_its_content_range_is_missing(faulty: Faulty) -> None:
    faulty.answer = headed(206, {**WHOLE, "Content-Length": "3"}, b"345")
    with opened("s3", faulty).read("a.mp3", 3, 6, etag='"1"') as body:
        assert b"".join(body) == b"345"


@pytest.mark.parametrize("kind", ["s3", "azure", "gs"])
def test_a_web_page_in_the_place_of_a_store_is_called_that(faulty: Faulty, kind: str) -> None:
    page = b"<html><body>Sign in</body>"
    answer = headed(200, {"Content-Type": "text/html", "Content-Length": str(len(page))}, page)
    with_token(faulty, lambda request: answer)
    store = opened(kind, faulty)
    with pytest.raises(StoreMisconfigured, match="but not as a storage service"):
        store.list("")
    with pytest.raises(StoreError):
        store.stat("a.mp3")


@pytest.mark.parametrize(
    ("code", "message", "error", "says"),
    [
        ("AccessDenied", "User is not authorized to perform: kms:Decrypt on resource", AccessDenied, "kms:Decrypt"),
        ("AccessDenied", "This is a Requester Pays bucket", StoreMisconfigured, "requester pays"),
        ("AccessDenied", "Request is not yet valid", AccessDenied, "clock"),
        ("InvalidArgument", "The KMS key is disabled", StoreMisconfigured, "Enable the key"),
        ("AccessDenied", "no", AccessDenied, "don’t allow this"),
    ],
)
def test_one_code_with_many_causes_is_told_apart_by_its_text(
    faulty: Faulty, code: str, message: str, error: type[StoreError], says: str
) -> None:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    faulty.says(403 if code == "AccessDenied" else 400, body)
    with pytest.raises(error, match=says):
        opened("s3", faulty).list("")


def test_an_object_that_is_being_restored_is_told_from_one_that_is_not(faulty: Faulty) -> None:
    body = b"<Error><Code>InvalidObjectState</Code><Message>archived</Message></Error>"
    refused = headed(403, {"Content-Type": "application/xml", "Content-Length": str(len(body))}, body)
    head = headed(200, {**WHOLE, "x-amz-storage-class": "GLACIER", "x-amz-restore": 'ongoing-request="true"'})
    faulty.reply = lambda request: head if request.startswith(b"HEAD") else refused
    with pytest.raises(ObjectArchived, match="is being restored"):
        opened("s3", faulty).read("a.mp3", 0, 10, etag='"1"')


def azure_refusal(code: str, detail: str = "", *, date: datetime | None = None) -> bytes:
    body = (
        f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code><Message>Server failed</Message>"
        f"<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"
    ).encode()
    headers = {"Content-Type": "application/xml", "Content-Length": str(len(body)), "x-ms-error-code": code}
    return headed(403, {**headers, "Date": format_datetime(date or datetime.now(UTC), usegmt=True)}, body)


FRAME = "Signature not valid in the specified time frame: Start [{}] - Expiry [{}] - Current [{}]"
BEFORE, NOON, AFTER = (f"Mon, 23 Nov 2026 {hour}:00:00 GMT" for hour in (11, 12, 13))


@pytest.mark.parametrize(
    ("detail", "ahead", "says", "not_says"),
    [
        (FRAME.format(NOON, AFTER, BEFORE), 0, "not yet valid", "expired"),
        (FRAME.format(BEFORE, NOON, AFTER), 0, "SAS has expired", "not yet"),
        ("Signature not yet valid", 0, "not yet valid", "expired"),
        ("Signed expiry time has passed: the signature has expired", 0, "SAS has expired", "not yet"),
        ("Request date header too old: 'Mon, 23 Nov 2026 11:00:00 GMT'", 0, "This machine’s clock", "wrong"),
        ("The MAC signature found in the HTTP request is not the same", 20, "This machine’s clock", "account key"),
        ("The MAC signature found in the HTTP request is not the same", 0, "account key or SAS is wrong", "clock"),
    ],
)
def test_azure_tells_clocks_and_times_from_wrong_keys(
    faulty: Faulty, detail: str, ahead: int, says: str, not_says: str
) -> None:
    faulty.answer = azure_refusal("AuthenticationFailed", detail, date=datetime.now(UTC) + timedelta(minutes=ahead))
    with pytest.raises(AccessDenied, match=says) as refused:
        opened("azure", faulty).list("")
    assert not_says not in refused.value.text


@pytest.mark.parametrize(
    ("start", "end", "says"), [(-2, -1, "SAS has expired"), (1, 2, "not yet valid"), (-1, 1, "account key or SAS")]
)
def test_a_head_of_azure_brings_no_text_so_the_sas_itself_tells(
    faulty: Faulty, start: int, end: int, says: str
) -> None:
    def at(hours: int) -> str:
        return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"

    answer = azure_refusal("AuthenticationFailed")
    faulty.answer = answer.partition(b"\r\n\r\n")[0].replace(b"Content-Length", b"X-Length") + b"\r\n\r\n"
    place = Location("azure", azure.ACCOUNT, "calls", endpoint=faulty.endpoint)
    store = open_store(place, f"sv=2024-01-01&st={at(start)}&se={at(end)}&sp=rl&sig=abc%3D", anew=True)
    with pytest.raises(AccessDenied, match=says):
        store.stat("a.mp3")


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("BlobArchived", ObjectArchived, "archive tier"),
        ("BlobBeingRehydrated", ObjectArchived, "is being restored"),
        ("KeyVaultEncryptionKeyNotFound", StoreMisconfigured, "Enable the key"),
        ("KeyBasedAuthenticationNotPermitted", AccessDenied, "Sinch writes with a key"),
    ],
)
def test_azure_refusals_have_their_remedies(faulty: Faulty, code: str, error: type[StoreError], says: str) -> None:
    faulty.answer = azure_refusal(code)
    with pytest.raises(error, match=says):
        b"".join(opened("azure", faulty).read("a.mp3", 0, 10, etag='"1"'))


@pytest.mark.parametrize(
    ("status", "message", "error", "says"),
    [
        (400, "Bucket is a requester pays bucket but no user project provided.", StoreMisconfigured, "requester pays"),
        (403, "Permission denied on Cloud KMS key.", AccessDenied, "CryptoKey"),
        (400, "The Cloud KMS key is disabled.", StoreMisconfigured, "Enable the key"),
        (403, "no", AccessDenied, "doesn’t have permission"),
    ],
)
def test_google_refusals_have_their_remedies(
    faulty: Faulty, status: int, message: str, error: type[StoreError], says: str
) -> None:
    body = f'{{"error": {{"code": {status}, "message": "{message}"}}}}'.encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    with_token(faulty, lambda request: headed(status, headers, body))
    with pytest.raises(error, match=says):
        opened("gs", faulty).stat("a.mp3")


def test_google_refuses_a_token_for_the_clock_with_those_words(faulty: Faulty) -> None:
    text = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
    body = f'{{"error": "invalid_grant", "error_description": "{text}"}}'.encode()
    faulty.says(400, body)
    with pytest.raises(AccessDenied, match="This machine’s clock"):
        opened("gs", faulty).stat("a.mp3")


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://blob.core.chinacloudapi.cn", "acmecalls.blob.core.chinacloudapi.cn/calls/"),
        ("https://acmecalls.blob.core.usgovcloudapi.net", "acmecalls.blob.core.usgovcloudapi.net/calls/"),
        ("https://azurestack.example.com", "azurestack.example.com/acmecalls/calls/"),
    ],
)
def test_azure_addresses_the_account_as_its_cloud_does_and_signs_a_quarter_of_an_hour_early(
    endpoint: str, host: str
) -> None:
    store = open_store(Location("azure", azure.ACCOUNT, "calls", endpoint=endpoint), azure.KEY)
    url = store.sign_url("a.mp3", seconds=60)
    assert url.startswith(f"https://{host}a.mp3?")
    early = datetime.now(UTC) - timedelta(minutes=15)
    assert any(f"st={early - timedelta(seconds=back):%Y-%m-%dT%H}" in url for back in (0, 5))
