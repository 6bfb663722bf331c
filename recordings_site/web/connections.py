"""Which pool a thread takes its database connection from, and giving it back before a long answer.

Each purpose has its own pool, so slow pages take no connections from sign-in, health or calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from django.db import connections


class Purpose(StrEnum):
    """What a connection is for. WORK is what no other one is: workers, commands, exports as they stream."""

    WORK = "work"
    PAGES = "pages"
    SIGN_IN = "sign_in"
    HEALTH = "health"
    CALLBACKS = "callbacks"


_purpose: ContextVar[Purpose] = ContextVar("purpose", default=Purpose.WORK)
purpose = _purpose.get


@contextmanager
def connections_for(purpose: Purpose) -> Iterator[None]:
    """Take new connections of this thread, in the block, from the pool of this purpose."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


def release_connections() -> None:
    """Return this thread's connections: Django would hold them until the last byte of the answer has left.

    A connection inside a transaction is left alone: giving it back would undo what was done.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
