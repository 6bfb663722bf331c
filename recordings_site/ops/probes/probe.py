"""Runs a check that may hang: in a thread of its own, one at a time, and waits for it a given time at most."""

import threading
import time
from collections.abc import Callable

from django.db import connections

from recordings_site.web.connections import Purpose, connections_for

# Several load balancers may ask each second: they share an answer.
KEEP_SECONDS = 1.0
SLOW = "slow"


class Probe:
    """A check with a deadline. `check` returns the code of what is wrong, "" for nothing, and may raise.

    A check that hangs is not started again until it has ended: a probe takes one thread and one connection at most.
    """

    def __init__(self, check: Callable[[], str], *, seconds: float) -> None:
        self._check, self._seconds = check, seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._result, self._ended_at = SLOW, float("-inf")

    def problem(self) -> str:
        """Return the code of what is wrong, "" for nothing, `slow` when the check does not end in time."""
        with self._lock:
            if self._thread is None and time.monotonic() - self._ended_at < KEEP_SECONDS:
                return self._result
            thread = self._thread
            if thread is None:
                thread = self._thread = threading.Thread(target=self._run, name="probe", daemon=True)
                thread.start()
        thread.join(self._seconds)
        return SLOW if thread.is_alive() else self._result

    def _run(self) -> None:
        try:
            with connections_for(Purpose.HEALTH):
                result = self._check()
        # Whatever is wrong, the one who asks needs an answer.
        except Exception as error:  # noqa: BLE001
            result = type(error).__name__
        finally:
            connections.close_all()
        with self._lock:
            self._result, self._ended_at, self._thread = result, time.monotonic(), None
