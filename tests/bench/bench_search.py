"""Searching a corpus of support calls on both databases, beside a key lookup, plain GIN, icontains and tantivy.

BENCH_SIZE is the share of the full 5,000,000 lines (default 0.05); corpora are kept in BENCH_DIR between runs.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.bench import Row
from tests.house import ROOT

SIZE = float(os.environ.get("BENCH_SIZE", "0.05"))
KEPT = Path(os.environ.get("BENCH_DIR", str(Path(tempfile.gettempdir()) / "recordings-benches")))
# A corpus of other tokens would not be found. Read as text: here is no Django, on which search stands.
TOKENS = (ROOT / "recordings_site" / "recordings" / "search" / "text" / "tokens.py").read_text()
FOLDER = KEPT / f"search-{SIZE:g}-{re.findall(r'^VERSION = ([0-9]+)', TOKENS, re.MULTILINE)[0]}"
# What a small server of its own would be given; nothing of the corpus needs to survive a power cut.
POSTGRESQL = postgres.FORGETFUL | {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "8GB",
}


def rows() -> Iterator[Row]:
    """Each class of query on each database."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o755)
    in_memory(FOLDER)
    with postgres.kept(FOLDER / "postgresql", **POSTGRESQL) as server:
        yield from inside("tests.bench.search_inside", "PostgreSQL", server.url, FOLDER)
    yield from inside("tests.bench.search_inside", "SQLite", f"sqlite:///{FOLDER}/corpus.sqlite3", FOLDER)


def in_memory(folder: Path) -> None:
    """Read all files once: by chance the first query of each would else be the one that waits for the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


def inside(module: str, database: str, url: str, folder: Path) -> Iterator[Row]:
    """The rows that a module prints in a process of its own, with Django on this database."""
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "recordings_site.settings",
        "DEMO": "1",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", module, database, str(SIZE), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            yield Row(**json.loads(line))
    if process.returncode:
        raise SystemExit(f"{module} on {database} failed.")
