"""Runs inside Django on one database: fills it if need be, asks for pages, prints rows as JSON."""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from recordings_site.accounts.models import Team, User  # noqa: E402
from recordings_site.policies.models import Policy  # noqa: E402
from recordings_site.recordings.models import RecordingJob  # noqa: E402
from recordings_site.web import keyset  # noqa: E402
from tests.bench import corpus, percentile  # noqa: E402
from tests.bench.lists_load import load  # noqa: E402
from tests.bench.search_inside import clocked, say  # noqa: E402

RECORDINGS = 5_000_000
TIMES = 18
WARM = 3  # of them, which do not count
NEWEST = ("happened_at", "id")
SEEN_BY_FEW = (
    "state=finished", "state=late", "direction=outbound", "comment=yes", "sort=longest", "sort=shortest&longer=1"
)  # fmt: skip
CALLS = ("", "q=call-123456", "q=0000123", "q=99999999", "decision=recorded", "decision=impossible", "decision=none")


def main(database: str, size: float) -> None:
    """The first page, deep ones, and one under each filter; each beside the SQL alone, or beside the first page."""
    load(int(RECORDINGS * size))
    browser, scoped, quiet = (signed_in(f"{name}@example.com") for name in ("admin", "scoped", "quiet"))
    oldest = RecordingJob.objects.order_by("happened_at").values_list("happened_at", flat=True)[0]
    for name, share in (("first page", 0.0), ("page in the middle", 0.5), ("last pages", 0.999)):
        cursor = ""
        if share:
            at = corpus.END - (corpus.END - oldest) * share
            row = RecordingJob.objects.filter(happened_at__lte=at).order_by("-happened_at", "-id")[0]
            cursor = keyset._write("older", row, RecordingJob, NEWEST)
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
    people = {"all": browser, "3 of 500 numbers": scoped, "3 numbers without recordings": quiet}
    for name, person in people.items():
        for query in ("", *(SEEN_BY_FEW if person is not browser else ())):
            page, first = in_turn(asking(person, f"?{query}"), asking(browser, ""))
            say(f"{database}: who sees {name}, ?{query}, p50", page, "ms", first, "ms of the first page")
        for query in CALLS:
            page, first = in_turn(asking(person, f"/calls/?{query}"), asking(browser, "/calls/"))
            say(f"{database}: calls, who sees {name}, ?{query}, p50", page, "ms", first, "ms of the first page of all")
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


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
