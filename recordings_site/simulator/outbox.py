"""Delays events that need no answer (DiCE, notify), and sends them in order, late, twice or never."""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LATEST = 30
"""How many gatherings later a shuffled event may come."""

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Faults:
    """The percentages of events that are lost (notifications only), shuffled and doubled."""

    lose: float = 0.0
    shuffle: float = 0.0
    duplicate: float = 0.0


@dataclass
class Outbox:
    """Queued events, each with the number of the group (from 0) after which it is sent."""

    send: Callable[[Event], object]
    faults: Faults
    draw: random.Random
    lost: int = 0
    doubled: int = 0
    _waiting: list[tuple[float, float, int, Event]] = field(default_factory=list)
    _count: int = 0

    def put(self, event: Event, place: int, *, before_next_group: bool = False) -> None:
        """Queue an event of the group `place`; `before_next_group`: however late, it is sent before the next group."""
        if event["event"] == "notify" and self._happens(self.faults.lose):
            self.lost += 1
            return
        self._wait(event, place, before_next_group)
        if self._happens(self.faults.duplicate):
            self.doubled += 1
            self._wait(event, place, before_next_group)

    def release(self, place: float) -> None:
        """Send the events due after group `place` or earlier."""
        while self._waiting and self._waiting[0][0] <= place:
            self.send(heapq.heappop(self._waiting)[-1])

    def release_all(self) -> None:
        """Send all remaining events."""
        self.release(float("inf"))

    def _happens(self, percent: float) -> bool:
        return self.draw.random() * 100 < percent

    def _wait(self, event: Event, place: int, before_next_group: bool) -> None:
        late = self.draw.uniform(0, LATEST) if self._happens(self.faults.shuffle) else 0.0
        self._count += 1
        after, turn = (place, late) if before_next_group else (place + late, 0.0)
        heapq.heappush(self._waiting, (after, turn, self._count, event))
