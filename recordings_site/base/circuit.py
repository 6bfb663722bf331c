"""A circuit breaker: when open, it keeps callers away from a service that just failed, and lets one retry at times."""

import threading

from recordings_site.base.deadline import Deadline


class Circuit:
    """Opens after a number of failures in a row. Then admits one caller per `open_seconds` until one succeeds."""

    def __init__(self, *, failures: int, open_seconds: float) -> None:
        self._most, self._open_seconds = failures, open_seconds
        self._lock = threading.Lock()
        self._failures = 0
        self._open = Deadline(0)

    def admits(self) -> bool:
        """Whether the caller may try; it must then report the result."""
        with self._lock:
            if self._failures < self._most:
                return True
            if not self._open.expired:
                return False
            self._open = Deadline(self._open_seconds)
            return True

    def succeeded(self) -> None:
        """Report that the service answered: close the circuit."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Report that the service didn't answer."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._open = Deadline(self._open_seconds)
