"""What a policy can check: the facts of one call, its direction, its own number, and its draw for sampling."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from recordings_site.base.formatting import digits, e164
from recordings_site.base.phone_numbers import E164, country_of, international
from recordings_site.sinch import ends
from recordings_site.sinch.ends import NUMBER, USERNAME
from recordings_site.sinch.events import Ace, Ice


@dataclass(frozen=True)
class CallFacts:
    """One call at the moment of its ICE. `at` is aware: the event's own timestamp, else the time of receipt.

    `number_digits` are the digits of our number in the call: what was dialled for an inbound call, what an app user
    calls from for an outbound one, "" when that end is no phone number. `user` is the app user who calls; `cli` is then
    what the called side is shown. The types are those of `sinch.ends`.
    """

    call_id: str
    direction: str
    cli: str
    to: str
    number_digits: str
    at: datetime
    application_key: str = ""
    user: str = ""
    cli_type: str = NUMBER
    to_type: str = NUMBER

    @property
    def caller(self) -> str:
        """The caller: the app user's name, else the shown number or address."""
        return self.user or self.cli

    @property
    def caller_type(self) -> str:
        """The type of the caller."""
        return USERNAME if self.user else self.cli_type

    @property
    def cli_digits(self) -> str:
        """The digits of the number shown as the caller, or ""."""
        return digits(self.cli) if self.cli_type == NUMBER else ""

    @property
    def to_digits(self) -> str:
        """The dialled digits, "" if it wasn't a phone number."""
        return digits(self.to) if self.to_type == NUMBER else ""

    @property
    def dialled(self) -> str:
        """The dialled end; a number in E.164."""
        return e164(self.to) if self.to_type == NUMBER else self.to

    @property
    def leads_somewhere(self) -> bool:
        """Whether the dialled end can be connected: a phone number needs its country code."""
        return self.to_type != NUMBER or not self.to or E164.fullmatch(self.to.strip()) is not None

    @property
    def is_private(self) -> bool:
        """Whether the caller withheld their number; an app user has a name."""
        return not self.user and ends.is_withheld(self.cli)

    def to_dict(self) -> dict[str, Any]:
        """JSON that is enough to decide again."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CallFacts":
        """Read `to_dict`'s JSON."""
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})


def call_facts(ice: Ice, *, received_at: datetime, application_key: str = "", country: str = "") -> CallFacts:
    """The facts of an ICE; a number without a country code is read as one of `country`, the application's.

    Where that has none, what an app user dials is read as a phone would read it: as one of the country of the number
    that the user calls from.

    An app user's call says `mxp` as its origination type (or, in older events, its domain) and names the user; all else
    comes to one of our numbers from outside.
    """
    to = ice.to.endpoint if ice.to else ""
    to_type = ends.end_type(ice.to.type if ice.to else "", to)
    origination = ice.origination_type or ice.domain
    cli, cli_type = ice.cli, ends.caller_type(origination, ice.cli)
    outbound = origination == "mxp"
    if country:
        cli = international(cli, country) if cli_type == NUMBER else cli
    elif outbound and to_type == NUMBER and cli_type == NUMBER and not E164.fullmatch(to):
        country = country_of(cli)
    if country:
        to = international(to, country) if to_type == NUMBER else to
    ours = (cli, cli_type) if outbound else (to, to_type)
    return CallFacts(
        call_id=ice.call_id,
        direction="outbound" if outbound else "inbound",
        cli=cli,
        to=to,
        number_digits=ends.end_digits(*ours),
        at=(ice.timestamp or received_at).astimezone(UTC),
        application_key=application_key or ice.application_key,
        user=ice.user if outbound or not ice.cli else "",
        cli_type=cli_type,
        to_type=to_type,
    )


def callout_facts(ace: Ace, *, received_at: datetime, application_key: str = "") -> CallFacts:
    """The facts of a call placed by our own side, known only from its ACE, which has no numbers."""
    at = (ace.timestamp or received_at).astimezone(UTC)
    return CallFacts(ace.call_id, "callout", "", "", "", at, application_key or ace.application_key)


def kept_facts(
    *, call_id: str, direction: str, caller: tuple[str, str], called: tuple[str, str], own: str, at: datetime,
    application_key: str = "",
) -> CallFacts:  # fmt: skip
    """The facts of a call that was kept; `caller` and `called` are an end and its type each, `own` our number's digits.

    Of an app user's call the number that was shown is not kept: it is our own, when the call was made from one.
    """
    end, kind = caller
    by_user = kind == USERNAME
    to, to_type = called
    return CallFacts(
        call_id, direction, own if by_user else end, to, own, at, application_key,
        user=end if by_user else "",
        cli_type=NUMBER if by_user else ends.end_type(kind, end),
        to_type=ends.end_type(to_type, to),
    )  # fmt: skip


def draw(call_id: str) -> float:
    """The call's draw for sampling: 0 <= draw < 100 in hundredths, always the same for each event of the call."""
    return int.from_bytes(hashlib.sha256(call_id.encode()).digest()[:8], "big") % 10000 / 100
