"""Amazon S3 and what speaks its protocol, Google's interoperability API among them, through boto3."""

import contextlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ResponseStreamingError,
)
from botocore.exceptions import (
    ConnectionError as NotConnected,
)

from recordings_site.storage.errors import (
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
    Body,
    HandOff,
    ObjectPage,
    ObjectStat,
    Store,
    StoreFacts,
)

POOL = 512
"""Connections that may be kept: each listener holds one."""

_REFUSED = {
    "InvalidAccessKeyId": "The store does not know this access key. It was deleted, or belongs to another store.",
    "SignatureDoesNotMatch": "The secret key does not belong to the access key. Enter both again.",
    "ExpiredToken": "The credentials have expired. Make new ones.",
    "InvalidToken": "The credentials have expired. Make new ones.",
    "RequestTimeTooSkewed": "The clock of this machine differs too much from the store's. Set it right (NTP).",
    "AccountProblem": "The store's account is blocked. Ask its owner.",
}
_MISPLACED = {
    "NoSuchBucket": "There is no such bucket: {bucket}. Check its name, and the endpoint.",
    "PermanentRedirect": "The bucket lies in another region than the one entered.",
    "AuthorizationHeaderMalformed": "The bucket lies in another region than the one entered.",
    "IllegalLocationConstraintException": "The bucket lies in another region than the one entered.",
    "InvalidBucketName": "{bucket} cannot be the name of a bucket.",
    "InvalidObjectState": "The object lies in an archive tier (Glacier): restore it in the store, then it can be read.",
}
_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "TooManyRequests"}


def open_at(location: Location, credentials: str | None) -> Store:
    """The bucket seen with AccessKey:SecretKey, or AccessKey:SecretKey:Region."""
    if credentials is None:
        return S3Store(location.bucket, region=location.region, endpoint=location.endpoint)
    key, colon, rest = credentials.partition(":")
    secret, _, region = rest.partition(":")
    if not colon or not key or not secret:
        raise StoreMisconfigured("The credentials must be AccessKey:SecretKey, for S3 with :Region at the end.")
    region = region or location.region
    return S3Store(location.bucket, region=region, endpoint=location.endpoint, key=key, secret=secret)


class S3Store:
    """One bucket, seen with one access key; without one, with the identity that boto3 finds on the machine."""

    def __init__(
        self, bucket: str, *, region: str, endpoint: str = "", key: str | None = None, secret: str | None = None
    ):
        self._bucket = bucket
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or None,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"total_max_attempts": 1 + RETRIES, "mode": "standard"},
                max_pool_connections=POOL,
                s3={"addressing_style": "path" if endpoint else "auto"},
                # Else boto3 adds checksums that Google and other stores refuse.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def stat(self, key: str) -> ObjectStat:
        """HEAD of the object."""
        with self._plain_errors(key, bare=True):
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        return ObjectStat(
            key,
            found["ContentLength"],
            found["ETag"],
            found["LastModified"],
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
        with self._plain_errors(key):
            found = self._client.get_object(
                Bucket=self._bucket, Key=key, Range=f"bytes={start}-{stop - 1}", IfMatch=etag
            )
        if found["ETag"] != etag:  # a store that knows no If-Match
            found["Body"].close()
            raise ObjectChanged(f"{key} was replaced since it was first seen.")
        return _Streamed(found["Body"], partial(self._plain_errors, key))

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """ListObjectsV2; the token is the store's."""
        more = {"ContinuationToken": token} if token else {}
        with self._plain_errors(prefix):
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=limit, **more)
        objects = tuple(
            ObjectStat(each["Key"], each["Size"], each["ETag"], each["LastModified"])
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
        """PUT. A write-only key may not look at what it wrote, so the facts are taken from the answer."""
        size = len(data) if isinstance(data, bytes) else _length(data)
        with self._plain_errors(key):
            done = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, ContentLength=size
            )
        return ObjectStat(key, size, done["ETag"], _clock(done), content_type, _version(done.get("VersionId")))

    def delete(self, key: str) -> None:
        """DELETE; in a versioned bucket this leaves the versions."""
        with contextlib.suppress(ObjectMissing), self._plain_errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def describe(self) -> StoreFacts:
        """Region, versioning, Object Lock and lifecycle rules, as far as these credentials may ask for them."""
        with self._plain_errors(""):
            head = self._client.head_bucket(Bucket=self._bucket)
        location = head.get("BucketRegion") or self._optional(_location, "get_bucket_location")
        return StoreFacts(
            location=location,
            versioning=self._optional(lambda found: found.get("Status") == "Enabled", "get_bucket_versioning"),
            object_lock=self._optional(
                lambda found: found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled",
                "get_object_lock_configuration",
                absent=("ObjectLockConfigurationNotFoundError", False),
            ),
            lifecycle=self._optional(
                _rules, "get_bucket_lifecycle_configuration", absent=("NoSuchLifecycleConfiguration", ())
            ),
            clock=_clock(head),
        )

    def _optional(self, read: Callable[[Any], Any], question: str, *, absent: tuple[str, Any] = ("", None)) -> Any:
        try:
            with self._plain_errors(""):
                return read(getattr(self._client, question)(Bucket=self._bucket))
        except StoreError as error:
            return absent[1] if error.code == absent[0] else None

    def close(self) -> None:
        """Let go of the kept connections."""
        self._client.close()

    @contextlib.contextmanager
    def _plain_errors(self, key: str, *, bare: bool = False) -> Iterator[None]:
        """Turn boto3's errors into ours. `bare`: the answer had no body, so a 404 may speak of the bucket."""
        try:
            yield
        except ClientError as error:
            found = _translated(error, key, self._bucket)
            if bare and isinstance(found, ObjectMissing):
                self._check_bucket()
            raise found from error
        except NoCredentialsError as error:
            raise StoreMisconfigured("The machine has no identity of its own at this store: enter keys.") from error
        except (ParamValidationError, ValueError) as error:
            raise StoreMisconfigured("The bucket, the region or the name of the object cannot be right.") from error
        except (HTTPClientError, NotConnected, ResponseStreamingError, IncompleteReadError) as error:
            code = type(error).__name__
            raise StoreUnavailable("The store cannot be reached, or broke off.", code=code) from error
        except RecursionError as error:  # boto3 follows a redirect between regions, also one in a circle
            raise StoreMisconfigured(_MISPLACED["PermanentRedirect"], code="PermanentRedirect") from error
        except BotoCoreError as error:
            raise StoreMisconfigured("The store cannot be asked with this region, endpoint and key.") from error

    def _check_bucket(self) -> None:
        """Raise StoreMisconfigured when it is the bucket that is missing."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                message = _MISPLACED["NoSuchBucket"].format(bucket=self._bucket)
                raise StoreMisconfigured(message, code="NoSuchBucket") from error


class _Streamed:
    """The body of an answer, its errors in our words."""

    def __init__(self, body: Any, plain_errors: Callable[[], contextlib.AbstractContextManager[None]]) -> None:
        self._body, self._plain_errors = body, plain_errors

    def read(self, amount: int, /) -> bytes:
        with self._plain_errors():
            chunk: bytes = self._body.read(amount)
            return chunk

    def close(self) -> None:
        self._body.close()


def _translated(error: ClientError, key: str, bucket: str) -> StoreError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _MISPLACED:
        return StoreMisconfigured(_MISPLACED[code].format(bucket=bucket), code=code)
    if code in _REFUSED:
        return AccessDenied(_REFUSED[code], code=code)
    if code in _BUSY or status in (408, 429) or status >= 500:
        return StoreUnavailable(f"The store is busy or broken just now ({code}).", code=code)
    if status in (412, 416):
        return ObjectChanged(f"{key} was replaced since it was first seen.", code=code)
    if status == 404 and code in ("404", "NoSuchKey", "NoSuchVersion", "NotFound"):
        return ObjectMissing(f"Nothing lies at {key}.", code=code)
    if status in (401, 403):
        return AccessDenied("The store does not allow this with these credentials.", code=code)
    if status in (301, 307, 400) and code in ("301", "307", "400", "BadRequest"):
        return StoreMisconfigured(
            "The bucket lies in another region than the one entered, or the key is malformed.", code=code
        )
    return StoreMisconfigured(f"The store refused the request ({code}).", code=code)


def _version(text: str | None) -> str:
    return "" if text in (None, "null") else str(text)


def _location(found: Any) -> str:
    place = found.get("LocationConstraint")
    return {None: "us-east-1", "EU": "eu-west-1"}.get(place) or str(place)


def _rules(found: Any) -> tuple[str, ...]:
    return tuple(
        f"{rule.get('ID', 'rule')}: "
        + ", ".join(sorted(part for part in rule if part not in ("ID", "Filter", "Prefix", "Status")))
        for rule in found.get("Rules", ())
        if rule.get("Status") == "Enabled"
    )


def _clock(answer: Any) -> datetime:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.now(UTC)


def _length(file: BinaryIO) -> int:
    at = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(at)
    return end - at
