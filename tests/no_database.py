"""A database that has no connection for anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from unittest.mock import patch

from django.db import OperationalError, connection

EXECUTE = "django.db.backends.utils.CursorWrapper.execute"


@contextmanager
def no_connection_left() -> Iterator[None]:
    """Others have all connections of the pool; SQLite has no pool: there it is locked. Not inside a transaction."""
    if connection.vendor != "postgresql":
        with patch(EXECUTE, side_effect=lambda *args, **kwargs: _locked()):
            yield
        return
    connection.close()
    pool = cast(Any, connection).pool
    pool.open()
    taken = [pool.getconn(timeout=30) for _ in range(pool.max_size)]
    try:
        yield
    finally:
        for one in taken:
            pool.putconn(one)


def _locked() -> None:
    raise OperationalError("database is locked")
