"""Chooses the search engine of the database in use."""

from django.db import connection

from recordings_site.recordings.search.engines.port import Engine
from recordings_site.recordings.search.engines.postgresql import PostgreSQL
from recordings_site.recordings.search.engines.sqlite import SQLite

_ENGINES: dict[str, Engine] = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def engine() -> Engine:
    """Return the engine that keeps the index."""
    return _ENGINES[connection.vendor]
