"""What the work at hand is about (request, call, recording, task), for every line that it logs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_ids: ContextVar[dict[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def traced(**ids: object) -> Iterator[None]:
    """Name what the block is about; `note` adds to it."""
    token = _ids.set({name: str(value) for name, value in ids.items()})
    try:
        yield
    finally:
        _ids.reset(token)


def note(**ids: object) -> None:
    """Add what became known; does nothing outside of a `traced` block."""
    current = _ids.get()
    if current is not None:
        current.update((name, str(value)) for name, value in ids.items())


def ids() -> Mapping[str, str]:
    """Return what is known now."""
    return _ids.get() or {}
