"""Callbacks per second, each stored durably before its answer, beside an empty view and the database's bare inserts."""

import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.bench import Row, percentile
from tests.running_callbacks import Caller
from tests.running_site import Load, Site, load, request, running

CONNECTIONS = 32
CALLS = 3000
SECONDS = 4

COUNT = """
from recordings_site.recordings.models import RecordingJob
from recordings_site.calls.models import CallbackDelivery
stored = CallbackDelivery.objects
print(RecordingJob.objects.count(), stored.count(), stored.filter(applied_at=None).count())
"""
# As wide as what is stored of a callback.
PGBENCH = "INSERT INTO bare (digest, body) VALUES (decode(md5(random()::text), 'hex'), repeat('x', 300)::bytea);"


def rows() -> Iterator[Row]:
    """Both databases, as durable as they are meant to be run."""
    with postgres.migrated(fsync="on") as server, running(server.url) as site:
        bare = pgbench(server)
        yield from measure(site, "PostgreSQL", bare, "bare inserts of pgbench")
    with running(processes=1) as site:
        bare = bare_sqlite(site.folder / "bare.sqlite3")
        yield from measure(site, "SQLite", bare, "bare inserts")


def measure(site: Site, database: str, bare: float, bare_is: str) -> Iterator[Row]:
    """The site's figures beside an empty view of its own and beside the database's bare inserts."""
    caller = Caller(site)
    calls = [str(uuid.uuid4()) for _ in range(CALLS)]
    ices = [caller.ice(call) for call in calls]
    dices = [caller.dice(call) for call in calls]
    empty = load(site.port, [request("POST", "/empty", b"x" * 300)] * CALLS, connections=CONNECTIONS)
    load(site.port, [caller.ice(str(uuid.uuid4())) for _ in range(200)], connections=4)
    answered = load(site.port, ices, connections=CONNECTIONS)
    told = load(site.port, dices, connections=CONNECTIONS)
    for name, found in (("ICE, answered with a recording", answered), ("DiCE, stored and applied", told)):
        what = f"{database}: {name}"
        yield Row(what, found.per_second, "/s", empty.per_second, "/s of an empty view")
        yield Row(what, found.per_second, "/s", bare, f"/s {bare_is}")
        yield Row(f"{what}, 50th / 99th in 100", percentile(found.milliseconds, 50), "ms")
        yield Row("", percentile(found.milliseconds, 99), "ms")
    yield Row(f"{database}: ICEs that lost their recording under this load", without_recording(answered), "")
    jobs, deliveries, unapplied = map(int, site.python(COUNT).split())
    yield Row(f"{database}: recordings expected, of {CALLS + 200} calls", jobs, "")
    yield Row(f"{database}: callbacks stored, of {2 * CALLS + 200}", deliveries, "")
    yield Row(f"{database}: callbacks stored and left to a worker", unapplied, "")


def without_recording(answered: Load) -> int:
    """How many answers do not record."""
    return sum(b"recordingOptions" not in answer for answer in answered.answers)


def pgbench(server: postgres.Server) -> float:
    """Commits per second of one insert each, over as many connections."""
    server.client("psql", "-qc", "CREATE TABLE bare (id bigserial PRIMARY KEY, digest bytea, body bytea)", "-d")
    script = server.folder / "insert.sql"
    script.write_text(PGBENCH)
    script.chmod(0o644)
    options = ["-n", "-c", str(CONNECTIONS), "-j", "2", "-T", str(SECONDS), "-f", str(script)]
    found = [line for line in server.client("pgbench", *options).splitlines() if line.startswith("tps")]
    return float(found[0].split()[2])


def bare_sqlite(path: Path) -> float:
    """Commits per second of one insert each, with the site's own pragmas."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, digest BLOB, body BLOB)")
    connection.execute("CREATE INDEX bare_digest ON bare (digest)")
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        connection.execute("INSERT INTO bare (digest, body) VALUES (?, ?)", (uuid.uuid4().bytes * 2, b"x" * 300))
        done += 1
    taken = time.perf_counter() - began
    connection.close()
    return done / taken
