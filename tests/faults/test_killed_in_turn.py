"""A whole installation under calls, while each of its processes is killed in turn: no call is lost.

Two web nodes, two callbacks nodes, two workers, the fallback, nginx, PgBouncer, PostgreSQL and its standby. It takes
ten minutes and the whole machine, so it runs for `make trust` alone.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from recordings_site.settings import DEMO_CREDENTIALS_KEYS
from tests import postgres
from tests.house import ROOT
from tests.running_callbacks import Caller
from tests.running_site import Site, free_port
from tests.scale import scaled
from tests.stores import nginx as real_nginx
from tests.stores import wait_for

SECONDS, RATE = 600, 7.5  # 30 callbacks a second
# A supervisor starts a process again after so long; whoever promotes a standby takes as long to notice.
AWAY = 5.0

pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not scaled(0, 1), reason="it takes ten minutes: SCALE=full"),
]

FOUND = """
import json
from django.db.models import Count
from recordings_site.calls.models import Call
found = Call.objects.annotate(kept=Count("recordings")).values_list("call_id", "kept", "decision__reason")
print(json.dumps({call_id: [kept, reason] for call_id, kept, reason in found}))
"""


@dataclass
class Process:
    """A program that is killed with all its children, and started again."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    port: int = 0
    running: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, and wait until it listens if it does."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        if self.port:
            wait_for(self.port, self.running, self.log)

    def kill(self) -> None:
        """End it as a crash of its machine would."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


@dataclass
class Installation:
    """Everything that runs, by name."""

    site: Site
    processes: dict[str, Process]
    primary: postgres.Server
    standby: postgres.Server
    pooler: Path
    ports: dict[str, int]

    def fail_over(self) -> None:
        """Lose the database and promote its standby, as Patroni and its callback script do."""
        self.primary.kill()
        time.sleep(AWAY)
        self.standby.control("promote", "-w")
        write_pooler(self.pooler, self.standby)
        running = self.processes["pgbouncer"].running
        assert running is not None
        running.send_signal(signal.SIGHUP)


def write_pooler(folder: Path, server: postgres.Server) -> None:
    """The configuration of PgBouncer that the operators' page gives."""
    (folder / "pgbouncer.ini").write_text(f"""[databases]
        {postgres.DATABASE} = host={server.folder} user={postgres.ROLE}
        [pgbouncer]
        pool_mode = transaction
        default_pool_size = 20
        max_client_conn = 500
        server_login_retry = 1
        auth_type = any
        unix_socket_dir = {folder}
        listen_addr =
        listen_port = 5432
        ignore_startup_parameters = extra_float_digits
        """)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="walk-")))
        folder.chmod(0o777)
        primary = stack.enter_context(postgres.running(fsync="on"))
        standby = stack.enter_context(postgres.followed(primary))
        write_pooler(folder, primary)
        web, callbacks = [free_port() for _ in range(2)], [free_port() for _ in range(2)]
        fallback = free_port()
        environment = dict(os.environ) | {
            "DJANGO_SETTINGS_MODULE": "recordings_site.settings", "DEMO": "1", "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": primary.url, "LOG_LEVEL": "WARNING", "SNAPSHOT_TOKEN": "x" * 32, "WEB_PROCESSES": "1",
            "WEB_THREADS": "32", "CREDENTIALS_KEYS": DEMO_CREDENTIALS_KEYS, "ADDRESSES_ALLOWED": "127.0.0.1",
            "STATIC_ROOT": str(folder / "static"),
        }  # fmt: skip
        site = Site(web[0], folder, environment, None)  # type: ignore[arg-type]  # its programs are started here
        for command in (["migrate", "--verbosity=0"], ["collectstatic", "--verbosity=0", "--no-input"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        pooled = environment | {"DATABASE_URL": postgres.Server(folder).url, "DATABASE_POOLER": "1"}
        as_another = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        bouncer = [*as_another, postgres.program("pgbouncer"), str(folder / "pgbouncer.ini")]
        processes = {"pgbouncer": Process(bouncer, environment, folder / "pgbouncer.log")}
        gunicorn = [sys.executable, "-m", "gunicorn", "--bind"]
        for place, port in enumerate((*web, *callbacks)):
            name = f"web {place + 1}" if place < 2 else f"callbacks {place - 1}"
            command = [*gunicorn, f"127.0.0.1:{port}", "--config", "python:recordings_site.ops.gunicorn_config"]
            own = {"DATA_DIR": str(folder / name.replace(" ", "-"))}
            log = folder / f"{name}.log"
            processes[name] = Process([*command, "recordings_site.wsgi"], pooled | own, log, port)
        for place in (1, 2):
            worker = [sys.executable, "manage.py", "worker"]
            processes[f"worker {place}"] = Process(worker, pooled, folder / f"worker-{place}.log")
        (tmp_path / "nginx").mkdir()
        proxy = real_nginx.start(
            tmp_path / "nginx",
            web="; server ".join(f"127.0.0.1:{port}" for port in web),
            callbacks="; server ".join(f"127.0.0.1:{port}" for port in callbacks),
        )
        proxy.stop()
        command = [str(each) for each in proxy.process.args]  # type: ignore[union-attr]  # a list, as it was started
        processes["nginx"] = Process(command, environment, folder / "nginx.log", proxy.port)
        apart = environment | {
            "SNAPSHOT_URL": f"http://127.0.0.1:{proxy.port}/snapshot", "SNAPSHOT_FILE": str(folder / "fallback.sealed"),
        }  # fmt: skip
        command = [*gunicorn, f"127.0.0.1:{fallback}", "--config", "python:recordings_site.ops.fallback_config"]
        fall = [*command, "recordings_site.fallback:application"]
        processes["fallback"] = Process(fall, apart, folder / "fallback.log", fallback)
        ports = {"site": proxy.port, "fallback": fallback}
        made = Installation(site, processes, primary, standby, folder, ports)
        try:
            yield made
        finally:
            for process in processes.values():
                process.kill()


def everything_is_ready(found: Installation) -> bool:
    """Whether people and calls are answered, and the fallback has its snapshot."""
    return not problems_of(found)


def problems_of(found: Installation) -> list[str]:
    """What does not answer yet, and why."""
    addresses = (("site", "/health/people"), ("site", "/health/calls"), ("fallback", "/health/calls"))
    problems = []
    for name, path in addresses:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{found.ports[name]}{path}", timeout=5).close()
        except urllib.error.HTTPError as error:
            problems.append(f"{name} {path}: {error.code} {error.read().decode(errors='replace')[:200]}")
        except OSError as error:
            problems.append(f"{name} {path}: {error}")
    return problems


def until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Wait until it is so; returns whether it became so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_no_call_is_lost_while_each_process_is_killed_in_turn(installation: Installation) -> None:
    caller = Caller(installation.site)
    for process in installation.processes.values():
        process.start()
    until(lambda: everything_is_ready(installation), seconds=60)
    assert problems_of(installation) == []
    ports = ",".join(f"{name}={port}" for name, port in installation.ports.items())
    arguments = [caller.key, caller.secret, caller.number, ports, str(SECONDS), str(RATE)]
    placing = subprocess.Popen(
        [sys.executable, "-m", "tests.caller_of_many", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, placing.pid, -10)
    killed, began = {}, time.time()
    turns = [*installation.processes, "PostgreSQL"]
    for turn, name in enumerate(turns):
        time.sleep(max(0.0, began + 20 + turn * (SECONDS - 60) / len(turns) - time.time()))
        killed[name] = time.time()
        if name == "PostgreSQL":
            installation.fail_over()
        else:
            installation.processes[name].kill()
            time.sleep(AWAY)
            installation.processes[name].start()
    output, _ = placing.communicate(timeout=300)
    calls = json.loads(output)
    until(lambda: everything_is_ready(installation), seconds=60)
    assert problems_of(installation) == []
    after = installation.site.environment | {"DATABASE_URL": installation.standby.url}
    known = json.loads(Site(0, installation.pooler, after, installation.site.server).python(FOUND))
    for line in report(calls, known, killed):
        print(line)
    proves = [call for call in calls if not call["starved"]]
    assert len(proves) > len(calls) * 0.9, "the caller itself was kept from running: nothing is proved"
    assert [call for call in proves if not call["answered_by"]] == [], "lost"
    promised = [call["call_id"] for call in proves if call["recorded"]]
    assert [call_id for call_id in promised if not known.get(call_id, [0])[0]] == [], "recorded, and not expected"
    # Whoever was connected while nothing could be written is listed as a call that was not recorded.
    listed = [call["call_id"] for call in proves if call["failed"] == []]
    assert [call_id for call_id in listed if call_id not in known] == [], "acknowledged, and not listed"


def report(
    calls: list[dict[str, object]], known: dict[str, tuple[int, str]], killed: dict[str, float]
) -> Iterator[str]:
    """What became of the calls, in all and after each kill."""
    answered = sorted(float(str(call["milliseconds"])) for call in calls)
    yield f"{len(calls)} calls, p50 {answered[len(answered) // 2]:.0f} ms, the slowest {answered[-1]:.0f} ms"
    yield f"kept from running: {sum(bool(call['starved']) for call in calls)}"
    yield f"lost: {[call['call_id'] for call in calls if not call['answered_by']]}"
    yield f"answered by: {dict(Counter(str(call['answered_by']) for call in calls))}"
    unrecorded = [call for call in calls if not call["recorded"]]
    reasons = Counter(known.get(str(call["call_id"]), (0, "not in the database"))[1] for call in unrecorded)
    yield f"not recorded: {len(unrecorded)}, because {dict(reasons)}"
    yield f"callbacks that nobody took: {dict(Counter(event for call in calls for event in call['failed']))}"  # type: ignore[attr-defined]
    for name, at in killed.items():
        around = [call for call in calls if at - 4 <= float(str(call["at"])) <= at + 20]
        slowest = max((float(str(call["milliseconds"])) for call in around), default=0.0)
        yield (
            f"{name}: {sum(not call['recorded'] for call in around)} unrecorded,"
            f" {sum(call['answered_by'] == 'fallback' for call in around)} by the fallback, slowest {slowest:.0f} ms"
        )
