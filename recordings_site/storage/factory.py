"""Opens the store at a location: one client per location and credentials, kept and shared by all threads."""

import hashlib
import threading
from dataclasses import dataclass
from importlib import import_module

from recordings_site.base.addresses import SETTING
from recordings_site.base.formatting import either
from recordings_site.base.lru import Lru
from recordings_site.storage import guarded_connections
from recordings_site.storage.errors import StoreMisconfigured
from recordings_site.storage.port import Store

KEPT = 64
# The kinds: a folder each, whose `adapter` has an `open_at(location, credentials)`.
KINDS = ("s3", "azure", "gs", "local")
# Dropped clients aren't closed: another thread may be reading from one.
_kept = Lru[tuple["Location", bytes], Store](KEPT)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a bucket lies. `kind` is one of KINDS; `account` is Azure's; `endpoint` is the address of a store
    that is not at its vendor's own, or for a local store its root folder (the bucket is a folder in it); `addressing`
    is S3's: "path", "virtual", or "" to find out. `public_only`: the endpoint has to be https, at
    a public address (base.addresses)."""

    kind: str
    account: str = ""
    bucket: str = ""
    region: str = ""
    endpoint: str = ""
    addressing: str = ""
    public_only: bool = False


def open_store(location: Location, credentials: str | None, *, anew: bool = False) -> Store:
    """The store at `location` seen with `credentials`; None means the identity that the machine itself has.

    The vendors' SDKs are imported here, when first needed. `anew`: one that knows nothing yet of the store, and is the
    caller's to close. Raises StoreMisconfigured for what cannot work.
    """
    key = (location, hashlib.sha256((credentials or "").encode()).digest())
    with _lock:  # making a boto3 client is not safe in two threads at once
        if anew:
            return _open(location, credentials)
        store = _kept.get(key)
        if store is None:
            store = _open(location, credentials)
            _kept.put(key, store)
        return store


def _open(location: Location, credentials: str | None) -> Store:
    if location.kind not in KINDS:
        raise StoreMisconfigured(f"{location.kind!r} isn’t a supported kind of storage. Choose {either(KINDS)}.")
    if location.public_only:
        _guard_endpoint(location.endpoint)
    store: Store = import_module(f"recordings_site.storage.{location.kind}.adapter").open_at(location, credentials)
    return store


def _guard_endpoint(endpoint: str) -> None:
    """Apply the address rule to connections to an entered endpoint. Raises StoreMisconfigured for what is not https."""
    if not endpoint.startswith("https://"):
        raise StoreMisconfigured(
            "The endpoint isn’t https.", remedy=f"Use https, or have its host added to the setting {SETTING}."
        )
    guarded_connections.guard(endpoint)
