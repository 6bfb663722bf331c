"""Gives the database connection back before a long answer."""

from django.db import connections


def release_connections() -> None:
    """Return this thread's connections: Django would hold them until the last byte of the answer has left.

    A connection inside a transaction is left alone: giving it back would undo what was done.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
