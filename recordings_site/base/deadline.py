"""A point in time until which to wait for something."""

import time


class Deadline:
    """A number of seconds from now, on a monotonic clock. A deadline of 0 seconds has already passed."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, 0 once it has passed: usable as a timeout."""
        return max(0.0, self._at - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._at
