"""Plans the calls of a simulation: which, when, and how callers behave; a pure function of a seed."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

# Numbers that regulators reserve for fiction, so that no real phone is in a demo.
CALLERS = (
    *(f"1202555{number:04}" for number in range(100, 200, 9)),
    *(f"442079460{number:03}" for number in range(0, 999, 83)),
    *(f"467017406{number:02}" for number in range(5, 99, 11)),
)
ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class CalledNumbers:
    """The called numbers (digits only); calls to `conference` come in groups of two or three."""

    plain: tuple[str, ...]
    conference: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedCall:
    """A planned call. `number` is ours, `other` the other side; `draw` decides what is left open, 0 ≤ draw < 1."""

    call_id: str
    number: str
    other: str
    outbound: bool
    started_at: datetime
    ring_seconds: float
    # The result of ringing: ANSWERED, NOANSWER or BUSY.
    result: str
    hangs_up: str
    draw: float


CallGroup = tuple[PlannedCall, ...]
"""One call, or those of one conference."""


def plan(
    *, seed: int, calls: int, days: float, now: datetime, numbers: CalledNumbers, outbound: float = 0.0
) -> list[CallGroup]:
    """Return groups of `calls` calls in all, spread over the `days` before `now`, oldest first.

    The same seed gives the same calls, whatever `now` is; only their times follow it. `outbound` is the share of calls
    placed from our side.
    """
    draw = random.Random(f"calls {seed}")  # noqa: S311 - a simulation, not a secret
    groups: list[CallGroup] = []
    left = calls
    while left:
        number = draw.choice(numbers.plain + numbers.conference)
        people = min(left, draw.choice((2, 3))) if number in numbers.conference else 1
        # A generator of its own: the number of draws depends on `now`, and the calls must be the same on any day.
        start = _start_time(random.Random(f"moment {seed} {len(groups)}"), days, now)  # noqa: S311 - as above
        groups.append(
            tuple(
                _call(draw, number, start + timedelta(seconds=4.5 * place), people == 1 and draw.random() < outbound)
                for place in range(people)
            )
        )
        left -= people
    return sorted(groups, key=lambda group: (group[0].started_at, group[0].call_id))


def _call(draw: random.Random, number: str, start: datetime, outbound: bool) -> PlannedCall:
    return PlannedCall(
        call_id=str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        number=number,
        other=draw.choice(CALLERS) if outbound or draw.random() > 0.03 else ANONYMOUS,
        outbound=outbound,
        started_at=start,
        ring_seconds=round(draw.uniform(2.0, 14.0), 1),
        result=draw.choices(("ANSWERED", "NOANSWER", "BUSY"), (90, 7, 3))[0],
        hangs_up=draw.choice(("CALLERHANGUP", "CALLEEHANGUP")),
        draw=draw.random(),
    )


def _start_time(draw: random.Random, days: float, now: datetime) -> datetime:
    """Draw a start within office hours more often than not, early enough for the call to have ended."""
    latest = now - timedelta(minutes=50)
    for _ in range(20):
        day = now - timedelta(days=draw.random() * days)
        start = day.replace(hour=0, minute=0, second=0) + timedelta(hours=draw.triangular(6.5, 19.0, 11.0))
        if start <= latest and start >= now - timedelta(days=days) and (start.weekday() < 5 or draw.random() < 0.2):
            return start
    return latest - timedelta(days=draw.random() * days)
