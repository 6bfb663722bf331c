"""What must not grow with history: pages, metrics and periodic work at a history twenty times as long.

Thin calls, 2,000 a day, on PostgreSQL. BENCH_SIZE is the share of 1,000,000 (default 0.05).
"""

import os
from collections.abc import Iterator

from tests import postgres
from tests.bench import Row
from tests.bench.bench_search import FOLDER, POSTGRESQL, SIZE, inside

HERE = FOLDER.parent / f"growth-{SIZE:g}"


def rows() -> Iterator[Row]:
    """Each figure beside that of the shorter history."""
    HERE.mkdir(parents=True, exist_ok=True)
    HERE.chmod(0o755)
    os.environ["METRICS_TOKEN"] = "bench"
    with postgres.running(**POSTGRESQL) as server:
        yield from inside("tests.bench.growth_inside", "PostgreSQL", server.url, HERE)
