"""A database that has no connection for a page."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from unittest.mock import patch

from django.db import OperationalError, connection
from psycopg_pool import PoolTimeout

from recordings_site.web.connections import Purpose, connections_for

EXECUTE = "django.db.backends.utils.CursorWrapper.execute"


@contextmanager
def no_connection_left() -> Iterator[None]:
    """Others have all connections of the pages' pool; SQLite has none: there it is locked. Not inside a transaction."""
    if connection.vendor != "postgresql":
        with patch(EXECUTE, side_effect=lambda *args, **kwargs: _locked()):
            yield
        return
    connection.close()
    with connections_for(Purpose.PAGES):
        pool = cast(Any, connection).pool
    pool.open()
    taken: list[Any] = []
    try:
        # A thread that ended with one has it for good: then there are fewer to take.
        with suppress(PoolTimeout):
            while len(taken) < pool.max_size:
                taken.append(pool.getconn(timeout=5))
        yield
    finally:
        for one in taken:
            pool.putconn(one)


def _locked() -> None:
    raise OperationalError("database is locked")
