"""Pages of the lists of recordings and of calls at any depth and under each filter, beside their raw SQL.

BENCH_SIZE is the share of 5,000,000 of each (default 0.05); they are kept in BENCH_DIR between runs.
"""

from collections.abc import Iterator

from tests import postgres
from tests.bench import Row
from tests.bench.bench_search import FOLDER, POSTGRESQL, SIZE, inside

HERE = FOLDER.parent / f"lists-{SIZE:g}"


def rows() -> Iterator[Row]:
    """Each page on each database."""
    HERE.mkdir(parents=True, exist_ok=True)
    HERE.chmod(0o755)
    with postgres.kept(HERE / "postgresql", **POSTGRESQL) as server:
        yield from inside("tests.bench.lists_inside", "PostgreSQL", server.url, HERE)
    yield from inside("tests.bench.lists_inside", "SQLite", f"sqlite:///{HERE}/lists.sqlite3", HERE)
