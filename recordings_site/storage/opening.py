"""Opens the store at a location: one client per location and credentials, kept and shared by all threads."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from recordings_site.storage.errors import StoreMisconfigured
from recordings_site.storage.port import Store

KEPT = 64
_kept: OrderedDict[tuple["Location", bytes], Store] = OrderedDict()
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
    with _lock:  # also because making a boto3 client is not safe in two threads at once
        if mark in _kept:
            _kept.move_to_end(mark)
            return _kept[mark]
        store = _kept[mark] = _open(location, credentials)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)  # not closed: another thread may be reading from it
        return store


def _open(location: Location, credentials: str | None) -> Store:
    match location.kind:
        case "local":
            from recordings_site.storage.local import LocalStore

            return LocalStore(f"{location.endpoint}/{location.bucket}")
        case kind:
            raise StoreMisconfigured(f"{kind!r} is no kind of store: choose s3, azure, gs or local.")
