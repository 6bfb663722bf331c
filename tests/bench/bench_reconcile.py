"""22,000 objects of a store listed, linked and adopted, without their files being read.

A third of the recordings is awaited, a third has a name that Sinch generated, the rest has any name.
"""

from collections.abc import Iterator

from tests import postgres
from tests.bench import Row
from tests.bench.bench_search import FOLDER, inside

HERE = FOLDER.parent / "reconcile"


def rows() -> Iterator[Row]:
    """A first and a second walk on PostgreSQL."""
    HERE.mkdir(parents=True, exist_ok=True)
    with postgres.running(**postgres.FORGETFUL) as server:
        yield from inside("tests.bench.reconcile_inside", "PostgreSQL", server.url, HERE)
