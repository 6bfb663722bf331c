"""The steps of a destination's check, and what each can come to."""

from dataclasses import asdict, dataclass
from typing import Any

OK, WARN, BAD, SKIPPED, PENDING = "ok", "warn", "bad", "skipped", "pending"
STEPS = {
    "write": "Write set: put an object",
    "write_only": "Write set: cannot read or list",
    "list": "Read set: list",
    "stat": "Read set: find the object",
    "range": "Read set: read from the middle",
    "place": "Region",
    "clock": "Clock",
    "rules": "Versions, locks and rules",
    "remove": "Remove the test object",
}


@dataclass(frozen=True, slots=True)
class CheckStep:
    """What one step found: ok, warn, bad, skipped or pending; and what to do about it."""

    name: str
    outcome: str
    text: str = ""
    remedy: str = ""

    @property
    def title(self) -> str:
        """The step's name for people."""
        return STEPS.get(self.name, self.name)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def pending() -> list[CheckStep]:
    """All steps before the first one was taken."""
    return [CheckStep(name, PENDING) for name in STEPS]
