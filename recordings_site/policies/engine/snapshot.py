"""What is in force, in memory: applications, numbers, published policies, destinations with their write credentials.

Each process keeps one snapshot, rebuilt when the revision row changed, which is looked at once a second at most. A
sealed file holds the same less every storage credential, for the fallback that answers when all else is down.
This module imports no Django: `policies.revision.snapshot_loader` reads the database for it.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from recordings_site.base import instruments
from recordings_site.policies.engine.schema.document import PolicyDocument, parse, parse_default_route
from recordings_site.policies.engine.schema.routes import Route
from recordings_site.sinch.destination_url import DestinationUrl

FILE_CONTEXT = "snapshot|file|routes"
# Seconds after which one looks again whether the revision changed.
MAX_AGE = 1.0


class Sealer(Protocol):
    """What seals the file: destinations.sealing's Keyring."""

    def seal(self, plaintext: str, context: str) -> str:
        """Encrypt, bound to its context."""

    def open(self, sealed: str, context: str) -> str:
        """Decrypt; raises when it was altered or sealed for another context."""


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
    """A number of ours and what it overrides."""

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
    instruments.POLICIES_CONFIRMED.set_to_current_time()
    return known


def is_due(max_age: float = MAX_AGE) -> bool:
    """Whether `current()` would look at the database now."""
    return _holder.snapshot is None or time.monotonic() - _holder.checked_at >= max_age


def is_loaded() -> bool:
    """Whether this process has a snapshot of the database's; else `latest()` is the file's, which may be old."""
    return _holder.snapshot is not None


def latest() -> Snapshot | None:
    """The last snapshot known, without any look at the database; the file's in a process that never had one."""
    if _holder.snapshot is None:
        return _holder.read_file()
    return _holder.snapshot


def forget() -> None:
    """Let the next `current()` load anew: after a change in this process, and between tests."""
    _holder.snapshot, _holder.checked_at = None, float("-inf")


def write_file(snapshot: Snapshot, path: Path, keyring: Sealer) -> None:
    """Seal the snapshot, less every storage credential, and put it at `path` in one step (mode 0600)."""
    sealed = keyring.seal(json.dumps(to_dict(snapshot)), FILE_CONTEXT)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_file(path: Path, keyring: Sealer) -> Snapshot:
    """Open the sealed file. Raises OSError when it is not there, and what the keyring raises when it is not ours."""
    return from_dict(json.loads(keyring.open(path.read_text(encoding="ascii"), FILE_CONTEXT)))


def to_dict(snapshot: Snapshot) -> dict[str, Any]:
    """JSON of a snapshot, without any storage credential. It does hold the applications' secrets: seal it."""
    return {
        "revision": snapshot.revision,
        "applications": [
            {**vars(a), "secrets": list(a.secrets), "default_route": a.default_route.to_dict()}
            for a in snapshot.applications.values()
        ],
        "numbers": [vars(n) for n in snapshot.numbers.values()],
        "policies": [{**vars(p), "document": p.document.to_dict()} for p in snapshot.policies.values()],
    }


def from_dict(data: Mapping[str, Any]) -> Snapshot:
    """Read `to_dict`'s JSON."""
    applications = [
        ApplicationFacts(
            **{**a, "secrets": tuple(a["secrets"]), "default_route": parse_default_route(a["default_route"])}
        )
        for a in data["applications"]
    ]
    policies = [PolicyFacts(**{**p, "document": parse(p["document"])}) for p in data["policies"]]
    return Snapshot(
        revision=data["revision"],
        applications={a.key: a for a in applications},
        numbers={n["digits"]: NumberFacts(**n) for n in data["numbers"]},
        policies={p.id: p for p in policies},
    )
