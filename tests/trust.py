"""Proves the promises at their full size, piece by piece, and writes what came of it: `make trust`.

A piece that held is skipped until it is named (`make trust PIECES="forgery kills"`) or all are asked for again
(`PIECES=all`). Results are kept in tests/trust.json and shown in tests/TRUST.md; what pieces print is in var/trust.
"""

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from tests import fuzz
from tests.house import ROOT

FOLDER = ROOT / "var" / "trust"
KEPT = ROOT / "tests" / "trust.json"
TABLE = ROOT / "tests" / "TRUST.md"
SQLITE, POSTGRESQL, BOTH, NONE = "SQLite", "PostgreSQL", "both", "none"


@dataclass(frozen=True)
class Piece:
    """One promise and what proves it: its tests, at which size, and the databases on which they run one by one."""

    name: str
    promise: str
    size: str
    tests: str
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Result:
    """What came of a piece on one database."""

    piece: str
    database: str
    held: bool
    said: str
    seconds: int
    on: str
    commit: str
    machine: str
    details: str = ""


PIECES = [
    Piece("forgery", "No altered request is taken for Sinch's", "100,000 mutations", "tests/faults/test_forgery.py"),
    Piece(
        "faults", "Every ICE gets valid SVAML within 2 s", "20 faults, about 25,000 ICE",
        "tests/faults/test_calls_survive.py",
    ),
    Piece(
        "statements", "Each statement of a write fails once: nothing is half done", "each of every write",
        "tests/faults/test_every_statement.py",
    ),
    Piece(
        "kills", "What was acknowledged is kept, with its effect once", "500 kills on each database, 20,000 acks",
        "tests/faults/test_acknowledged_is_durable.py", (BOTH,),
    ),
    Piece(
        "restarts", "A restarted database, a pooler and a failover cost no recording", "1,000 ICE each",
        "tests/faults/test_restarted_database.py", (POSTGRESQL,),
    ),
    Piece(
        "turns", "Each process of a whole installation is killed in turn, and no call is lost",
        "11 kinds of process, 4,500 calls in 10 minutes", "tests/faults/test_killed_in_turn.py", (POSTGRESQL,),
    ),
    Piece("exports", "An export ends early only with an error", "each point", "tests/faults/test_exports_hold.py"),
    Piece("orders", "Any order of a call's events ends the same", "5,040 orders", "tests/callbacks/test_orders.py"),
    Piece(
        "disorder", "Dropped, doubled and late notifications are healed", "500 calls",
        "tests/journeys/test_disorder.py",
    ),
    Piece(
        "stalled", "Stalled connections cost no call", "2,000 connections",
        "tests/ops/serving/test_request_worker.py", (SQLITE,),
    ),
    Piece(
        "search", "Each query finds what plain Python finds, and none breaks the page", "100,000 queries",
        "tests/recordings/search/test_same_hits.py",
    ),
    Piece(
        "listeners", "Listeners who go away, and many who stay, leave no socket and no memory: 64 MiB at most",
        "2,000 who go away, 50 plays of 500 MiB at once", "tests/faults/test_listeners.py", (POSTGRESQL,),
    ),
    Piece("ranges", "A Range is answered as RFC 9110 says", "200,000 requests", "tests/web/test_ranges.py", (NONE,)),
    Piece(
        "canaries", "No secret is seen on a page, in mails, exports, metrics, logs or a dump", "200 canaries",
        "tests/journeys/test_secrets.py",
    ),
    Piece(
        "forms", "No form breaks, loses what was typed or is taken without its token", "each field of every form",
        "tests/journeys/test_hostile_forms.py",
    ),
    Piece("access", "No role reads or changes what is not its own", "every address", "tests/journeys/test_access.py"),
    Piece(
        "clouds", "Calls arrive in each cloud's store, and play and seek", "50 calls each",
        "tests/browser/test_stores.py", (SQLITE,),
    ),
    Piece(
        "injection", "Hostile text stays text in Chromium", "every text field, 1,500 lines",
        "tests/browser/test_injection.py", (SQLITE,),
    ),
    Piece(
        "observatory", "A+ of MDN's HTTP Observatory on every page", "every page, signed in and out",
        "tests/observatory", (SQLITE,),
    ),
    *(
        Piece(
            f"fuzz-{name}", f"No input breaks the parser: {name}", "3 minutes of atheris",
            f"tests/fuzz -k {name}", (NONE,),
        )
        for name in fuzz.NAMES
    ),
]  # fmt: skip


def main() -> int:
    """Run the pieces that are asked for and write the table; the status tells whether all of them held."""
    arguments = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    arguments.add_argument("pieces", nargs="*", help=f"of: all {' '.join(piece.name for piece in PIECES)}")
    arguments.add_argument("--minutes", type=int, default=240, help="the most that a piece may take")
    given = arguments.parse_args()
    unknown = set(given.pieces) - {"all", *(piece.name for piece in PIECES)}
    if unknown:
        arguments.error(f"there is no {', '.join(sorted(unknown))}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    held = True
    for piece in PIECES:
        for database in piece.databases:
            is_named = piece.name in given.pieces or "all" in given.pieces
            known = read(piece, database)
            if is_named or (not given.pieces and not (known and known.held)):
                found = run(piece, database, minutes=given.minutes)
                held &= found.held
                TABLE.write_text(table())
                print(f"{piece.name} ({database}): {'held' if found.held else 'FAILED'}, {found.said}", flush=True)
    TABLE.write_text(table())
    return 0 if held else 1


def run(piece: Piece, database: str, *, minutes: int) -> Result:
    """Run one piece at full size and keep what came of it; all that it prints goes to a file beside its result."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--timeout=14400", *piece.tests.split()]
    if database == POSTGRESQL:
        command = [sys.executable, "-m", "tests.postgres", *command]
    environment = os.environ | {"SCALE": "full", "RANGE_REQUESTS": "200000"}
    began = time.monotonic()
    output = FOLDER / f"{piece.name}-{database.lower()}.log"
    with output.open("w") as log:
        # A group of its own: what it starts ends with it.
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        held = running.wait(minutes * 60) == 0
        said = summary(output.read_text(errors="replace"))
    except subprocess.TimeoutExpired:
        held, said = False, f"not finished in {minutes} minutes"
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
    seconds = round(time.monotonic() - began)
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    result = Result(piece.name, database, held, said, seconds, now, commit(), machine(), details(piece))
    everything = kept() | {f"{piece.name} {database}": asdict(result)}
    KEPT.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n")
    return result


def kept() -> dict[str, Any]:
    """All results."""
    found: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def read(piece: Piece, database: str) -> Result | None:
    """What came of a piece when it was last run."""
    known = kept().get(f"{piece.name} {database}")
    return Result(**known) if known else None


def summary(log: str) -> str:
    """Pytest's last line: how many passed."""
    found = re.findall(r"=+ (.*) in [0-9.]+s.* =+", log)
    return found[-1] if found else "no test was run"


def details(piece: Piece) -> str:
    """The page that a piece leaves behind, beside its result."""
    page = FOLDER / f"{piece.name}.md"
    return page.read_text() if page.exists() else ""


def commit() -> str:
    """The version that was tested; "+" when files other than the results differ from it."""
    name = ["git", "rev-parse", "--short", "HEAD"]
    differs = [
        "git",
        "diff",
        "--quiet",
        "HEAD",
        "--",
        ".",
        f":!{KEPT.relative_to(ROOT)}",
        f":!{TABLE.relative_to(ROOT)}",
    ]
    version = subprocess.run(name, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return version + ("+" if subprocess.run(differs, cwd=ROOT, check=False).returncode else "")


def machine() -> str:
    """The processors, the memory and the system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} CPU {platform.machine()}, {memory:.0f} GiB, Python {platform.python_version()}"


def table() -> str:
    """The results as a page."""
    return "\n".join(
        [
            "# What `make trust` proved",
            "",
            "Each promise at its full size; `make test` tries each at a small one. A piece that was not run, or did",
            "not hold, says so: `make trust` goes on with those. `make trust PIECES=\"forgery kills\"` repeats some.",
            "",
            "| piece | promise | full size | database | result | took | when (UTC) | version |",
            "|---|---|---|---|---|---|---|---|",
            *lines(),
            "",
            *(f"## {piece.name}\n\n{found.details}" for piece, _, found in results() if found and found.details),
            *(f"Machine: {each}." for each in sorted({found.machine for _, _, found in results() if found})),
            "",
        ]
    )  # fmt: skip


def results() -> Iterator[tuple[Piece, str, Result | None]]:
    """Each piece on each of its databases, with what came of it."""
    return ((piece, database, read(piece, database)) for piece in PIECES for database in piece.databases)


def lines() -> Iterator[str]:
    """A line for each."""
    for piece, database, found in results():
        cells = [piece.name, piece.promise, piece.size, "-" if database == NONE else database]
        if found is None:
            cells += ["not run at full size", "", "", ""]
        else:
            took = f"{found.seconds // 60} min {found.seconds % 60} s"
            cells += [f"{'held' if found.held else '**did not hold**'}: {found.said}", took, found.on, found.commit]
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
