"""Opens the store at a location: one client per location and credentials, kept and shared by all threads."""

import hashlib
import threading
from dataclasses import dataclass, replace

from recordings_site.base.lru import Lru
from recordings_site.storage.errors import StoreMisconfigured
from recordings_site.storage.port import Store

KEPT = 64
INTEROPERABILITY = "https://storage.googleapis.com"
# What is dropped is not closed: another thread may be reading from it.
_kept = Lru[tuple["Location", bytes], Store](KEPT)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a bucket lies. `kind` is s3, azure, gs or local; `account` is Azure's; `endpoint` is the address of a store
    that is not at its vendor's own, or for a local store its root folder (the bucket is a folder in it)."""

    kind: str
    account: str = ""
    bucket: str = ""
    region: str = ""
    endpoint: str = ""


def open_store(location: Location, credentials: str | None) -> Store:
    """The store at `location` seen with `credentials`; None means the identity that the machine itself has.

    The vendors' SDKs are imported here, when first needed. Raises StoreMisconfigured for what cannot work.
    """
    mark = (location, hashlib.sha256((credentials or "").encode()).digest())
    with _lock:  # making a boto3 client is not safe in two threads at once
        store = _kept.get(mark)
        if store is None:
            store = _open(location, credentials)
            _kept.put(mark, store)
        return store


def _open(location: Location, credentials: str | None) -> Store:
    match location.kind:
        case "local":
            from recordings_site.storage.local import LocalStore

            return LocalStore(f"{location.endpoint}/{location.bucket}")
        case "s3":
            return _s3(location, credentials)
        case "gs" if credentials is not None and not credentials.lstrip().startswith("{"):
            # Sinch's kind of key speaks the S3 protocol only.
            endpoint = location.endpoint or INTEROPERABILITY
            return _s3(replace(location, endpoint=endpoint, region=location.region or "auto"), credentials)
        case "gs":
            from recordings_site.storage.gcs import GcsStore

            return GcsStore(location.bucket, endpoint=location.endpoint, credentials=credentials)
        case "azure":
            from recordings_site.storage.azure import AzureStore

            endpoint = location.endpoint
            return AzureStore(location.account, location.bucket, endpoint=endpoint, credentials=credentials)
        case kind:
            raise StoreMisconfigured(f"{kind!r} is no kind of store: choose s3, azure, gs or local.")


def _s3(location: Location, credentials: str | None) -> Store:
    from recordings_site.storage.s3 import S3Store

    if credentials is None:
        return S3Store(location.bucket, region=location.region, endpoint=location.endpoint)
    key, colon, rest = credentials.partition(":")
    secret, _, region = rest.partition(":")
    if not colon or not key or not secret:
        raise StoreMisconfigured("The credentials must be AccessKey:SecretKey, for S3 with :Region at the end.")
    region = region or location.region
    return S3Store(location.bucket, region=region, endpoint=location.endpoint, key=key, secret=secret)
