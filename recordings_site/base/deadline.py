"""A point in time until which something is waited for."""

import time


class Deadline:
    """So many seconds from now, by a clock that is never set back. One of 0 seconds has already passed."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then, 0 afterwards: what a call that takes a timeout may be given."""
        return max(0.0, self._at - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._at
