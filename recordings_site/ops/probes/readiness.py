"""The questions of a load balancer, each with its deadline: fit for people? for calls? do workers work?

The answers are codes, and open to everybody: they name no host, no error text and no figure.
"""

from datetime import timedelta
from functools import cache

from recordings_site.ops.health import WORKER_LAG_LIMIT, queue_lag_seconds
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.probes.probe import Probe
from recordings_site.ops.serving.static import missing_static_files
from recordings_site.policies.engine import snapshot

PEOPLE_SECONDS = 2.0
CALLS_SECONDS = 1.0
WORKER_SECONDS = 2.0
# Workers beat every ten seconds.
WORKER_SILENCE = timedelta(seconds=60)


def _write() -> str:
    """Write a row: a standby, a full disk and a database that went away all refuse it."""
    Heartbeat.objects.beat("web")
    return ""


def _load_policies() -> str:
    """Look for the policies in force, so that a process that started without a database gets them."""
    snapshot.current()
    return ""


def _work() -> str:
    if not Heartbeat.objects.alive("worker", within=WORKER_SILENCE).exists():
        return "no_worker"
    return "late" if queue_lag_seconds() > WORKER_LAG_LIMIT else ""


_database = Probe(_write, seconds=PEOPLE_SECONDS)
_policies = Probe(_load_policies, seconds=CALLS_SECONDS)
_workers = Probe(_work, seconds=WORKER_SECONDS)


@cache
def _lacks_static_files() -> bool:
    """Whether pages would fail for lack of static files; they do not come while a process runs."""
    return bool(missing_static_files())


def for_people() -> tuple[bool, dict[str, str]]:
    """Return whether pages can be shown and changes be stored, and the codes of what is wrong."""
    problem = _database.problem()
    codes = {"database": problem or "ok", "static_files": "missing" if _lacks_static_files() else "ok"}
    return set(codes.values()) == {"ok"}, codes


def for_calls() -> tuple[bool, dict[str, str]]:
    """Return whether calls can be answered, if need be without a database: from memory, or from the snapshot file."""
    problem = _policies.problem()
    if snapshot.is_loaded():
        return True, {"policies": "in_memory" if problem else "ok"}
    source = "from_file" if snapshot.latest() is not None else "missing"
    return source != "missing", {"policies": source}


def for_work() -> tuple[bool, dict[str, str]]:
    """Return whether a worker is alive, on whatever machine, and keeps up."""
    problem = _workers.problem()
    return not problem, {"worker": problem or "ok"}
