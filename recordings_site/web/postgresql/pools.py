"""The pools of database connections of this process, by alias and purpose, as "default/pages"."""

from typing import Any

from psycopg_pool import ConnectionPool

POOLS: dict[str, ConnectionPool[Any]] = {}


def figures() -> dict[str, tuple[int, int]]:
    """Return by purpose how many connections are in use, and how many requests wait for one."""
    found = {}
    for key, pool in list(POOLS.items()):
        known = pool.get_stats()
        in_use = known.get("pool_size", 0) - known.get("pool_available", 0)
        found[key.partition("/")[2]] = (in_use, known.get("requests_waiting", 0))
    return found
