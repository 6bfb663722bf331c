"""Waits for a store so long and no longer: a dead one costs each asker seconds at most, and only so many threads."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from recordings_site.base.deadline import Deadline
from recordings_site.storage.errors import StoreUnavailable

T = TypeVar("T")

PATIENCE = 2.6
"""Seconds that somebody waits for a store's first byte: with all the rest an answer is there within three."""
LONGEST = 10.0
"""Seconds that somebody waits while the store promptly answers others: then it is we who are busy, not the store."""
REST = 3.0
"""Seconds during which a store that let somebody wait in vain is not asked again."""
LATELY = 10.0
"""Seconds for which a prompt answer tells that the store is alive."""
DOORS = 48
"""Askings of one store at a time, each in a thread of its own; a hung one keeps its thread until the SDK gives up."""


class _Asked(Generic[T]):
    """One asking: its outcome, or the mark that nobody waits for it any more."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.abandoned = False
        self.value: T | None = None
        self.error: BaseException | None = None


class Patience:
    """Asks one store, through a bounded number of threads."""

    def __init__(self, *, seconds: float = PATIENCE, rest: float = REST, doors: int = DOORS) -> None:
        self._seconds, self._rest = seconds, rest
        self._doors = threading.BoundedSemaphore(doors)
        self._resting = Deadline(0)
        # Until when those who wait go on, since the store promptly answered others.
        self._others = Deadline(0)
        self._answered_lately = Deadline(0)

    def ask(self, work: Callable[[], T], *, discard: Callable[[T], None]) -> T:
        """What `work` returns or raises, in time; else StoreUnavailable, and `discard` gets the late answer."""
        if not self._resting.expired:
            raise StoreUnavailable("The store did not answer a moment ago; it will be asked again in a few seconds.")
        begun, own, longest = time.monotonic(), Deadline(self._seconds), Deadline(LONGEST)

        def left() -> float:
            return min(max(own.left(), self._others.left()), longest.left())

        while not self._doors.acquire(timeout=left()):
            if not left():
                raise StoreUnavailable("Too many are waiting for this store.")
        asked: _Asked[T] = _Asked()
        threading.Thread(target=self._run, args=(asked, work, discard), daemon=True, name="store").start()
        while not asked.done.wait(left()):
            if left():
                continue
            with asked.lock:
                if not asked.done.is_set():
                    asked.abandoned = True
                    self._resting = Deadline(self._rest)
                    raise StoreUnavailable(f"The store did not answer within {time.monotonic() - begun:.0f} seconds.")
        if asked.error is not None:
            raise asked.error
        return asked.value  # type: ignore[return-value]  # set whenever there was no error

    def answered_lately(self) -> bool:
        """Whether the store gave somebody a prompt answer a moment ago."""
        return not self._answered_lately.expired

    def _run(self, asked: _Asked[T], work: Callable[[], T], discard: Callable[[T], None]) -> None:
        prompt = Deadline(self._seconds)
        try:
            asked.value = work()
            if not prompt.expired:
                self._others, self._answered_lately = Deadline(self._seconds), Deadline(LATELY)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            asked.error = error
        finally:
            self._doors.release()
        with asked.lock:
            asked.done.set()
        if asked.abandoned and asked.error is None:
            discard(asked.value)  # type: ignore[arg-type]


_by_store: dict[object, Patience] = {}
_lock = threading.Lock()


def patience_with(mark: object) -> Patience:
    """The one patience with the store that goes by `mark`."""
    with _lock:
        return _by_store.setdefault(mark, Patience())
