"""Azure Blob Storage, through azure-storage-blob."""

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.storage.blob import (
    BlobSasPermissions,
    BlobServiceClient,
    ContentSettings,
    generate_blob_sas,
)

from recordings_site.storage.answers import clock_of, etag_of, key_of, modified_of, server_of, size_of
from recordings_site.storage.azure.errors import translated
from recordings_site.storage.errors import AccessDenied, ObjectChanged, ObjectMissing, StoreError, StoreMisconfigured
from recordings_site.storage.factory import Location
from recordings_site.storage.port import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    RETRIES,
    WINDOW,
    Body,
    HandOff,
    ObjectPage,
    ObjectStat,
    Store,
    StoreFacts,
    Windows,
)

EARLY = timedelta(minutes=15)
"""How long before now our signatures start to be valid, because clocks differ."""
# What the SDK raises, its parsers' faults among them: a store may answer anything.
_FAULTS = (AzureError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def open_at(location: Location, credentials: str | None) -> Store:
    """The container, opened with a SAS or an account key."""
    return AzureStore(location.account, location.bucket, endpoint=location.endpoint, credentials=credentials)


class AzureStore:
    """One container, opened with an account key, a SAS, or the machine's identity.

    The SDK would load 32 MiB before the first byte; here it is asked for windows, and holds no connection between them.
    """

    def __init__(self, account: str, container: str, *, endpoint: str = "", credentials: str | None = None) -> None:
        url = _url(account, endpoint)
        self._account, self._container, self._key, self._sas = account, container, "", ""
        credential: Any
        if credentials is None:
            from azure.identity import DefaultAzureCredential

            credential = DefaultAzureCredential(exclude_interactive_browser_credential=True)
        elif "sig=" in credentials:
            self._sas = credentials.lstrip("?")
            credential = self._sas
        else:
            self._key = credentials
            credential = {"account_name": account, "account_key": credentials}
        try:
            self._service: Any = BlobServiceClient(
                url,
                credential=credential,
                connection_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retry_total=RETRIES,
                retry_connect=RETRIES,
                retry_read=RETRIES,
                retry_status=RETRIES,
                initial_backoff=0.2,
                increment_base=1,
                retry_to_secondary=False,
                permit_redirects=False,
                max_single_get_size=WINDOW,
                max_chunk_get_size=WINDOW,
                max_single_put_size=4 * 1024 * 1024,
            )
        except ValueError as error:
            raise StoreMisconfigured("The account or its key isn’t valid.", remedy="The key must be Base64.") from error
        self._client: Any = self._service.get_container_client(container)

    def stat(self, key: str) -> ObjectStat:
        """Get Blob Properties."""
        with self._plain_errors(key):
            found = self._client.get_blob_client(key).get_blob_properties()
        return _stat(found, key)

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        """Get Blob with range and If-Match, window by window."""
        if stop is None or etag is None:
            stat = self.stat(key)
            stop = stat.size if stop is None else stop
            etag = etag or stat.etag
        if start >= stop:
            return Body(io.BytesIO(), start, start, lambda _: io.BytesIO())
        fetch = partial(self._fetch, self._client.get_blob_client(key), etag)

        def source(offset: int) -> Windows:
            return Windows(fetch, offset, stop).prefetch()

        return Body(source(start), start, stop, source)

    def _fetch(self, blob: Any, etag: str, start: int, stop: int) -> bytes:
        with self._plain_errors(blob.blob_name):
            found = blob.download_blob(
                start, stop - start, etag=etag, match_condition=MatchConditions.IfNotModified, max_concurrency=1
            )
            data: bytes = found.readall()
            stated = found.properties.etag
        if etag_of(stated) != etag:  # a store that knows no If-Match
            raise ObjectChanged(f"{blob.blob_name} was replaced since it was first seen.")
        return data

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """List Blobs; the token is Azure's marker."""
        with self._plain_errors(prefix):
            pages = self._client.list_blobs(name_starts_with=prefix, results_per_page=limit).by_page(token or None)
            found = list(next(pages, ()))
        objects = tuple(_stat(each) for each in found)
        return ObjectPage(objects, pages.continuation_token or None)

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A read-only SAS for this blob; with a SAS as credentials, that one, whatever its expiry."""
        url: str = self._client.get_blob_client(key).primary_endpoint.partition("?")[0]
        if self._sas:
            return f"{url}?{self._sas}"
        now = datetime.now(UTC)
        about: dict[str, Any] = {
            "permission": BlobSasPermissions(read=True),
            "start": now - EARLY,
            "expiry": now + timedelta(seconds=seconds),
        }
        with self._plain_errors(key):
            if self._key:
                about["account_key"] = self._key
            else:
                about["user_delegation_key"] = self._service.get_user_delegation_key(
                    now - EARLY, now + timedelta(seconds=seconds)
                )
            return f"{url}?{generate_blob_sas(self._account, self._container, key, **about)}"

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """The signed URL; the version is pinned by If-Match."""
        return HandOff(self.sign_url(key, seconds=seconds), etag)

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """Put Blob, or blocks that are committed together."""
        blob = self._client.get_blob_client(key)
        with self._plain_errors(key):
            blob.upload_blob(data, overwrite=True, content_settings=ContentSettings(content_type=content_type))
        return self.stat(key)

    def delete(self, key: str) -> None:
        """Delete Blob; with soft delete on, it can be restored."""
        with contextlib.suppress(ObjectMissing), self._plain_errors(key):
            self._client.get_blob_client(key).delete_blob()

    def describe(self, probe: str = "") -> StoreFacts:
        """The container's lock, the store's clock and name; Azure says the rest to its management API alone."""
        received: dict[str, Any] = {}

        def keep(answer: Any) -> None:
            received.update(answer.http_response.headers)

        locked = None
        try:
            with self._plain_errors(""):
                found = self._client.get_container_properties(raw_response_hook=keep)
            locked = bool(found.has_immutability_policy or found.has_legal_hold)
        except AccessDenied:  # a SAS of a container may list it, and not ask for its properties
            with self._plain_errors(""):
                next(self._client.list_blobs(results_per_page=1, raw_response_hook=keep).by_page(), ())
        return StoreFacts(
            versioning=None,
            object_lock=locked,
            clock=clock_of(received),
            server=server_of(received),
            checksums=self._checksums(probe) if probe else None,
        )

    def _checksums(self, probe: str) -> tuple[str, ...] | None:
        try:
            with self._plain_errors(probe):
                found = self._client.get_blob_client(probe).get_blob_properties()
                return ("MD5",) if found.content_settings.content_md5 else ()
        except StoreError:
            return None

    def close(self) -> None:
        """Close the kept connections."""
        self._service.close()

    @contextlib.contextmanager
    def _plain_errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise translated(error, key, self._container, sas=self._sas) from error


def _url(account: str, endpoint: str) -> str:
    """The account's address: before the vendor's host, and as the first folder at an emulator's or appliance's."""
    if not endpoint:
        return f"https://{account}.blob.core.windows.net"
    parts = urlsplit(endpoint.rstrip("/"))
    host = parts.hostname or ""
    if host.startswith(f"{account}."):
        return endpoint.rstrip("/")
    if host.startswith("blob."):  # other Azure clouds, such as https://blob.core.chinacloudapi.cn
        return f"{parts.scheme}://{account}.{parts.netloc}{parts.path}"
    return f"{endpoint.rstrip('/')}/{account}"


def _stat(found: Any, key: str = "") -> ObjectStat:
    settings = found.content_settings
    return ObjectStat(
        key or key_of(found.name),
        size_of(found.size),
        etag_of(found.etag),
        modified_of(found.last_modified),
        (settings.content_type if settings else "") or "",
        found.version_id or "",
    )
