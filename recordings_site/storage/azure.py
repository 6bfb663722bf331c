"""Azure Blob Storage, through azure-storage-blob."""

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.storage.blob import (
    BlobSasPermissions,
    BlobServiceClient,
    ContentSettings,
    generate_blob_sas,
)

from recordings_site.storage.errors import (
    ELSEWHERE,
    AccessDenied,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
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

_MISPLACED = {
    "ContainerNotFound": "There is no such container: {container}. Check its name, and the account.",
    "InvalidResourceName": "{container} cannot be the name of a container.",
    "ContainerBeingDeleted": "The container {container} is being deleted.",
    "BlobArchived": "The blob lies in the archive tier: rehydrate it in the store, then it can be read.",
    "AccountIsDisabled": "The storage account is disabled. Ask its owner.",
}


def open_at(location: Location, credentials: str | None) -> Store:
    """The container seen with a SAS or an account key."""
    return AzureStore(location.account, location.bucket, endpoint=location.endpoint, credentials=credentials)


class AzureStore:
    """One container, seen with an account key, a SAS, or the identity of the machine.

    The SDK would load 32 MiB before the first byte; here it is asked for windows, and holds no connection between them.
    """

    def __init__(self, account: str, container: str, *, endpoint: str = "", credentials: str | None = None) -> None:
        url = f"{endpoint.rstrip('/')}/{account}" if endpoint else f"https://{account}.blob.core.windows.net"
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
            raise StoreMisconfigured("The account or its key cannot be right: the key is Base64.") from error
        self._client: Any = self._service.get_container_client(container)

    def stat(self, key: str) -> ObjectStat:
        """Get Blob Properties."""
        with self._plain_errors(key):
            found = self._client.get_blob_client(key).get_blob_properties()
        return _stat(found)

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
        return data

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """List Blobs; the token is Azure's marker."""
        with self._plain_errors(prefix):
            pages = self._client.list_blobs(name_starts_with=prefix, results_per_page=limit).by_page(token or None)
            objects = tuple(_stat(each) for each in next(pages, ()))
        return ObjectPage(objects, pages.continuation_token or None)

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A read-only SAS for this blob; with a SAS as credentials, that one, whatever its expiry."""
        url: str = self._client.get_blob_client(key).primary_endpoint.partition("?")[0]
        if self._sas:
            return f"{url}?{self._sas}"
        now = datetime.now(UTC)
        about: dict[str, Any] = {
            "permission": BlobSasPermissions(read=True),
            "expiry": now + timedelta(seconds=seconds),
        }
        with self._plain_errors(key):
            if self._key:
                about["account_key"] = self._key
            else:
                about["user_delegation_key"] = self._service.get_user_delegation_key(
                    now, now + timedelta(seconds=seconds)
                )
            return f"{url}?{generate_blob_sas(self._account, self._container, key, **about)}"

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """The signed URL; the version is pinned by If-Match."""
        return HandOff(self.sign_url(key, seconds=seconds), etag)

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """Put Blob, or blocks that are committed at once."""
        blob = self._client.get_blob_client(key)
        with self._plain_errors(key):
            blob.upload_blob(data, overwrite=True, content_settings=ContentSettings(content_type=content_type))
        return self.stat(key)

    def delete(self, key: str) -> None:
        """Delete Blob; where soft delete is on it stays restorable."""
        with contextlib.suppress(ObjectMissing), self._plain_errors(key):
            self._client.get_blob_client(key).delete_blob()

    def describe(self) -> StoreFacts:
        """The container's lock and the store's clock; Azure tells the rest only to its management API."""
        headers: dict[str, Any] = {}
        with self._plain_errors(""):
            found = self._client.get_container_properties(
                raw_response_hook=lambda answer: headers.update(answer.http_response.headers)
            )
        return StoreFacts(
            versioning=None,
            object_lock=bool(found.has_immutability_policy or found.has_legal_hold),
            clock=_clock({name.lower(): value for name, value in headers.items()}),
        )

    def close(self) -> None:
        """Let go of the kept connections."""
        self._service.close()

    @contextlib.contextmanager
    def _plain_errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except HttpResponseError as error:
            raise _translated(error, key, self._container) from error
        except ClientAuthenticationError as error:
            raise StoreMisconfigured(
                "The machine has no identity of its own at Azure: enter a key or a SAS."
            ) from error
        except (AzureError, OSError) as error:
            code = type(error).__name__
            raise StoreUnavailable("The store cannot be reached, or broke off.", code=code) from error


def _stat(found: Any) -> ObjectStat:
    etag = found.etag if found.etag.startswith('"') else f'"{found.etag}"'
    return ObjectStat(
        found.name,
        found.size,
        etag,
        found.last_modified,
        found.content_settings.content_type or "",
        found.version_id or "",
    )


def _translated(error: HttpResponseError, key: str, container: str) -> StoreError:
    named = getattr(error, "error_code", None) or ""
    code = str(getattr(named, "value", named))
    status = error.status_code or 0
    if code in _MISPLACED:
        return StoreMisconfigured(_MISPLACED[code].format(container=container), code=code)
    if status >= 500 or status in (408, 429):
        return StoreUnavailable(f"The store is busy or broken just now ({code or status}).", code=code)
    if status in (412, 416) or code == "ConditionNotMet":
        return ObjectChanged(f"{key} was replaced since it was first seen.", code=code)
    if status == 404:
        return ObjectMissing(f"Nothing lies at {key}.", code=code)
    if status in (301, 302, 303, 307, 308):
        return StoreMisconfigured(ELSEWHERE, code=code)
    if status in (401, 403):
        return AccessDenied(_refusal_reason(code, str(error.message)), code=code)
    if isinstance(error, ClientAuthenticationError):
        return StoreMisconfigured("The machine has no identity of its own at Azure: enter a key or a SAS.", code=code)
    return StoreMisconfigured(f"The store refused the request ({code or status}).", code=code)


def _refusal_reason(code: str, message: str) -> str:
    if code == "AuthenticationFailed" and "expir" in message.lower():
        return "The SAS has expired. Make a new one."
    if code in ("AuthenticationFailed", "InvalidAuthenticationInfo", "AuthorizationFailure"):
        return "The account key or the SAS is wrong, or not of this account. Copy it again, whole."
    return "The store does not allow this with these credentials."


def _clock(headers: dict[str, Any]) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(str(headers.get("date"))).astimezone(UTC)
    except (TypeError, ValueError):
        return None
