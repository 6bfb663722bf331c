"""Counts what became of callbacks in this process, for the metrics page."""

import threading
from collections import Counter

_lock = threading.Lock()
_counts: Counter[str] = Counter()


def tally(what: str) -> None:
    """Count one more of `what`."""
    with _lock:
        _counts[what] += 1


def tallies() -> dict[str, int]:
    """All counts since this process started."""
    with _lock:
        return dict(_counts)
