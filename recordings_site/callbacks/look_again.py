"""Looks once more at what is in force, for a callback that names something unknown: it may have been entered just now.

All who ask share one look that begins after they asked. Strangers ask, too: for requests that no one has signed there
are only so many looks a second, and only so many may wait for one.
"""

import logging
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from django.conf import settings
from django.db import Error

from recordings_site.callbacks.transactions.deadline import (
    DATABASE_TIMEOUT,
    SNAPSHOT_TIMEOUT,
    DatabaseDown,
    at_most,
    with_timeout,
)
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot import Snapshot

log = logging.getLogger(__name__)

# Seconds between two looks that requests without a known signature cause, and how many of these wait at a time.
STRANGERS_EVERY = 0.1
MOST_STRANGERS = 100


class _Look:
    """One look at the database, and when it may begin (time.monotonic())."""

    def __init__(self, begins_at: float) -> None:
        self.begins_at = begins_at
        self.found: Future[Snapshot | None] = Future()


class _Looks:
    """The look that has not begun, and when the last one did."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = threading.Lock()
        self.next: _Look | None = None
        self.began_at = float("-inf")
        self.strangers = threading.BoundedSemaphore(MOST_STRANGERS)

    def join(self, *, every: float) -> "Future[Snapshot | None]":
        """The result of a look that begins after now, and `every` seconds after the one before."""
        with self.lock:
            if self.next is None:
                self.next = _Look(max(time.monotonic(), self.began_at + every))
                timer = threading.Timer(self.next.begins_at - time.monotonic(), self._run)
                timer.daemon = True
                timer.start()
            return self.next.found

    def _run(self) -> None:
        with self.running:
            with self.lock:
                look, self.next = self.next, None
                self.began_at = time.monotonic()
            if look is not None:
                look.found.set_result(_look())


_looks = _Looks()


def look_again(known: Snapshot, *, signed: bool) -> Snapshot:
    """What is in force now, `known` when that cannot be found out in time. `signed`: an application of ours asks."""
    if settings.CALLBACK_THREADS == 0:
        return _look() or known
    if not signed and not _looks.strangers.acquire(blocking=False):
        return known
    try:
        # A call of an application of ours has a default route, and waits the less; the others would be refused.
        longest = at_most(SNAPSHOT_TIMEOUT if signed else STRANGERS_EVERY + DATABASE_TIMEOUT)
        return _looks.join(every=0.0 if signed else STRANGERS_EVERY).result(longest) or known
    except FutureTimeout:
        return known
    finally:
        if not signed:
            _looks.strangers.release()


def _look() -> Snapshot | None:
    try:
        return with_timeout(snapshot.refreshed)
    except (DatabaseDown, Error) as problem:
        log.warning("The policies cannot be refreshed: %s", problem)
    except Exception:  # whatever is wrong, the callback is judged by what is known
        log.exception("The policies cannot be refreshed.")
    return None
