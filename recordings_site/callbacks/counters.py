"""Counts what became of callbacks in this process, for the metrics page."""

import threading
from collections import Counter

_lock = threading.Lock()
_counts: Counter[str] = Counter()


def count(what: str) -> None:
    """Count one more of `what`."""
    with _lock:
        _counts[what] += 1


def counts() -> dict[str, int]:
    """All counts since this process started."""
    with _lock:
        return dict(_counts)
