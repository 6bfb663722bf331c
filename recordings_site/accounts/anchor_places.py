"""An anchor of the audit trail, and where anchors are kept: a file of each machine, and whatever else is a Place."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from recordings_site.accounts import audit


class Broken(Exception):
    """The trail does not follow from an anchor; says where."""


class Unreachable(Exception):
    """A place of anchors cannot be read or written now; says why."""


@dataclass(frozen=True)
class Anchor:
    """The head of the trail on a day: the id and the chain of its newest row."""

    day: str
    id: int
    head: str

    def line(self) -> str:
        """As it is kept: JSON with a signature."""
        text = json.dumps(asdict(self), sort_keys=True)
        return json.dumps({**asdict(self), "signature": audit.sign(text)}, sort_keys=True)


class Place(Protocol):
    """Where anchors are kept."""

    @property
    def name(self) -> str:
        """What people know it as."""
        ...

    def newest(self) -> Anchor | None:
        """The anchor of the latest day; None before the first. Raises Broken for what is none, and Unreachable."""
        ...

    def keep(self, anchor: Anchor) -> None:
        """Add an anchor. Raises Unreachable."""
        ...


class AnchorFile:
    """The file AUDIT_ANCHOR_FILE of this machine, a line a day. Each machine that runs a worker has its own."""

    def __init__(self) -> None:
        self._path = Path(settings.AUDIT_ANCHOR_FILE)

    @property
    def name(self) -> str:
        """What people know it as."""
        return f"the file {self._path.name} on {socket.gethostname()}"

    def newest(self) -> Anchor | None:
        """The anchor of its last line."""
        try:
            lines = self._path.read_text(errors="replace").split("\n") if self._path.is_file() else []
        except OSError as error:
            raise Unreachable(str(error.strerror)) from error
        kept = [line for line in lines if line.strip()]
        return parse(kept[-1]) if kept else None

    def keep(self, anchor: Anchor) -> None:
        """Add a line."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{anchor.line()}\n")
        except OSError as error:
            raise Unreachable(str(error.strerror)) from error


def parse(line: str) -> Anchor:
    """An anchor as it was kept. Raises Broken for one that we did not sign."""
    try:
        found = json.loads(line)
        anchor = Anchor(str(found["day"]), int(found["id"]), str(found["head"]))
        signature = str(found["signature"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Broken("The last anchor can’t be read.") from error
    text = json.dumps(asdict(anchor), sort_keys=True)
    if not any(audit.same(signature, audit.sign(text, key)) for key in audit.key_ring()):
        raise Broken("The last anchor wasn’t signed by this site.")
    return anchor
