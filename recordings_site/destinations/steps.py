"""The steps of a destination's check, and what each can come to."""

from dataclasses import asdict, dataclass
from typing import Any

OK, WARN, BAD, SKIPPED, PENDING = "ok", "warn", "bad", "skipped", "pending"
STEPS = {
    "write": "Write credentials: write a test file",
    "write_only": "Write credentials: no reading or listing",
    "list": "Read credentials: list files",
    "stat": "Read credentials: find the test file",
    "range": "Read credentials: read part of a file",
    "place": "Region",
    "clock": "Clock",
    "rules": "Versions, locks and rules",
    "remove": "Remove the test file",
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
