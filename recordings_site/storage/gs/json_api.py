"""Google Cloud Storage's JSON API, through google-cloud-storage."""

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

import google.auth.exceptions
import requests
from google.api_core import exceptions as google_errors
from google.auth.transport.requests import AuthorizedSession, Request
from google.cloud import storage
from google.oauth2 import service_account
from requests.adapters import HTTPAdapter

from recordings_site.storage.answers import check_range, clock_of, etag_of, key_of, modified_of, server_of, size_of
from recordings_site.storage.errors import (
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.gs.json_api_errors import translated
from recordings_site.storage.port import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    RETRIES,
    Body,
    HandOff,
    ObjectPage,
    ObjectStat,
    StoreFacts,
    Windows,
)

T = TypeVar("T")
GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
SCOPES = ["https://www.googleapis.com/auth/devstorage.read_write"]
# The SDK's own retries are bounded by time only, and its first read is 40 MiB: both are done here instead.
# What the SDK raises, its parsers' faults among them: a store may answer anything.
_FAULTS = (
    google_errors.GoogleAPICallError,
    google.auth.exceptions.GoogleAuthError,
    requests.exceptions.RequestException,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)
_ONCE: dict[str, Any] = {"timeout": (CONNECT_TIMEOUT, READ_TIMEOUT), "retry": None}


class GcsStore:
    """One bucket, opened with a service account or the machine's identity.

    The ETag is the generation, which changes with each write and can be requested.
    """

    def __init__(self, bucket: str, *, endpoint: str = "", credentials: str | None = None) -> None:
        options = {"api_endpoint": endpoint} if endpoint else None
        self._endpoint = endpoint
        try:
            if credentials is None:
                account, project = google.auth.default(scopes=SCOPES)
            else:
                account = _account(credentials, endpoint)
                project = account.project_id
            self._tokens = requests.Session()
            self._tokens.mount("https://", HTTPAdapter(max_retries=RETRIES))
            session: Any = AuthorizedSession(  # type: ignore[no-untyped-call]
                account, auth_request=Request(self._tokens)
            )
            # Else both would go wherever a store sends them, into private networks, too.
            session.max_redirects = self._tokens.max_redirects = 0
            self._headers: dict[str, str] = {}
            session.hooks["response"].append(self._answered)
            self._client: Any = storage.Client(
                project=project, credentials=account, client_options=options, _http=session
            )
        except (google.auth.exceptions.GoogleAuthError, OSError) as error:
            raise StoreMisconfigured(
                "This machine has no Google identity.", remedy="Enter a service account."
            ) from error
        self._bucket: Any = self._client.bucket(bucket)

    def _answered(self, answer: Any, **_: Any) -> None:
        """Keep what the last answer said of the store itself; each describes the same one."""
        self._headers = dict(answer.headers)

    def stat(self, key: str) -> ObjectStat:
        """The object's resource."""
        blob = self._bucket.blob(key)
        self._try(key, lambda: blob.reload(**_ONCE))
        return _stat(blob)

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        """Ranges of one generation, window by window; no connection is held between them."""
        if stop is None or etag is None:
            stat = self.stat(key)
            stop = stat.size if stop is None else stop
            etag = etag or stat.etag
        if start >= stop:
            return Body(io.BytesIO(), start, start, lambda _: io.BytesIO())
        fetch = partial(self._fetch, self._bucket.blob(key), _generation(etag))

        def source(offset: int) -> Windows:
            return Windows(fetch, offset, stop).prefetch()

        return Body(source(start), start, stop, source)

    def _fetch(self, blob: Any, generation: int, start: int, stop: int) -> bytes:
        data = self._try(
            blob.name,
            lambda: bytes(
                blob.download_as_bytes(
                    start=start, end=stop - 1, if_generation_match=generation, raw_download=True, checksum=None, **_ONCE
                )
            ),
        )
        if len(data) > stop - start:  # the whole object; a short answer is asked for again
            check_range(start, stop, content_range=None, length=len(data))
        return data[: stop - start]

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """A page of objects; the token is Google's."""

        def page() -> ObjectPage:
            found = self._client.list_blobs(
                self._bucket, prefix=prefix or None, page_token=token, page_size=limit, **_ONCE
            )
            return ObjectPage(tuple(_stat(blob) for blob in next(found.pages, ())), found.next_page_token or None)

        return self._try(prefix, page)

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A V4 signed URL; only a service account's key can sign."""
        return self._signed(key, seconds)

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """A signed URL of one generation: it needs no If-Match, and would not understand ours."""
        return HandOff(self._signed(key, seconds, generation=_generation(etag)), "")

    def _signed(self, key: str, seconds: int, **about: int) -> str:
        where = {"api_access_endpoint": self._endpoint} if self._endpoint else {}
        try:
            url: str = self._bucket.blob(key).generate_signed_url(
                version="v4", method="GET", expiration=timedelta(seconds=seconds), **where, **about
            )
        except AttributeError as error:
            text = "Only a service account’s key can sign URLs, not the machine’s identity."
            raise StoreMisconfigured(text) from error
        return url

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """One upload."""
        blob = self._bucket.blob(key)
        about = {**_ONCE, "content_type": content_type, "checksum": None}
        if isinstance(data, bytes):
            self._try(key, lambda: blob.upload_from_string(data, **about))
        else:
            self._try(key, lambda: blob.upload_from_file(data, rewind=True, **about))
        return _stat(blob)

    def delete(self, key: str) -> None:
        """Delete the object; a versioned bucket keeps it as a noncurrent version."""
        with contextlib.suppress(ObjectMissing):
            self._try(key, lambda: self._bucket.blob(key).delete(**_ONCE))

    def describe(self, probe: str = "") -> StoreFacts:
        """Location, versioning, retention and lifecycle, with storage.buckets.get; nothing without."""
        bucket = self._client.bucket(self._bucket.name)
        self._try("", lambda: bucket.reload(**_ONCE))
        return StoreFacts(
            location=bucket.location,
            versioning=bool(bucket.versioning_enabled),
            object_lock=bool(bucket.retention_period),
            lifecycle=tuple(str(rule.get("action", {}).get("type", "rule")) for rule in bucket.lifecycle_rules),
            clock=clock_of(self._headers),
            server=server_of(self._headers),
            checksums=self._checksums(probe) if probe else None,
        )

    def _checksums(self, probe: str) -> tuple[str, ...] | None:
        blob = self._bucket.blob(probe)
        try:
            self._try(probe, lambda: blob.reload(**_ONCE))
        except StoreError:
            return None
        return tuple(name for name, found in (("CRC32C", blob.crc32c), ("MD5", blob.md5_hash)) if found)

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()
        self._tokens.close()

    def _try(self, key: str, work: Callable[[], T]) -> T:
        """Call the SDK; transient errors are retried twice."""
        for attempt in range(RETRIES):
            with contextlib.suppress(StoreUnavailable), self._plain_errors(key):
                return work()
            time.sleep(0.1 * 3**attempt)
        with self._plain_errors(key):
            return work()

    @contextlib.contextmanager
    def _plain_errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise translated(error, key, self._bucket.name, self._headers) from error


def _account(text: str, endpoint: str) -> Any:
    """The service account of a JSON key; its token address must be Google's, or on the host of another endpoint."""
    try:
        info = json.loads(text)
        if info.get("type") != "service_account":
            raise ValueError("another kind of key")
        if info.get("token_uri") != GOOGLE_TOKENS and not _is_on_host(info.get("token_uri"), endpoint):
            where = f" or on the host of {endpoint}" if endpoint else ""
            raise StoreMisconfigured(f"The service account’s token_uri must be {GOOGLE_TOKENS}{where}.")
        read: Any = service_account.Credentials.from_service_account_info
        return read(info, scopes=SCOPES)
    except (ValueError, AttributeError, google.auth.exceptions.MalformedError) as error:
        raise StoreMisconfigured("This isn’t a service account’s JSON key. Paste the whole file.") from error


def _is_on_host(url: object, endpoint: str) -> bool:
    expected, found = urlsplit(endpoint), urlsplit(str(url))
    return bool(endpoint) and (found.scheme, found.hostname) == (expected.scheme, expected.hostname)


def _generation(etag: str) -> int:
    """The generation that an ETag of ours names; one from Google's other API, whose key read before, names none."""
    text = etag.strip('"')
    if not text.isdecimal():
        raise ObjectChanged("The file was first seen through a different API, so its version can’t be compared.")
    return int(text)


def _stat(blob: Any) -> ObjectStat:
    return ObjectStat(
        key_of(blob.name),
        size_of(blob.size),
        etag_of(blob.generation),
        modified_of(blob.updated),
        blob.content_type or "",
        str(blob.generation),
    )
