"""Runs inside Django on one database: fills it with recordings if need be, asks for pages, prints rows as JSON."""

import random
import sys
from datetime import timedelta
from itertools import islice

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from tqdm import tqdm  # noqa: E402

from recordings_site.accounts.models import Team, User  # noqa: E402
from recordings_site.calls.models import Direction  # noqa: E402
from recordings_site.destinations.models import Destination  # noqa: E402
from recordings_site.policies.models import PhoneNumber  # noqa: E402
from recordings_site.recordings import browse  # noqa: E402
from recordings_site.recordings.models import Origin, RecordingJob  # noqa: E402
from recordings_site.web import keyset  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench import corpus, percentile  # noqa: E402
from tests.bench.search_inside import clocked, say  # noqa: E402

RECORDINGS = 5_000_000
TIMES = 15
BATCH = 5_000
NEWEST = ("happened_at", "id")


def main(database: str, size: float) -> None:
    """The first page, deep ones, and one under each filter; each beside the SQL alone."""
    load(int(RECORDINGS * size))
    admin = User.objects.get(email="admin@example.com")
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(admin)
    oldest = RecordingJob.objects.order_by("happened_at").values_list("happened_at", flat=True)[0]
    first = 0.0
    for name, share in (("first page", 0.0), ("page in the middle", 0.5), ("last pages", 0.999)):
        cursor = ""
        if share:
            moment = corpus.END - (corpus.END - oldest) * share
            row = RecordingJob.objects.filter(happened_at__lte=moment).order_by("-happened_at", "-id")[0]
            cursor = keyset._write("older", row, NEWEST)
        times = page_times(browser, f"?cursor={cursor}" if cursor else "")
        floor = percentile(sql_times(cursor), 50)
        first = first or percentile(times, 50)
        say(f"{database}: {name}, HTTP, p50", percentile(times, 50), "ms", floor, "ms of its SQL")
        say(f"{database}: {name}, HTTP, p50", percentile(times, 50), "ms", first, "ms of the first page")
    number, team = RecordingJob.objects.values_list("number", flat=True)[0], Team.objects.get(name="Scoped")
    for query in (
        f"number={number}", "direction=outbound", "state=finished", "state=late", "since=2026-03-01&until=2026-03-02",
        "longer=10m", "shorter=5", "caller=0000123", f"team={team.pk}", "destination=1", "locale=sv", "tag=none",
        "transcript=yes", "comment=yes", "correction=yes", "heard=yes", "sort=longest",
    ):  # fmt: skip
        times = page_times(browser, f"?{query}")
        say(f"{database}: ?{query}, p50", percentile(times, 50), "ms", first, "ms of the first page")
    scoped = Client(SERVER_NAME="127.0.0.1")
    scoped.force_login(User.objects.get(email="scoped@example.com"))
    say(f"{database}: who sees 3 of 500 numbers, p50", percentile(page_times(scoped, ""), 50), "ms", first, "ms of all")


def page_times(browser: Client, query: str) -> list[float]:
    """Milliseconds of a page as the server makes it."""

    def ask() -> None:
        answer = browser.get(f"/recordings/{query}")
        assert answer.status_code == 200, answer.status_code

    return [clocked(ask) for _ in range(TIMES)]


def sql_times(cursor: str) -> list[float]:
    """Milliseconds of the page's own SQL, without objects and templates."""
    form = browse.BrowseForm(QueryDict(""), User.objects.get(email="admin@example.com"))
    rows = browse.narrowed(RecordingJob.objects.with_facts(), form)
    _, values = keyset._read(cursor, RecordingJob, NEWEST)
    if values is not None:
        rows = rows.filter(keyset._beyond(NEWEST, values, falling=True))
    sql, parameters = rows.order_by("-happened_at", "-id")[:51].query.sql_with_params()

    def ask() -> None:
        with connection.cursor() as raw:
            raw.execute(sql, parameters)
            raw.fetchall()

    return [clocked(ask) for _ in range(TIMES)]


def load(count: int) -> None:
    """Fill an empty database; a half-filled one goes on."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Team.objects.exists():
        application, team, scoped = factories.application(), factories.team(), factories.team(name="Scoped")
        for index in range(corpus.NUMBERS):
            factories.number(application=application, team=scoped if index in (40, 41, 42) else team)
        factories.user(teams=[scoped], email="scoped@example.com")
        factories.admin(email="admin@example.com")
        factories.destination(name="Bench")
    done = RecordingJob.objects.count()
    numbers = list(PhoneNumber.objects.values_list("pk", flat=True))
    store = Destination.objects.get(name="Bench").pk
    chance = random.Random(6)
    made = (recording(index, count, numbers, store, chance) for index in range(count))
    with tqdm(total=count, initial=done, unit="recording", desc=f"Loading into {connection.vendor}") as progress:
        rest = islice(made, done, None)
        while batch := list(islice(rest, BATCH)):
            with transaction.atomic():
                RecordingJob.objects.bulk_create(batch, batch_size=500)
            progress.update(len(batch))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def recording(index: int, count: int, numbers: list[int], store: int, chance: random.Random) -> RecordingJob:
    """One recording; the states and directions are those of a busy week."""
    happened = corpus.END - timedelta(days=corpus.DAYS * (1 - index / count))
    state = "available" if chance.random() < 0.97 else "finished"
    return RecordingJob(
        origin=Origin.FLAG, number_id=numbers[int(len(numbers) * chance.random() ** 2)], happened_at=happened,
        direction=Direction.INBOUND if chance.random() < 0.8 else Direction.OUTBOUND, caller=f"+4670{index % 10**7:07}",
        destination_id=store, key=f"{index}.mp3", locale="en-US", state=state, duration=chance.expovariate(1 / 180),
        started_at=happened, available_at=happened if state == "available" else None, transcription=True,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
