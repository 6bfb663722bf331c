"""Lets gatherings out at no more than so many calls a second."""

import time
from collections.abc import Iterable, Iterator

from recordings_site.simulator.plan import CallGroup


def throttled(groups: Iterable[CallGroup], rate: float) -> Iterator[CallGroup]:
    """Give each gathering when its turn has come; a `rate` of 0 waits for nothing."""
    due = time.monotonic()
    for group in groups:
        if rate > 0:
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due, time.monotonic() - 1.0) + len(group) / rate
        yield group
