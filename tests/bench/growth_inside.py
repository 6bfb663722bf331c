"""Runs inside Django on PostgreSQL: measures what must not grow with history, at two lengths of it."""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from recordings_site.accounts.models import User  # noqa: E402
from recordings_site.ops.worker import periodic  # noqa: E402
from recordings_site.recordings.completeness import actions as completeness  # noqa: E402
from recordings_site.recordings.models import RecordingJob, SavedPage, SavedSearch  # noqa: E402
from recordings_site.recordings.saved import actions as saved  # noqa: E402
from tests.bench import growth_load  # noqa: E402
from tests.bench.search_inside import say  # noqa: E402

CALLS = 1_000_000
SHARE = 20  # how much longer the longer history is
TIMES, WARM = 25, 5


def main(database: str, size: float) -> None:
    """Each figure at the longer history beside that at the shorter one."""
    large = max(SHARE, int(CALLS * size))
    growth_load.prepare()
    growth_load.grow_to(large // SHARE)
    before = _measured()
    growth_load.grow_to(large)
    for what, figure in _measured().items():
        say(f"{what}, {large:,} calls, p50", figure, "ms", before[what], f"ms at {large // SHARE:,}")


def _measured() -> dict[str, float]:
    """Milliseconds of each thing, warm."""
    admin, scoped = _signed_in("admin@example.com"), _signed_in("scoped@example.com")
    newest, oldest = growth_load.newest_and_oldest()
    recording = RecordingJob.objects.order_by("happened_at").values_list("pk", flat=True)[0]
    _watch(User.objects.get(email="admin@example.com"))
    completeness.count_all(timezone.now())
    _verify()
    metrics = {"Authorization": f"Bearer {os.environ['METRICS_TOKEN']}"}
    return {
        "home": _p50(lambda: _ok(admin, "/")),
        "home, of three numbers": _p50(lambda: _ok(scoped, "/")),
        "/metrics": _p50(lambda: _ok(admin, "/metrics", **metrics)),
        "/status/": _p50(lambda: _ok(admin, "/status/")),
        "calls by the id of the newest": _p50(lambda: _ok(admin, f"/calls/?q={newest}")),
        "calls by the id of the oldest": _p50(lambda: _ok(admin, f"/calls/?q={oldest}")),
        "calls by a caller": _p50(lambda: _ok(admin, "/calls/?q=46710000017")),
        "calls by a caller, of three numbers": _p50(lambda: _ok(scoped, "/calls/?q=46710000017")),
        "recordings": _p50(lambda: _ok(admin, "/recordings/")),
        "completeness": _p50(lambda: _ok(admin, "/completeness/")),
        "counting today's recordings": _p50(_count_today),
        "tidy-up": _p50(periodic.delete_expired),
        "looking for outdated index rows": _p50(periodic.reindex_outdated),
        "looking for calls without an end": _p50(periodic.look_for_calls_without_end),
        "alerts of a recording": _p50(lambda: saved.alert(recording)),
        "audit verification of what is new": _p50(_verify),
    }


def _watch(owner: User) -> None:
    """Two searches with alerts, of which none finds anything: what each recording is held against."""
    for page, query in ((SavedPage.RECORDINGS, "longer=5h"), (SavedPage.SEARCH, "q=refund")):
        SavedSearch.objects.get_or_create(owner=owner, name=page, page=page, query=query, alert=True)


def _count_today() -> None:
    now = timezone.now()
    completeness.count_day(timezone.localdate(now, timezone.get_default_timezone()), now=now + timedelta(seconds=1))


def _verify() -> None:
    call_command("verify_audit", new=True, stdout=io.StringIO())


def _signed_in(email: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email))
    return client


def _ok(client: Client, address: str, **headers: str) -> None:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)


def _p50(do: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        reset_queries()
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
        if sum(taken) > 20_000:
            break
    return statistics.median(taken[WARM:] or taken)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
