"""What the last check learnt of a destination's store: kept as values, shown on its page, used to address it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from recordings_site.base.formatting import either
from recordings_site.storage import StoreFacts

ADDRESSING = {"path": "In the path (https://host/bucket/…)", "virtual": "In the host name (https://bucket.host/…)"}


def learnt(facts: StoreFacts | None, now: datetime | None = None) -> dict[str, Any]:
    """The facts as JSON. `clock_ahead`: seconds by which our clock is ahead of the store's."""
    if facts is None:
        return {}
    ahead = ((now or datetime.now(UTC)) - facts.clock).total_seconds() if facts.clock else None
    return {
        "addressing": facts.addressing,
        "region": facts.location or "",
        "server": facts.server,
        "checksums": None if facts.checksums is None else list(facts.checksums),
        "clock_ahead": None if ahead is None else round(ahead),
    }


def described(learnt: Mapping[str, Any], *, addressing: str) -> list[tuple[str, str]]:
    """Title and text of what is known, for the page; `addressing` is what was chosen, "" for automatic."""
    found = []
    if style := ADDRESSING.get(learnt.get("addressing", "")):
        found.append(("Bucket addressing", f"{style}, {'as chosen' if addressing else 'detected automatically'}"))
    if region := learnt.get("region"):
        found.append(("Region name used by the service", region))
    if server := learnt.get("server"):
        found.append(("Server software", server))
    checksums = learnt.get("checksums")
    if checksums is not None:
        found.append(
            ("Checksums", either(checksums).replace(" or ", " and ") if checksums else "None stored with files")
        )
    if (ahead := learnt.get("clock_ahead")) is not None:
        found.append(("Clock", clock(ahead)))
    return found


def clock(ahead: int) -> str:
    """How our clock stands to the store's, to the second, which is as exact as a Date header."""
    if abs(ahead) <= 1:
        return "The same as this site’s"
    return f"This site is {abs(ahead)} s {'ahead' if ahead > 0 else 'behind'}"
