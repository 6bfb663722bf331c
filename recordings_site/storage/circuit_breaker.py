"""Bounds calls to a store: a dead store costs each caller a few seconds at most, and a limited number of threads."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from recordings_site.base import instruments
from recordings_site.base.circuit import Circuit
from recordings_site.base.deadline import Deadline
from recordings_site.storage.errors import StoreUnavailable

T = TypeVar("T")

TIMEOUT = 2.6
"""Seconds that a caller waits for a store's first byte: with all the rest an answer is there within three."""
LONGEST_TIMEOUT = 10.0
"""Seconds that a caller waits while the store promptly answers others: then this site is busy, not the store."""
OPEN_SECONDS = 3.0
"""Seconds during which a store that timed out is not called; then one call tries whether it answers again."""
HEALTHY_SECONDS = 10.0
"""Seconds for which a prompt answer proves that the store is alive."""
MAX_CALLS = 48
"""Calls of one store at a time, each in a thread of its own; a hung one keeps its thread until the SDK gives up."""


class _Call(Generic[T]):
    """One call: its outcome, or the mark that its caller has stopped waiting."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.abandoned = False
        self.value: T | None = None
        self.error: BaseException | None = None


class CircuitBreaker:
    """Guards one store."""

    def __init__(
        self, *, seconds: float = TIMEOUT, open_seconds: float = OPEN_SECONDS, max_calls: int = MAX_CALLS
    ) -> None:
        self._seconds = seconds
        self._slots = threading.BoundedSemaphore(max_calls)
        self._circuit = Circuit(failures=1, open_seconds=open_seconds)
        self._healthy = Deadline(0)
        # Until when callers keep waiting because another was answered promptly.
        self._extended = Deadline(0)

    def call(self, work: Callable[[], T], *, discard: Callable[[T], None]) -> T:
        """What `work` returns or raises, in time; else StoreUnavailable, and `discard` gets the late answer."""
        began, result = time.monotonic(), "ok"
        try:
            return self._call(work, discard)
        except Exception as error:
            result = type(error).__name__
            raise
        finally:
            instruments.STORE_SECONDS.labels(result).observe(time.monotonic() - began)

    def _call(self, work: Callable[[], T], discard: Callable[[T], None]) -> T:
        if not self._circuit.admits():
            raise StoreUnavailable("The storage service didn’t respond a moment ago. Try again in a few seconds.")
        began, own, longest = time.monotonic(), Deadline(self._seconds), Deadline(LONGEST_TIMEOUT)

        def left() -> float:
            return min(max(own.left(), self._extended.left()), longest.left())

        while not self._slots.acquire(timeout=left()):
            if not left():
                raise StoreUnavailable("Too many requests are waiting for this storage service.")
        call: _Call[T] = _Call()
        threading.Thread(target=self._run, args=(call, work, discard), daemon=True, name="store").start()
        while not call.done.wait(left()):
            if left():
                continue
            with call.lock:
                if not call.done.is_set():
                    call.abandoned = True
                    self._circuit.failed()
                    waited = time.monotonic() - began
                    raise StoreUnavailable(f"The storage service didn’t respond within {waited:.0f} seconds.")
        if call.error is not None:
            raise call.error
        return call.value  # type: ignore[return-value]  # set whenever there was no error

    @property
    def is_healthy(self) -> bool:
        """Whether the store promptly answered a moment ago."""
        return not self._healthy.expired

    def _run(self, call: _Call[T], work: Callable[[], T], discard: Callable[[T], None]) -> None:
        prompt = Deadline(self._seconds)
        try:
            call.value = work()
            if not prompt.expired:
                self._extended, self._healthy = Deadline(self._seconds), Deadline(HEALTHY_SECONDS)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that called
            call.error = error
        finally:
            if not prompt.expired:
                # It answers, if only with an error.
                self._circuit.succeeded()
            self._slots.release()
        with call.lock:
            call.done.set()
        if call.abandoned and call.error is None:
            discard(call.value)  # type: ignore[arg-type]


_by_store: dict[object, CircuitBreaker] = {}
_lock = threading.Lock()


def breaker_of(key: object) -> CircuitBreaker:
    """The one circuit breaker of the store that goes by `mark`."""
    with _lock:
        return _by_store.setdefault(key, CircuitBreaker())


def reset() -> None:
    """Reset the state of all stores, between tests."""
    with _lock:
        _by_store.clear()
