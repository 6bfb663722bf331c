"""Amazon S3 and what speaks its protocol, Google's interoperability API among them, through boto3."""

import contextlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from recordings_site.storage import explanations
from recordings_site.storage.answers import check_range, clock_of, etag_of, key_of, modified_of, server_of, size_of
from recordings_site.storage.errors import (
    ObjectArchived,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
)
from recordings_site.storage.factory import Location
from recordings_site.storage.port import Body, HandOff, ObjectPage, ObjectStat, Store, StoreFacts
from recordings_site.storage.s3.client import Access, Client
from recordings_site.storage.s3.errors import translated

# What boto3 raises, its parsers' faults among them: a store may answer anything.
_FAULTS = (ClientError, BotoCoreError, RecursionError, ValueError, KeyError, TypeError, AttributeError, OSError)

_CHECKSUMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


def open_at(location: Location, credentials: str | None) -> Store:
    """The bucket, opened with AccessKey:SecretKey or AccessKey:SecretKey:Region."""
    place = {"bucket": location.bucket, "endpoint": location.endpoint, "addressing": location.addressing}
    if credentials is None:
        return S3Store(Access(region=location.region, **place))
    key, colon, rest = credentials.partition(":")
    secret, _, region = rest.partition(":")
    if not colon or not key or not secret:
        raise StoreMisconfigured("The credentials must be AccessKey:SecretKey, followed by :Region for S3.")
    return S3Store(Access(region=region or location.region, key=key, secret=secret, **place))


class S3Store:
    """One bucket, opened with one access key or the machine's identity."""

    def __init__(self, access: Access) -> None:
        self._bucket, self._region = access.bucket, access.region
        self._boto = Client(access, self._ask_for_one)

    @property
    def _client(self) -> Any:
        return self._boto.settled()

    def _ask_for_one(self, client: Any) -> None:
        with self._plain_errors(""):
            client.list_objects_v2(Bucket=self._bucket, MaxKeys=1)

    def stat(self, key: str) -> ObjectStat:
        """HEAD of the object."""
        with self._plain_errors(key, bare=True):
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        return ObjectStat(
            key,
            size_of(found.get("ContentLength")),
            etag_of(found.get("ETag")),
            modified_of(found.get("LastModified")),
            found.get("ContentType", ""),
            _version(found.get("VersionId")),
        )

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        """GET with Range and If-Match; a connection is held until the body ends or is closed."""
        if stop is None or etag is None:
            stat = self.stat(key)
            stop = stat.size if stop is None else stop
            etag = etag or stat.etag
        if start >= stop:
            return Body(io.BytesIO(), start, start, lambda _: io.BytesIO())
        reopen = partial(self._source, key, stop, etag)
        return Body(reopen(start), start, stop, reopen)

    def _source(self, key: str, stop: int, etag: str, start: int) -> "_Streamed":
        try:
            with self._plain_errors(key):
                found = self._client.get_object(
                    Bucket=self._bucket, Key=key, Range=f"bytes={start}-{stop - 1}", IfMatch=etag
                )
        except ObjectArchived as error:
            raise self._archived(key, error) from error
        try:
            check_range(start, stop, content_range=found.get("ContentRange"), length=found.get("ContentLength"))
            if etag_of(found.get("ETag") or etag) != etag:  # a store that knows no If-Match
                raise ObjectChanged(f"{key} was replaced since it was first seen.")
        except StoreError:
            found["Body"].close()
            raise
        return _Streamed(found["Body"], partial(self._plain_errors, key))

    def _archived(self, key: str, error: ObjectArchived) -> ObjectArchived:
        """Only its HEAD says whether it is being restored."""
        with contextlib.suppress(StoreError), self._plain_errors(key):
            restore = self._client.head_object(Bucket=self._bucket, Key=key).get("Restore", "")
            if 'ongoing-request="true"' in restore:
                return ObjectArchived(
                    explanations.RESTORING.text, code=error.code, remedy=explanations.RESTORING.remedy
                )
        return error

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """ListObjectsV2; the token is the store's."""
        more = {"ContinuationToken": token} if token else {}
        with self._plain_errors(prefix):
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=limit, **more)
        objects = tuple(
            ObjectStat(
                key_of(each.get("Key")),
                size_of(each.get("Size")),
                etag_of(each.get("ETag")),
                modified_of(each.get("LastModified")),
            )
            for each in page.get("Contents", ())
        )
        return ObjectPage(objects, page.get("NextContinuationToken") if page.get("IsTruncated") else None)

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A presigned GET."""
        with self._plain_errors(key):
            url: str = self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
            )
        return url

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """The signed URL; the version is pinned by If-Match."""
        return HandOff(self.sign_url(key, seconds=seconds), etag)

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """PUT. A write-only key can't read what it wrote, so the stat is taken from the answer."""
        size = len(data) if isinstance(data, bytes) else _length(data)
        with self._plain_errors(key):
            done = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, ContentLength=size
            )
        etag = done.get("ETag")  # who wrote does not depend on it
        return ObjectStat(
            key, size, etag_of(etag) if etag else "", _clock(done), content_type, _version(done.get("VersionId"))
        )

    def delete(self, key: str) -> None:
        """DELETE; in a versioned bucket this leaves the versions."""
        with contextlib.suppress(ObjectMissing), self._plain_errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def describe(self, probe: str = "") -> StoreFacts:
        """Region, versioning, Object Lock, lifecycle rules and checksums, as far as these credentials may read them."""
        with self._plain_errors(""):
            head = self._client.head_bucket(Bucket=self._bucket)
        headers = head.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return StoreFacts(
            location=head.get("BucketRegion") or self._optional(_location, "get_bucket_location"),
            signed_region=self._boto.signed_region,
            addressing=self._boto.style,
            versioning=self._optional(lambda found: found.get("Status") == "Enabled", "get_bucket_versioning"),
            object_lock=self._optional(
                lambda found: found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled",
                "get_object_lock_configuration",
                absent=("ObjectLockConfigurationNotFoundError", False),
            ),
            lifecycle=self._optional(
                _rules, "get_bucket_lifecycle_configuration", absent=("NoSuchLifecycleConfiguration", ())
            ),
            clock=clock_of(headers),
            server=server_of(headers),
            checksums=self._optional(_checksums, "head_object", Key=probe, ChecksumMode="ENABLED") if probe else None,
        )

    def _optional(
        self, read: Callable[[Any], Any], question: str, *, absent: tuple[str, Any] = ("", None), **about: str
    ) -> Any:
        try:
            with self._plain_errors(""):
                return read(getattr(self._client, question)(Bucket=self._bucket, **about))
        except StoreError as error:
            return absent[1] if error.code == absent[0] else None

    def close(self) -> None:
        """Close the kept connections."""
        self._boto.close()

    @contextlib.contextmanager
    def _plain_errors(self, key: str, *, bare: bool = False) -> Iterator[None]:
        """Turn boto3's errors into ours. `bare`: the answer had no body, so a 404 may speak of the bucket."""
        try:
            yield
        except _FAULTS as error:
            found = translated(error, key, self._bucket)
            if bare and isinstance(found, ObjectMissing):
                self._check_bucket()
            raise found from error

    def _check_bucket(self) -> None:
        """Raise StoreMisconfigured when it is the bucket that is missing."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                raise explanations.NO_BUCKET.as_error("NoSuchBucket", bucket=self._bucket) from error


class _Streamed:
    """The body of an answer, with its errors translated."""

    def __init__(self, body: Any, plain_errors: Callable[[], contextlib.AbstractContextManager[None]]) -> None:
        self._body, self._plain_errors = body, plain_errors

    def read(self, amount: int, /) -> bytes:
        with self._plain_errors():
            chunk: bytes = self._body.read(amount)
            return chunk

    def close(self) -> None:
        self._body.close()


def _version(text: str | None) -> str:
    return "" if text in (None, "null") else str(text)


def _location(found: Any) -> str:
    """Amazon's first region and its "EU" have no name of their own in the answer."""
    place = found.get("LocationConstraint")
    return {None: "us-east-1", "EU": "eu-west-1"}.get(place) or str(place)


def _checksums(found: Any) -> tuple[str, ...]:
    return tuple(name for name in _CHECKSUMS if found.get(f"Checksum{name}"))


def _rules(found: Any) -> tuple[str, ...]:
    return tuple(
        f"{rule.get('ID', 'rule')}: "
        + ", ".join(sorted(part for part in rule if part not in ("ID", "Filter", "Prefix", "Status")))
        for rule in found.get("Rules", ())
        if rule.get("Status") == "Enabled"
    )


def _clock(answer: Any) -> datetime:
    return clock_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})) or datetime.now(UTC)


def _length(file: BinaryIO) -> int:
    at = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(at)
    return end - at
