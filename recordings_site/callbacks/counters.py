"""Counts what became of callbacks, and names it in what is logged of them."""

from recordings_site.base import instruments, trace


def count(outcome: str) -> None:
    """Count one more of this outcome."""
    instruments.CALLBACKS.labels(outcome).inc()
    trace.note(outcome=outcome)
