"""Calls through their whole life, from ICE to found by a search, with one web process and one worker.

A life is an ICE, an ACE, a DiCE, three notifications, audio examined and a transcript indexed. Nothing here knows how
the site does it: calls come over HTTP, files lie in the store, the rest is read from the database in the end.
"""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from recordings_site.sinch import svaml
from tests import postgres
from tests.bench import Row
from tests.house import ROOT
from tests.running_callbacks import Caller
from tests.running_site import Site, load, receive, request, running

CALLS = 150
STAGE_CALLS = 80
CLIENTS = 8
SEARCHED = 12
AUDIO = ROOT / "recordings_site" / "simulator" / "speech" / "audio"
EMPTY = 2000

SESSION = """
from django.conf import settings
from django.test import Client
from tests import factories
client = Client()
client.force_login(factories.admin())
print(settings.LOCAL_STORE_ROOT, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
# Waits until so many calls are through and prints when the last task was done; a leased task is due later, too.
THROUGH = """
import sys, time
from django.db.models import Max, Q
from django.utils import timezone
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.tasks.models import Task
wanted, until = int(sys.argv[1]), time.monotonic() + 300
while True:
    waiting = Task.objects.filter(done_at=None, dead_at=None)
    is_due = waiting.filter(Q(next_at__lte=timezone.now()) | Q(lease_until__isnull=False)).exists()
    examined = RecordingJob.objects.filter(state="available").exclude(duration=None).count()
    if not is_due and min(examined, Transcript.objects.count()) >= wanted:
        break
    if time.monotonic() > until:
        raise SystemExit(f"{examined} recordings were examined, {Transcript.objects.count()} transcripts loaded.")
    time.sleep(0.5)
print(Task.objects.aggregate(last=Max("done_at"))["last"].timestamp())
"""


@dataclass(frozen=True)
class Life:
    """One call to come: its id, and a word that nobody says in any other."""

    call_id: str
    word: str


@dataclass(frozen=True)
class Cpu:
    """Milliseconds of CPU that web process, worker and database server have spent."""

    web: float
    worker: float
    database: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        """What was spent since."""
        return Cpu(self.web - other.web, self.worker - other.worker, self.database - other.database)

    def each(self, count: int) -> str:
        """What was spent for each of so many calls, in words."""
        parts = (("web", self.web), ("worker", self.worker), ("database", self.database))
        return ", ".join(f"{name} {spent / count:.1f}" for name, spent in parts if spent / count >= 0.05)


def rows() -> Iterator[Row]:
    """Both databases, as durable as they are meant to be run."""
    with postgres.migrated(fsync="on") as server, running(server.url, processes=1) as site:
        yield from Bench(site, "PostgreSQL", lambda: _of_server(server.pid)).rows()
    with running(processes=1) as site:
        yield from Bench(site, "SQLite", lambda: 0.0).rows()


class Bench:
    """One site with its caller and its store."""

    def __init__(self, site: Site, database: str, server: Callable[[], float]) -> None:
        self.site, self.database, self.server = site, database, server
        self.caller = Caller(site)
        store, self.session = site.python(SESSION).split()
        self.store = Path(store)
        self.audio = (AUDIO / "refund.mp3").read_bytes()
        self.said = json.loads((AUDIO / "refund-transcript.json").read_text())
        self.serial = itertools.count()
        # Calls that are recorded, calls that should be and are not, callbacks that got an error and were sent again.
        self.placed = self.lost = self.again = 0

    def rows(self) -> Iterator[Row]:
        """The whole first, in which all goes on at once; then its stages, one after the other."""
        # The first callbacks let the process see the number.
        load(self.site.port, [self.caller.ice(life.call_id) for life in self.lives(CLIENTS)], connections=1)
        self.through(self.lives(CLIENTS))
        empty = load(self.site.port, [request("GET", "/empty")] * EMPTY, connections=CLIENTS)
        self.again = self.lost = 0
        whole, spent = self.through(lives := self.lives(CALLS))
        what = f"{self.database}: a whole life, {CLIENTS} at once"
        yield Row(what, len(lives) / whole, "/s", empty.per_second, f"/s of an empty view (ms: {spent})")
        yield Row(f"{self.database}: calls that lost their recording, of {CALLS}", self.lost, "")
        yield Row(f"{self.database}: callbacks that had to be sent again", self.again, "")
        found = sum(self.is_found(life) for life in lives[-SEARCHED:])
        yield Row(f"{self.database}: found by a search, of {SEARCHED} that were looked for", found, "")
        stages = list(self.stages(self.lives(STAGE_CALLS)))
        total = sum(stage.figure for stage in stages)
        for one in stages:
            yield Row(one.what, one.figure, one.unit, total, f"ms of all stages {one.floor_is}")

    def lives(self, count: int) -> list[Life]:
        """So many calls to come."""
        return [Life(str(uuid.uuid4()), _word(next(self.serial))) for _ in range(count)]

    def through(self, lives: Sequence[Life]) -> tuple[float, str]:
        """Seconds until all of these calls can be found, while the worker runs; and the CPU of each, in words."""
        worker = self.site.start_worker()
        try:
            _wait_until_idle(worker.pid)
            before, began = self.cpu(worker.pid), time.time()
            waiting, lock = iter(lives), threading.Lock()
            with ThreadPoolExecutor(CLIENTS) as clients:
                for client in [clients.submit(self.live, waiting, lock) for _ in range(CLIENTS)]:
                    client.result()
            ended = float(self.site.python(THROUGH, str(self.placed)))
            return ended - began, (self.cpu(worker.pid) - before).each(len(lives))
        finally:
            worker.terminate()
            worker.wait()

    def live(self, waiting: Iterator[Life], lock: threading.Lock) -> None:
        """Carry one call after the other through its life, as long as there are any."""
        with socket.create_connection(("127.0.0.1", self.site.port), 30) as connection:

            def post(sent: bytes) -> bytes:
                connection.sendall(sent)
                while b" 200 " not in (answer := receive(connection))[:20]:
                    self.again += 1
                    connection.sendall(sent)
                return answer

            while True:
                with lock:
                    life = next(waiting, None)
                if life is None:
                    return
                call, caller = life.call_id, self.caller
                place = self.asked(post(caller.ice(call)))
                for sent in (caller.ace(call), caller.dice(call)):
                    post(sent)
                if place:
                    post(caller.finished(call))
                    self.upload(life, place)
                    post(self.available(life, place))
                    post(self.transcribed(life, place))

    def stages(self, lives: Sequence[Life]) -> Iterator[Row]:
        """What each stage takes for each call, when nothing else goes on."""
        caller, calls = self.caller, [life.call_id for life in lives]
        answers: list[bytes] = []

        yield self.stage("ICE", len(lives), lambda: answers.extend(self.load([caller.ice(call) for call in calls])))
        yield self.stage("ACE", len(lives), lambda: self.load([caller.ace(call) for call in calls]))
        yield self.stage("DiCE", len(lives), lambda: self.load([caller.dice(call) for call in calls]))
        yield self.stage("recording_finished", len(lives), lambda: self.load([caller.finished(c) for c in calls]))
        places = [place for answer in answers if (place := self.asked(answer))]
        recorded = [(life, place) for life in lives for place in places if life.call_id in place]
        for life, place in recorded:
            self.upload(life, place)
        available = [self.available(life, place) for life, place in recorded]
        transcribed = [self.transcribed(life, place) for life, place in recorded]
        yield self.stage("recording_available", len(recorded), lambda: self.load(available))
        yield self.worked("examined", len(recorded))
        yield self.stage("transcription_available", len(recorded), lambda: self.load(transcribed))
        yield self.worked("loaded, indexed, alerted", len(recorded))

    def stage(self, name: str, count: int, do: Callable[[], object]) -> Row:
        """Something that clients do."""
        before, began = self.cpu(None), time.perf_counter()
        do()
        taken = time.perf_counter() - began
        spent = (self.cpu(None) - before).each(count)
        return Row(f"{self.database}: {name}", taken * 1000 / count, "ms", floor_is=f"(CPU: {spent})")

    def worked(self, name: str, count: int) -> Row:
        """What a worker does, less what its start takes."""
        before = self.cpu(None)
        taken, cpu = self.until_idle()
        database = (self.cpu(None) - before).database
        start = self.until_idle()
        spent = Cpu(0.0, (cpu - start[1]) * 1000, database).each(count)
        return Row(f"{self.database}: {name}", (taken - start[0]) * 1000 / count, "ms", floor_is=f"(CPU: {spent})")

    def until_idle(self) -> tuple[float, float]:
        """Seconds, and CPU seconds, of a worker that does what is due."""
        began = time.perf_counter()
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--until-idle"], cwd=ROOT, env=self.site.environment
        )
        _, status, used = os.wait4(worker.pid, 0)
        worker.returncode = os.waitstatus_to_exitcode(status)
        assert worker.returncode == 0
        return time.perf_counter() - began, used.ru_utime + used.ru_stime

    def load(self, requests: Sequence[bytes]) -> list[bytes]:
        """The answers to these requests."""
        return load(self.site.port, requests, connections=CLIENTS).answers

    def asked(self, answer: bytes) -> str:
        """Where the recording shall be, by the SVAML of an answer; "" when it asks for none."""
        found = svaml.recording_requests(json.loads(answer.partition(b"\r\n\r\n")[2]))
        self.placed += bool(found)
        self.lost += not found
        return found[0].options.destination_url if found else ""

    def available(self, life: Life, place: str) -> bytes:
        """The callback that the recording is there."""
        return self.caller.signed("notify", life.call_id, {"type": "recording_available", "destination": place})

    def transcribed(self, life: Life, place: str) -> bytes:
        """The callback that the transcript is there."""
        told = {"type": "transcription_available", "destination": _beside(place)}
        return self.caller.signed("notify", life.call_id, told)

    def upload(self, life: Life, place: str) -> None:
        """Put recording and transcript where Sinch puts them."""
        path = self.store / place.removeprefix("local://")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.audio)
        lines = [*self.said["lines"], {"timestamp": 50.0, "speakerLabel": "speaker-1", "text": f"It is {life.word}."}]
        Path(_beside(str(path))).write_text(json.dumps({"text": self.said["text"], "lines": lines}))

    def is_found(self, life: Life) -> bool:
        """Whether a search for the call's word finds one recording."""
        cookie = f"sessionid={self.session}"
        [page] = load(self.site.port, [request("GET", f"/search/?q={life.word}", Cookie=cookie)], connections=1).answers
        return len(set(re.findall(rb"/recordings/([0-9a-f-]{36})/", page))) == 1

    def cpu(self, worker: int | None) -> Cpu:
        """What has been spent up to now."""
        return Cpu(_of(self.site.web_processes()), _of([worker] if worker else []), self.server())


def _beside(place: str) -> str:
    return place.removesuffix(".mp3") + "-transcript.json"


def _word(serial: int) -> str:
    """A word of its own, in letters that no stem takes away."""
    return "zq" + "".join("bdgkmpvxzj"[int(digit)] + "o" for digit in f"{serial:05}") + "k"


def _wait_until_idle(pid: int) -> None:
    """Until a process that starts has nothing left to do for a while."""
    spent = -1.0
    while _of([pid]) - spent > 50:
        spent = _of([pid])
        time.sleep(1)


def _of(pids: Sequence[int]) -> float:
    """By the kernel's clock of each process, as clock_getcpuclockid(3) makes it."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids) * 1000


def _of_server(pid: int) -> float:
    """PostgreSQL's: that of its first process, of its children, and of those that have ended."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    return _of([pid, *map(int, children)]) + sum(map(int, ended)) * 1000 / os.sysconf("SC_CLK_TCK")
