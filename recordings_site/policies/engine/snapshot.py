"""The configuration in force, in memory: applications, numbers, published policies, destinations with credentials.

Each process keeps one snapshot, rebuilt when the revision row changed, which is looked at once a second at most. A
sealed file (`snapshot_file`) holds the same less every storage credential, for when the database is down.
This module imports no Django: `policies.revision.snapshot_loader` reads the database for it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from recordings_site.base import instruments
from recordings_site.policies.engine.schema.document import PolicyDocument
from recordings_site.policies.engine.schema.routes import Route
from recordings_site.sinch.uploads.destination_url import DestinationUrl

# Seconds between checks of the revision.
MAX_AGE = 1.0


@dataclass(frozen=True)
class ApplicationFacts:
    """A Sinch application: its secrets (one or two, in clear, in memory alone) and where calls go by default."""

    id: int
    key: str
    secrets: tuple[str, ...] = field(repr=False)
    default_route: Route
    mode: str = "answer"
    region: str = ""
    country: str = ""
    callout_policy_id: int | None = None
    upstream_url: str = field(default="", repr=False)
    upstream_timeout_ms: int = 2000


@dataclass(frozen=True)
class NumberFacts:
    """One of our numbers and its overrides."""

    id: int
    digits: str
    label: str
    application_id: int
    policy_id: int | None = None
    destination_id: int | None = None
    language: str = ""

    @property
    def e164(self) -> str:
        """With the plus sign."""
        return f"+{self.digits}"


@dataclass(frozen=True)
class PolicyFacts:
    """A policy's published version."""

    id: int
    name: str
    version_id: int | None
    version_number: int | None
    document: PolicyDocument

    @property
    def title(self) -> str:
        """`Support EU v7`; a draft has no number."""
        return f"{self.name} v{self.version_number}" if self.version_number else f"{self.name} (draft)"


@dataclass(frozen=True)
class DestinationFacts:
    """Where recordings go. `credentials` are the write set in Sinch's grammar, None when they cannot be opened."""

    id: int
    name: str
    kind: str
    account: str
    bucket: str
    prefix: str
    key_template: str
    credentials: str | None = field(default=None, repr=False)

    def url(self, key: str) -> str:
        """The destination URL of the full key `key`, as Sinch reads it."""
        return DestinationUrl(self.kind, self.account, self.bucket, key).url


@dataclass(frozen=True)
class Snapshot:
    """All that answering a call needs. Numbers are keyed by digits, applications by key, the others by id."""

    revision: str = ""
    applications: Mapping[str, ApplicationFacts] = field(default_factory=dict)
    numbers: Mapping[str, NumberFacts] = field(default_factory=dict)
    policies: Mapping[int, PolicyFacts] = field(default_factory=dict)
    destinations: Mapping[int, DestinationFacts] = field(default_factory=dict)

    def policy_of(self, number: NumberFacts | None) -> PolicyFacts | None:
        """The published policy of a number, None when it has none."""
        return self.policies.get(number.policy_id) if number and number.policy_id else None

    def with_policy(self, policy: PolicyFacts) -> "Snapshot":
        """The same with one policy replaced: how a draft is tried and replayed."""
        return replace(self, policies={**self.policies, policy.id: policy})


class Loader(Protocol):
    """Reads the database."""

    def revision(self) -> str:
        """The revision now in force."""

    def load(self) -> Snapshot:
        """Everything."""


class _Holder:
    """The process's snapshot, when it was last looked at, and how to load another."""

    def __init__(self) -> None:
        self.loader: Loader | None = None
        self.read_file: Callable[[], Snapshot | None] = lambda: None
        self.snapshot: Snapshot | None = None
        self.checked_at = float("-inf")
        self.confirmed_at = 0.0
        self.lock = threading.Lock()


_holder = _Holder()


def configure(loader: Loader, read_file: Callable[[], Snapshot | None] = lambda: None) -> None:
    """Say how a snapshot is loaded, and what stands in for it while the database is down. Forgets the present one."""
    _holder.loader, _holder.read_file = loader, read_file
    forget()


def current(*, max_age: float = MAX_AGE) -> Snapshot:
    """The snapshot in force; looks at the revision row if that was last done `max_age` seconds ago or longer.

    While another thread looks, one that has a snapshot goes on with it. Raises what the database raises: then
    `latest()` still has the last one known.
    """
    if _holder.snapshot is not None and not is_due(max_age):
        return _holder.snapshot
    known = _holder.snapshot
    if known is None:
        _holder.lock.acquire()
    elif not _holder.lock.acquire(blocking=False):
        return known
    try:
        known = _holder.snapshot
        return known if known is not None and not is_due(max_age) else _look()
    finally:
        _holder.lock.release()


def refreshed() -> Snapshot:
    """The snapshot as of a look that begins now: what was committed before is in it. Raises what the database raises.

    Waits for the look of another thread, which began before.
    """
    with _holder.lock:
        return _look()


def _look() -> Snapshot:
    """Ask the database, with the lock held."""
    if _holder.loader is None:
        raise RuntimeError("snapshot.configure() was not called")
    known = _holder.snapshot
    # Set before the database is asked: while it hangs, the others go on with what is known.
    _holder.checked_at = time.monotonic()
    if known is None or known.revision != _holder.loader.revision():
        known = _holder.snapshot = _holder.loader.load()
    _holder.confirmed_at = time.time()
    instruments.POLICIES_CONFIRMED.set(_holder.confirmed_at)
    return known


def is_due(max_age: float = MAX_AGE) -> bool:
    """Whether `current()` would look at the database now."""
    return _holder.snapshot is None or time.monotonic() - _holder.checked_at >= max_age


def is_loaded() -> bool:
    """Whether this process has a snapshot of the database's; else `latest()` is the file's, which may be old."""
    return _holder.snapshot is not None


def confirmed_at() -> float:
    """When this process last compared its snapshot with the database, in seconds since 1970; 0 for never."""
    return _holder.confirmed_at


def latest() -> Snapshot | None:
    """The last snapshot known, without any look at the database; the file's in a process that never had one."""
    if _holder.snapshot is None:
        return _holder.read_file()
    return _holder.snapshot


def forget() -> None:
    """Let the next `current()` load anew: after a change in this process, and between tests."""
    _holder.snapshot, _holder.checked_at = None, float("-inf")
