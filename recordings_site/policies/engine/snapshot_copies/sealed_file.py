"""The sealed file of a snapshot, less every storage credential: what answers calls while the database is down.

The file's time is when its contents were last known to be in force.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from recordings_site.policies.engine.schema.document import parse, parse_default_route
from recordings_site.policies.engine.snapshot import ApplicationFacts, NumberFacts, PolicyFacts, Snapshot

CONTEXT = "snapshot|file|routes"


class Sealer(Protocol):
    """What seals the file: destinations.sealing's Keyring."""

    def seal(self, plaintext: str, context: str) -> str:
        """Encrypt, bound to its context."""

    def open(self, sealed: str, context: str) -> str:
        """Decrypt; raises when it was altered or sealed for another context."""


def seal(snapshot: Snapshot, keyring: Sealer) -> str:
    """Return the sealed text of a snapshot, in ASCII."""
    return keyring.seal(json.dumps(to_dict(snapshot)), CONTEXT)


def unseal(sealed: str, keyring: Sealer) -> Snapshot:
    """Return the snapshot in a sealed text. Raises what the keyring raises, and ValueError, KeyError or TypeError."""
    return from_dict(json.loads(keyring.open(sealed, CONTEXT)))


def write(sealed: str, path: Path, *, confirmed_at: float | None = None) -> None:
    """Put a sealed text at `path` in one step (mode 0600), with this time, in seconds since 1970 (else now)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        if confirmed_at is not None:
            os.utime(name, (confirmed_at, confirmed_at))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path, keyring: Sealer) -> Snapshot:
    """Open the sealed file. Raises OSError when it is not there, and what `unseal` raises."""
    return unseal(path.read_text(encoding="ascii"), keyring)


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
