"""Gives connections of the pool only when they work, also right after the server was restarted.

CONN_HEALTH_CHECKS alone does not do: psycopg_pool then checks one connection after the other, and waits a second after
the second one that is broken. With eight of them, all of a restarted server's, the first calls were not recorded.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection, as Django's own but for where it comes from."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Take a connection from the pool; if it is broken, so are the others that lie there, and all are replaced."""
        found: Connection[Any] = super().get_new_connection(conn_params)
        if self.pool is not None and not _works(found):
            self.pool.putconn(found)
            self.pool.drain()
            found = super().get_new_connection(conn_params)
        return found


def _works(connection: "Connection[Any]") -> bool:
    """Whether the server has not hung up. Asking it would cost each request 0.1 ms; the socket of a connection that was
    closed can be read, that of an idle one cannot, but for a rare notice about the server's settings.
    """
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN)
        if poll.poll(0):
            ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
