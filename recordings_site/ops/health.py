"""The site in figures: what its processes measured of themselves, and what the database tells."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from recordings_site.accounts import anchors
from recordings_site.base import instruments
from recordings_site.calls.models import CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.snapshot_copies.copies import snapshot_copies
from recordings_site.policies.models import Application
from recordings_site.recordings.completeness.rates import OUTCOMES
from recordings_site.recordings.models import NumberDay, RecordingJob
from recordings_site.tasks.models import Task

# A worker polls each second: with more lag than this none is running, or too few.
WORKER_LAG_LIMIT = 60.0


@dataclass(frozen=True)
class Metric:
    """A metric: its name, its help, its values by labels, and its Prometheus type."""

    name: str
    help: str
    values: tuple[tuple[tuple[tuple[str, str], ...], float], ...]
    kind: str = "gauge"


def queue_lag_seconds() -> float:
    """Return how long the oldest due task has been due, 0 for none. Leased tasks do not count."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    waiting = Task.objects.filter(free, done_at=None, dead_at=None, next_at__lte=now)
    earliest = waiting.aggregate(earliest=Min("next_at"))["earliest"]
    return max(0.0, (now - earliest).total_seconds()) if earliest else 0.0


def metrics() -> Iterator[Metric]:
    """Yield the figures that are read from the database and the snapshot file, alike on every node."""
    open_tasks = Task.objects.filter(done_at=None, dead_at=None)
    yield _by("tasks_open", "Tasks waiting or in progress.", "kind", open_tasks.values_list("kind"))
    yield _by("tasks_dead", "Failed tasks.", "kind", Task.objects.exclude(dead_at=None).values_list("kind"))
    yield _one("tasks_lag_seconds", "Age of the oldest due task.", queue_lag_seconds())
    # Counted by workers: to count all recordings at each scrape would take ever longer.
    newest = NumberDay.objects.filter(number=None).order_by("-day").values_list("day", flat=True).first()
    counted = NumberDay.objects.filter(day=newest) if newest else NumberDay.objects.none()
    sums = counted.aggregate(**{f"sum_{name}": Sum(name) for name in OUTCOMES})
    today = tuple(((("outcome", name),), float(sums[f"sum_{name}"] or 0)) for name in OUTCOMES)
    yield Metric("recordings_today", "Recordings of today's calls by outcome, as last counted.", today)
    overdue = RecordingJob.objects.overdue().count()
    yield _one("recordings_overdue", "Overdue recordings.", overdue)
    unapplied = CallbackDelivery.objects.filter(applied_at=None).aggregate(times=Count("pk"), oldest=Min("received_at"))
    yield _one("callbacks_unapplied", "Stored callbacks not applied yet.", unapplied["times"])
    yield _one("callbacks_unapplied_age_seconds", "Age of the oldest of these.", _age(unapplied["oldest"]))
    wrong = Application.objects.in_use().filter(wrong_signatures__gt=0).values_list("key", "wrong_signatures")
    of_each = tuple(((("application", key),), float(times)) for key, times in wrong)
    yield Metric("wrong_signatures", "Callbacks with a wrong signature.", of_each, "counter")
    failing = Destination.objects.failing().count()
    yield _one("destinations_failing", "Destinations whose last check failed.", failing)
    broken = bool(anchors.trail(timezone.now()).problem)
    yield _one("audit_trail_broken", "Whether the audit trail is broken or could not be anchored.", broken)
    alive = Heartbeat.objects.alive("worker", within=timedelta(minutes=1)).count()
    yield _one("workers_alive", "Workers seen in the last minute.", alive)
    fetched = [copy for copy in snapshot_copies() if copy.is_fallback]
    text = "When a fallback last fetched the policies."
    times = tuple(((("machine", copy.machine),), copy.at.timestamp()) for copy in fetched)
    yield Metric("fallback_fetched_timestamp_seconds", text, times)


def snapshot_age() -> str:
    """Return when the snapshot file of this node was last confirmed, if there is one."""
    path = Path(settings.SNAPSHOT_FILE) if settings.SNAPSHOT_FILE else None
    return instruments.snapshot_file_line(path.stat().st_mtime) if path is not None and path.is_file() else ""


def of_processes() -> bytes:
    """Return what the processes of this node measured, all of them where gunicorn runs several, for Prometheus."""
    registry = instruments.REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def everything() -> bytes:
    """Return all metrics in Prometheus' text format; what the database would tell is left out while it is away."""
    try:
        known = [*metrics(), _one("database_up", "Whether the database answers.", 1)]
    except DatabaseError:
        known = [_one("database_up", "Whether the database answers.", 0)]
    return of_processes() + (exposition(known) + snapshot_age()).encode()


def _age(at: datetime | None) -> float:
    return max(0.0, (timezone.now() - at).total_seconds()) if at else 0.0


def exposition(found: Iterable[Metric]) -> str:
    """Return the metrics in Prometheus' text format."""
    lines = []
    for metric in found:
        name = f"recordings_site_{metric.name}"
        lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
        for labels, value in metric.values:
            shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
            lines.append(f"{name}{{{shown}}} {value:.15g}" if shown else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _one(name: str, text: str, value: float) -> Metric:
    return Metric(name, text, (((), value),))


def _by(name: str, text: str, label: str, rows: QuerySet[Any, tuple[str]]) -> Metric:
    counted = rows.annotate(count=Count("pk")).order_by(label)
    return Metric(name, text, tuple((((label, value),), count) for value, count in counted))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
