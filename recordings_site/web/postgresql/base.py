"""Hands out only working connections from the pool, even right after the server was restarted.

CONN_HEALTH_CHECKS alone does not do: psycopg_pool then checks one connection after the other, and waits a second after
the second one that is broken. With eight of them, all of a restarted server's, the first calls were not recorded.
"""

import select
from typing import Any

from django.conf import settings
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from recordings_site.web.connections import Purpose, purpose
from recordings_site.web.postgresql.pools import POOLS

# A worker's and a command's statements may take long, and so may those of an export.
LIMITED = (Purpose.PAGES, Purpose.SIGN_IN, Purpose.HEALTH)


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection, as Django's own but for where it comes from: a pool for each purpose."""

    @property
    def pool(self) -> "ConnectionPool | None":
        """The pool from which this thread takes a connection now; None where DATABASES asks for none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        wanted = purpose()
        key = f"{self.alias}/{wanted}"
        if key not in POOLS:
            size = {"max_size": settings.DATABASE_POOLS[wanted]}
            parameters = self._parameters_for(wanted)
            configure = self._configure_connection  # type: ignore[attr-defined]  # Django's own, not in its types
            found = ConnectionPool(kwargs=parameters, open=False, configure=configure, **(options | size))
            # Of two simultaneous threads, the first decides.
            POOLS.setdefault(key, found)
        return POOLS[key]

    def close_pool(self) -> None:
        """Close the pools of all purposes."""
        for key in [key for key in POOLS if key.startswith(f"{self.alias}/")]:
            POOLS.pop(key).close()

    def _parameters_for(self, wanted: Purpose) -> dict[str, Any]:
        found: dict[str, Any] = self.get_connection_params() | {"autocommit": True}
        seconds = settings.DATABASE_STATEMENT_SECONDS
        if seconds and wanted in LIMITED and not settings.DATABASE_POOLER:
            found["options"] = f"{found.get('options', '')} -c statement_timeout={seconds}s".strip()
        return found

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
