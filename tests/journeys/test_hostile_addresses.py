"""Whatever stands in the address of a list: the page comes, or says what is wrong. An address is anybody's to write."""

import base64
import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.journeys.site_map import routes
from tests.journeys.worlds import ADMIN, small_world

pytestmark = pytest.mark.django_db

LISTS = (
    "recordings",
    "recordings_export",
    "recordings_audio",
    "recording",
    "calls",
    "search",
    "search_summary",
    "activity",
    "activity_export",
    "numbers",
    "saved_new",
    "policy_versions",
)
PARAMETERS = (
    "q", "cursor", "sort", "number", "direction", "state", "since", "until", "longer", "shorter", "caller", "team",
    "policy", "version", "destination", "tag", "locale", "transcript", "heard", "pk", "t", "end", "list", "who",
    "action", "subject", "before", "after", "decision", "query", "page", "exact",
)  # fmt: skip
NOBODY = "00000000-0000-0000-0000-000000000000"


def cursor(*values: object) -> str:
    """A cursor as the site writes it, with values that it never writes."""
    return base64.urlsafe_b64encode(json.dumps(["older", *values]).encode()).decode()


VALUES = (
    "²",
    "٣",
    "\0",
    "-1",
    "9" * 30,
    "1e999",
    "'\"%_\\[",
    "x" * 2500,
    "[]",
    "longest",
    "0001-01-01",
    "9999-12-31",
    "x OR before:0001-01-01",
    "x OR after:9999-12-31",
    "x OR on:0001",
    cursor("2026-01-01T00:00:00+00:00", float("inf")),
    cursor("2026-01-01T00:00:00+00:00", 10**30),
    cursor("0001-01-01T00:00:00+14:00", "1"),
    cursor("9999-12-31T23:59:59-14:00", NOBODY),
    cursor("2026-01-01", NOBODY),
    cursor("1e400", NOBODY),
    cursor(None, []),
    urlencode({"since": "0001-01-01", "until": "9999-12-31", "cursor": "x"}),
    "search:" + urlencode({"q": "x OR before:0001-01-01", "cursor": "²"}),
)


@pytest.mark.parametrize("name", LISTS)
def test_no_address_breaks_a_list(name: str) -> None:
    world = small_world()
    person = world.people[ADMIN]
    # East of Greenwich the first day of the calendar begins before it.
    person.time_zone = "Asia/Tokyo"
    person.save()
    client = Client()
    client.force_login(person)
    url = next(route for route in routes() if route.name == name).url(world.values)
    for shift in range(len(VALUES)):
        # Each parameter meets each value.
        asked = {each: VALUES[(place + shift) % len(VALUES)] for place, each in enumerate(PARAMETERS)}
        answer = client.get(url, asked)
        assert answer.status_code < 500
        if answer.streaming:
            list(answer)  # type: ignore[call-overload]
