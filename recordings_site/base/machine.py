"""Sizes of processes on this machine: defaults of settings, from the available cores."""

import os


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(cores: int) -> int:
    """Return how many web processes to start: one for each core, and two at least, so that one may fail."""
    return max(2, min(cores, 8))


def threads(cores: int) -> int:
    """Return how many requests a process answers at a time. Most of them wait: for a listener, a store, a database."""
    return min(128 * cores, 256)


def pool_size(cores: int) -> int:
    """Return how many database connections the pages of a process share."""
    return max(6, min(4 + 2 * cores, 16))
