"""The list of calls: its filter finds what the rows say, and by day."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.test import Client

from recordings_site.calls.models import DecisionOutcome
from recordings_site.recordings.models import OverdueKind
from tests import factories

pytestmark = pytest.mark.django_db

LONG_AGO = factories.LONG_AGO
ENDS: list[dict[str, Any]] = [
    {},
    {"answered_at": None, "dice_result": "NO_ANSWER"},
    {"answered_at": None, "dice_result": "ANSWERED"},
    {"dice_received_at": None, "ended_at": None},
    {"dice_reason": "CALLBACKERROR"},
]
FILES: list[dict[str, Any] | None] = [
    None,
    {},
    {"available_at": None},
    {"available_at": None, "elsewhere_at": LONG_AGO, "reported_destination": "s3://not-ours/a.mp3"},
    {"available_at": None, "finished_at": None},
    {"available_at": None, "finished_at": None, "started_at": None},
    {
        "available_at": None, "overdue_since": LONG_AGO, "overdue_kind": OverdueKind.LATE,
        "overdue_code": "not_written", "overdue_values": {"minutes": 10},
    },
    {"deleted_at": LONG_AGO, "deleted_code": "gone", "deleted_values": {"at": LONG_AGO.isoformat()}},
]  # fmt: skip
RECORDING = {"action": {"name": "continue", "record": True, "recordingOptions": {}}}
DECISIONS: list[dict[str, Any] | None] = [
    None,
    {"record": False},
    {"record": False, "outcome": DecisionOutcome.IMPOSSIBLE},
    {"record": True},
    {"record": True, "ace_svaml": {"action": {"name": "continue"}}},
    {"record": True, "ace_svaml": RECORDING},
]


def everything(query: str) -> tuple[set[int], dict[int, bool | None]]:
    """The calls of all pages of the list, and what the row of each says: recorded, not recorded, or open."""
    browser = Client()
    browser.force_login(factories.admin())
    found: set[int] = set()
    said: dict[int, bool | None] = {}
    more: str | None = query
    while more is not None:
        context = browser.get(f"/calls/{more}").context
        found |= {call.pk for call in context["page"].rows}
        said |= {each.call.pk: each.recorded for each in context["decisions"]}
        more = context["older"] or None
    return found, said


def test_a_filter_finds_the_calls_whose_rows_say_so() -> None:
    number, destination = factories.number(), factories.destination()
    for ended, file, decided in product(ENDS, FILES, DECISIONS):
        call = factories.call(number=number, **ended)
        if decided is not None:
            made = factories.decision(call, **decided)
            if "ace_svaml" in decided:
                made.facts["plan"] = {"starts": "ace"}
                made.save()
        if file is not None:
            factories.recording(call=call, destination=destination, **file)
    _, said = everything("")
    assert len(said) == len(ENDS) * len(FILES) * len(DECISIONS)
    for outcome, recorded in (("recorded", True), ("not_recorded", False), ("open", None)):
        found, _ = everything(f"?decision={outcome}")
        assert found == {pk for pk, each in said.items() if each is recorded}, outcome
        assert found


def test_days_are_those_of_the_viewer_and_a_wrong_one_lists_nothing() -> None:
    number = factories.number()
    first = factories.call(number=number, started_at=datetime(2026, 3, 5, 22, 30, tzinfo=UTC))
    second = factories.call(number=number, started_at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC))
    browser = Client()
    browser.force_login(factories.admin(time_zone="Europe/Stockholm"))

    def listed(query: str) -> list[int]:
        return [call.pk for call in browser.get(f"/calls/{query}").context["page"].rows]

    assert listed("?since=2026-03-05&until=2026-03-05") == [first.pk]
    assert listed("?since=2026-03-06") == [second.pk]
    assert listed("?since=soon") == listed("?decision=maybe") == []
    assert "Enter a valid date" in browser.get("/calls/?since=soon").content.decode()
