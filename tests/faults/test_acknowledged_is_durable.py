"""What was answered with 200 is kept, and has its effect once, though web, worker and database are killed meanwhile."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from recordings_site.sinch import svaml
from tests import postgres
from tests.running_callbacks import Caller
from tests.running_site import Site, receive, running
from tests.scale import scaled

pytestmark = [pytest.mark.processes, pytest.mark.timeout(7200)]

KILLS = scaled(5, 500)
CLIENTS = 4
# Durable when processes die; only a power cut could lose something.
DURABLE = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
# What is acknowledged between two kills: 20,000 in all 500.
ACKNOWLEDGEMENTS = 40

# For each call: which of its events are stored, which of those wait to be applied, and the facts of its recordings; in
# one snapshot, for others write meanwhile.
KEPT = """
import json
from django.db import connection, transaction
from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.recordings.models import RecordingJob
with transaction.atomic():
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    rows = list(CallbackDelivery.objects.values_list("reported_call_id", "event", "applied_at"))
    calls = {c.call_id: c.dice_received_at is not None for c in Call.objects.all()}
    jobs = {}
    for job in RecordingJob.objects.select_related("call"):
        jobs.setdefault(job.call.call_id, []).append([job.ordinal, job.finished_at is not None])
print(json.dumps({"stored": [[i, e, a is not None] for i, e, a in rows], "calls": calls, "jobs": jobs}))
"""


@dataclass
class Acknowledged:
    """What the site said 200 to: events by call, and the calls that it was told to record."""

    events: list[tuple[str, str]] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Site, postgres.Server | None]]:
    """A running site on either database, and the database's server where there is one."""
    if request.param == "sqlite":
        with running() as site:
            yield site, None
    else:
        with postgres.migrated(**DURABLE) as server, running(server.url) as site:
            yield site, server


def test_nothing_acknowledged_is_lost_or_doubled(place: tuple[Site, postgres.Server | None]) -> None:
    site, server = place
    caller, acknowledged, stop = Caller(site), Acknowledged(), threading.Event()
    placing = (site.port, caller, acknowledged, stop)
    clients = [threading.Thread(target=place_calls, args=placing) for _ in range(CLIENTS)]
    worker = site.start_worker()
    try:
        for client in clients:
            client.start()
        for kill in range(KILLS):
            wait_for_more(acknowledged)
            worker = kill_one(kill, site, worker, server)
        wait_for_more(acknowledged)
        stop.set()
        for client in clients:
            client.join()
        found = settled(site)
    finally:
        stop.set()
        worker.kill()
        worker.wait()
    stored = {(call, event) for call, event, _ in found["stored"]}
    assert [one for one in acknowledged.events if one not in stored] == []
    assert [one for one in found["stored"] if not one[2]] == [], "each stored event was applied"
    assert_effects_happened_once(acknowledged, found)


def assert_effects_happened_once(acknowledged: Acknowledged, found: dict[str, object]) -> None:
    """Each call that was told to record has one recording, with every fact that was acknowledged."""
    calls, jobs = found["calls"], found["jobs"]
    assert isinstance(calls, dict)
    assert isinstance(jobs, dict)
    assert [call for call in acknowledged.recorded if len(jobs.get(call, [])) != 1] == []
    assert [call for call, made in jobs.items() if len(made) > 1] == []
    for call, event in acknowledged.events:
        assert event != "dice" or calls[call], f"{call} has ended"
        if event == "notify" and call in acknowledged.recorded:
            assert jobs[call][0][1], f"{call} is finished"


def wait_for_more(acknowledged: Acknowledged) -> None:
    """Let the site acknowledge some more: it has to be up again before it is killed again."""
    wanted = len(acknowledged.events) + ACKNOWLEDGEMENTS
    until = time.monotonic() + 120
    while len(acknowledged.events) < wanted:
        assert time.monotonic() < until, "the site answers no more"
        time.sleep(0.1)


def kill_one(
    kill: int, site: Site, worker: "subprocess.Popen[bytes]", server: postgres.Server | None
) -> "subprocess.Popen[bytes]":
    """Kill a web process, the worker or the database, in turn; the worker that now runs."""
    match kill % (3 if server else 2):
        case 0:
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(random.choice(site.web_processes()), signal.SIGKILL)
        case 1:
            worker.kill()
            worker.wait()
            return site.start_worker()
        case _ if server:
            server.kill()
            server.start(**DURABLE)
    return worker


def place_calls(port: int, caller: Caller, acknowledged: Acknowledged, stop: threading.Event) -> None:
    """Tell of one call after the other until stopped; events are told once, answered or not."""
    while not stop.is_set():
        call = f"kill-{uuid.uuid4()}"
        answer = tell(port, caller.ice(call))
        # An answer that only connects the call is given without the database, too: it promises nothing.
        if answer is not None and svaml.recording_requests(json.loads(answer)):
            acknowledged.events.append((call, "ice"))
            acknowledged.recorded.add(call)
        tell(port, caller.ace(call))
        for event, sent in (("notify", caller.finished(call)), ("dice", caller.dice(call))):
            if tell(port, sent) is not None:
                acknowledged.events.append((call, event))


def tell(port: int, sent: bytes) -> bytes | None:
    """The body of a 200, None when the site did not answer or not with that."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(sent)
            answer = receive(connection)
    except OSError:
        time.sleep(0.05)
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return body if head.startswith(b"HTTP/1.1 200") else None


def settled(site: Site) -> dict[str, list[tuple[str, str, bool]]]:
    """What is kept once the worker has healed what the dead left behind, within the 30 seconds that are promised."""
    until = time.monotonic() + 30
    while True:
        found: dict[str, list[tuple[str, str, bool]]] = json.loads(site.python(KEPT))
        if all(applied for _, _, applied in found["stored"]) or time.monotonic() > until:
            return found
        time.sleep(1)
