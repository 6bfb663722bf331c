"""The context of the current work (request, call, recording, task), for every line it logs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_ids: ContextVar[dict[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def traced(**ids: object) -> Iterator[None]:
    """Set the context for the block; `note` adds to it."""
    token = _ids.set({name: str(value) for name, value in ids.items()})
    try:
        yield
    finally:
        _ids.reset(token)


def note(**ids: object) -> None:
    """Add to the context; does nothing outside a `traced` block."""
    current = _ids.get()
    if current is not None:
        current.update((name, str(value)) for name, value in ids.items())


def ids() -> Mapping[str, str]:
    """Return the current context."""
    return _ids.get() or {}
