"""A circuit: open, it keeps callers from a service that has just failed; now and then it lets one try again."""

import threading

from recordings_site.base.deadline import Deadline


class Circuit:
    """Opens after so many failures in a row. Then one caller per `open_seconds` is let through, until one succeeds."""

    def __init__(self, *, failures: int, open_seconds: float) -> None:
        self._most, self._open_seconds = failures, open_seconds
        self._lock = threading.Lock()
        self._failures = 0
        self._open = Deadline(0)

    def admits(self) -> bool:
        """Whether the caller may try; it then says what came of it."""
        with self._lock:
            if self._failures < self._most:
                return True
            if not self._open.expired:
                return False
            self._open = Deadline(self._open_seconds)
            return True

    def succeeded(self) -> None:
        """The service answered: everyone may call it."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The service did not answer."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._open = Deadline(self._open_seconds)
