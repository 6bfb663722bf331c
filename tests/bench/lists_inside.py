"""Runs inside Django on one database: fills it with recordings if need be, asks for pages, prints rows as JSON."""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.test import Client  # noqa: E402
from tqdm import tqdm  # noqa: E402

from recordings_site.accounts.models import Team, User  # noqa: E402
from recordings_site.destinations.models import Destination  # noqa: E402
from recordings_site.policies.models import Application, PhoneNumber, Policy  # noqa: E402
from recordings_site.recordings.models import Origin, RecordingJob, Tag  # noqa: E402
from recordings_site.web import keyset  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench import corpus, percentile  # noqa: E402
from tests.bench.search_inside import clocked, say  # noqa: E402

RECORDINGS = 5_000_000
TIMES = 18
WARM = 3  # of them, which do not count
NEWEST = ("happened_at", "id")


def main(database: str, size: float) -> None:
    """The first page, deep ones, and one under each filter; each beside the SQL alone, or beside the first page."""
    load(int(RECORDINGS * size))
    browser, scoped, quiet = (signed_in(f"{name}@example.com") for name in ("admin", "scoped", "quiet"))
    oldest = RecordingJob.objects.order_by("happened_at").values_list("happened_at", flat=True)[0]
    for name, share in (("first page", 0.0), ("page in the middle", 0.5), ("last pages", 0.999)):
        cursor = ""
        if share:
            moment = corpus.END - (corpus.END - oldest) * share
            row = RecordingJob.objects.filter(happened_at__lte=moment).order_by("-happened_at", "-id")[0]
            cursor = keyset._write("older", row, NEWEST)
        ask = asking(browser, f"?cursor={cursor}" if cursor else "")
        page, part, listed, everything, first = in_turn(
            ask,
            asking(browser, f"?cursor={cursor}" if cursor else "", part=True),
            sql_of(ask, "recordings_recordingjob"),
            sql_of(ask, ""),
            asking(browser, ""),
        )
        say(f"{database}: {name}, HTTP, p50", page, "ms", first, "ms of the first page")
        say(f"{database}: {name}, HTTP, p50", page, "ms", everything, "ms of all its SQL")
        say(f"{database}: {name}, HTTP, p50", page, "ms", listed, "ms of the list's SQL")
        say(f"{database}: {name}, the list alone as htmx asks for it, p50", part, "ms", listed, "ms of the list's SQL")
    number, team = RecordingJob.objects.values_list("number", flat=True)[0], Team.objects.get(name="Scoped")
    for query in (
        f"number={number}", "direction=outbound", "state=finished", "state=late", "since=2026-03-01&until=2026-03-02",
        "longer=10m", "shorter=5", "caller=0000123", f"team={team.pk}", "destination=1", "locale=sv", "tag=refund",
        f"policy={Policy.objects.get().pk}", "version=1", "transcript=yes", "comment=yes", "correction=yes",
        "heard=yes", "sort=longest", "sort=oldest",
    ):  # fmt: skip
        page, first = in_turn(asking(browser, f"?{query}"), asking(browser, ""))
        say(f"{database}: ?{query}, p50", page, "ms", first, "ms of the first page")
    for name, person in (("3 of 500 numbers", scoped), ("3 numbers without recordings", quiet)):
        page, first = in_turn(asking(person, ""), asking(browser, ""))
        say(f"{database}: who sees {name}, p50", page, "ms", first, "ms of all")
    newest = RecordingJob.objects.newest_first()[0]
    frame, home, recording = in_turn(
        asking(browser, "nothing/", 404), asking(browser, "/"), asking(browser, f"{newest.pk}/")
    )
    say(f"{database}: a page that is not there, p50", frame, "ms")
    say(f"{database}: home, p50", home, "ms", frame, "ms of a page that is not there")
    say(f"{database}: a recording's page, p50", recording, "ms", frame, "ms of a page that is not there")


def signed_in(email: str) -> Client:
    """A browser of this person."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(User.objects.get(email=email))
    return browser


def in_turn(*works: Callable[[], None]) -> list[float]:
    """The median milliseconds of each, taken in turn so that noise hits all alike."""
    times = [[clocked(work) for work in works] for _ in range(TIMES)]
    return [percentile(each, 50) for each in zip(*times[WARM:], strict=True)]


def asking(browser: Client, address: str, status: int = 200, *, part: bool = False) -> Callable[[], None]:
    """A page as the server makes it, by its address from the list's, or the part of it that paging asks for."""
    headers = {"HX-Request": "true", "HX-Target": "list"} if part else {}

    def ask() -> None:
        answer = browser.get(urljoin("/recordings/", address), headers=headers)
        assert answer.status_code == status, answer.status_code

    return ask


def sql_of(ask: Callable[[], None], about: str) -> Callable[[], None]:
    """The statements of a page that begin with this table, all for "": alone, without objects and templates."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., object], sql: str, parameters: Any, many: bool, context: object) -> object:
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        ask()
    wanted = [(sql, parameters) for sql, parameters in asked if sql.startswith(f'SELECT "{about}')]

    def again() -> None:
        with connection.cursor() as raw:
            for sql, parameters in wanted:
                raw.execute(sql, parameters)
                raw.fetchall()

    return again


def load(count: int) -> None:
    """Fill an empty database, in one transaction with the indexes at its end: interrupted, it begins again."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Team.objects.exists():
        application, team, scoped = factories.application(), factories.team(), factories.team(name="Scoped")
        for index in range(corpus.NUMBERS):
            factories.number(application=application, team=scoped if index in (40, 41, 42) else team)
        factories.user(teams=[scoped], email="scoped@example.com")
        factories.admin(email="admin@example.com")
        factories.destination(name="Bench")
    if not Policy.objects.exists():
        Policy.objects.create(name="Bench")
        Tag.objects.create(name="refund")
        team = factories.team(name="Quiet")
        for index in range(3):
            factories.number(application=Application.objects.get(), team=team, digits=f"4930000{index}")
        factories.user(teams=[team], email="quiet@example.com")
    if RecordingJob.objects.exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        indexes = _indexes(cursor)
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        _make(cursor, count)
        for definition in tqdm(indexes.values(), unit="index", desc=f"Loading into {connection.vendor}"):
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _indexes(cursor: CursorWrapper) -> dict[str, str]:
    """The definitions of the table's indexes, but for those that a constraint made."""
    if connection.vendor == "postgresql":
        # Foreign keys are not looked up: there are ten million of them, and all point at what was made above.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            [RecordingJob._meta.db_table],
        )
    else:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [RecordingJob._meta.db_table],
        )
    return dict(cursor.fetchall())


def _make(cursor: CursorWrapper, count: int) -> None:
    """The recordings, made by the database; states, directions and numbers are those of a busy week."""
    first = PhoneNumber.objects.order_by("pk").values_list("pk", flat=True)[0]
    start, step = corpus.END.timestamp() - corpus.DAYS * 86400, corpus.DAYS * 86400 / count
    postgresql = connection.vendor == "postgresql"
    moment = f"to_timestamp({start} + i * {step})" if postgresql else f"datetime({start} + i * {step}, 'unixepoch')"
    varied = {
        "id": "gen_random_uuid()" if postgresql else "lower(hex(randomblob(16)))",
        # Remainders of primes instead of chance: the same rows on both databases.
        "number_id": f"{first} + ({corpus.NUMBERS} * (i * 7919 % 1009) * (i * 7919 % 1009)) / (1009 * 1009)",
        "happened_at": moment,
        "started_at": moment,
        "available_at": f"CASE WHEN i * 7907 % 100 < 97 THEN {moment} END",
        "state": "CASE WHEN i * 7907 % 100 < 97 THEN 'available' ELSE 'finished' END",
        "direction": "CASE WHEN i * 7901 % 10 < 8 THEN 'inbound' ELSE 'outbound' END",
        "caller": "'+467' || (10000000 + i)",
        "key": "i || '.mp3'",
        "duration": "5 + 1200.0 * (i * 7883 % 997) * (i * 7883 % 997) / (997 * 997)",
    }
    same = RecordingJob(
        origin=Origin.FLAG, destination=Destination.objects.get(name="Bench"), locale="en-US", transcription=True
    )
    fixed = [field for field in RecordingJob._meta.concrete_fields if field.column not in varied]
    values = [field.get_db_prep_save(getattr(same, field.attname), connection) for field in fixed]
    serial = f"generate_series(0::bigint, {count - 1}) AS s(i)"
    if not postgresql:
        serial = f"(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s LIMIT {count}) SELECT i FROM s)"
    columns = ", ".join(f'"{column}"' for column in (*varied, *(field.column for field in fixed)))
    cursor.execute(
        f"INSERT INTO {RecordingJob._meta.db_table} ({columns})"
        f" SELECT {', '.join((*varied.values(), *(['%s'] * len(fixed))))} FROM {serial}".replace(" % ", " %% "),
        values,
    )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
