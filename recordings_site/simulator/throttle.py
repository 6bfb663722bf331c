"""Limits the rate of placed calls."""

import time
from collections.abc import Iterable, Iterator

from recordings_site.simulator.plan import CallGroup


def throttled(groups: Iterable[CallGroup], rate: float) -> Iterator[CallGroup]:
    """Yield each group when it is due at `rate` calls a second; 0 is unlimited."""
    due = time.monotonic()
    for group in groups:
        if rate > 0:
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due, time.monotonic() - 1.0) + len(group) / rate
        yield group
