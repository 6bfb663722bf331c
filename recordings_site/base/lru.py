"""A bounded cache shared by threads."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """At most `size` values: the least recently used goes first. With `seconds`, a value is gone that long after `put`.

    Safe to share between threads. None is no value: `get` returns it for what is not there.
    """

    def __init__(self, size: int, *, seconds: float = math.inf) -> None:
        self._size, self._seconds = size, seconds
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value of `key`, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            put_at, value = found
            if time.monotonic() - put_at >= self._seconds:
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Store `value` for `key`, replacing any earlier value."""
        with self._lock:
            self._kept[key] = time.monotonic(), value
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
