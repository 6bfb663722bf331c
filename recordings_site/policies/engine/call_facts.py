"""What a policy may look at: the facts of one call, its direction, its own number, and its draw for sampling."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from recordings_site.base.formatting import digits
from recordings_site.sinch.events import Ace, Ice

WITHHELD = frozenset({"", "private", "anonymous", "unknown", "restricted", "unavailable", "withheld", "blocked"})


@dataclass(frozen=True)
class CallFacts:
    """One call at the moment of its ICE. `at` is aware: the event's own timestamp, else the time of receipt.

    `number_digits` are the digits of our number in the call: what was dialled for an inbound call, what an app user
    calls from for an outbound one, "" when that end is no phone number.
    """

    call_id: str
    direction: str
    cli: str
    to: str
    number_digits: str
    at: datetime
    application_key: str = ""

    @property
    def cli_digits(self) -> str:
        """The caller's digits, "" when the caller is no phone number or withheld."""
        return digits(self.cli)

    @property
    def is_private(self) -> bool:
        """Whether the caller withheld their number."""
        return self.cli.strip().lower() in WITHHELD

    def to_dict(self) -> dict[str, Any]:
        """JSON, enough to decide again."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CallFacts":
        """Read `to_dict`'s JSON."""
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})


def call_facts(ice: Ice, *, received_at: datetime, application_key: str = "") -> CallFacts:
    """The facts of an ICE.

    An app user's call says `mxp` as its origination type (or, in older events, its domain); all else comes to one of
    our numbers from outside.
    """
    to = ice.to.endpoint if ice.to else ""
    outbound = (ice.origination_type or ice.domain) == "mxp"
    return CallFacts(
        call_id=ice.call_id,
        direction="outbound" if outbound else "inbound",
        cli=ice.cli,
        to=to,
        number_digits=digits(ice.cli if outbound else to),
        at=(ice.timestamp or received_at).astimezone(UTC),
        application_key=application_key or ice.application_key,
    )


def callout_facts(ace: Ace, *, received_at: datetime, application_key: str = "") -> CallFacts:
    """The facts of a call that our own side placed: known from its ACE alone, which tells no numbers."""
    at = (ace.timestamp or received_at).astimezone(UTC)
    return CallFacts(ace.call_id, "callout", "", "", "", at, application_key or ace.application_key)


def draw(call_id: str) -> float:
    """The call's lot for sampling: 0 <= draw < 100 in hundredths, the same for each event of the call, for ever."""
    return int.from_bytes(hashlib.sha256(call_id.encode()).digest()[:8], "big") % 10000 / 100
