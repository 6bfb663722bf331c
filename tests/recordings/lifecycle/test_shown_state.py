"""Each state of a recording is called the same by the list, its page, its call's page, the export and the filters."""

import csv
import io
import json
import re

import pytest
from django.test import Client

from recordings_site.recordings.models import FileState, OverdueKind, RecordingJob, Shown, State
from tests import factories

pytestmark = pytest.mark.django_db

BEGUN = {"finished_at": None, "available_at": None}
MADE = {
    State.EXPECTED: lambda: factories.recording(started_at=None, **BEGUN),
    State.NOT_RECORDED: lambda: factories.recording(started_at=None, not_recorded_at=factories.LONG_AGO, **BEGUN),
    State.RECORDING: lambda: factories.recording(**BEGUN),
    State.FINISHED: lambda: factories.recording(available_at=None),
    State.ELSEWHERE: lambda: factories.recording(
        available_at=None, elsewhere_at=factories.LONG_AGO, reported_destination="s3://others/x.mp3"
    ),
    State.AVAILABLE: lambda: factories.recording(),
    State.DELETED: lambda: factories.deleted(),
    FileState.UNPLAYABLE: lambda: factories.recording(problem_code="not_audio"),
    OverdueKind.LATE: lambda: factories.overdue(),
    OverdueKind.MISSING: lambda: factories.overdue(overdue_kind="missing", overdue_values={"minutes": 1440}),
}
SHOWN = re.compile(r'class="state state-\w+">.*?</svg>\s*([^<]+)</span>', re.DOTALL)


def seen(browser: Client, url: str, after: str) -> str:
    """The first state that a page shows after some words."""
    html = browser.get(url).content.decode()
    match = SHOWN.search(html, html.index(after))
    assert match is not None, url
    return match[1].strip()


@pytest.mark.parametrize("state", MADE)
def test_every_page_calls_a_state_the_same(state: Shown) -> None:
    browser, job = Client(), MADE[state]()
    browser.force_login(factories.admin())
    assert job.call is not None
    assert job.shown_state == state
    if state != State.AVAILABLE:  # which goes without saying in a list
        assert seen(browser, "/recordings/", "<tbody>") == state.label
    assert seen(browser, f"/recordings/{job.pk}/", "<h1") == state.label
    assert seen(browser, f"/calls/{job.call.pk}/", "<h2>Recordings</h2>") == state.label
    table, rows = (
        b"".join(browser.get(f"/recordings/export/{form}/")).decode()  # type: ignore[call-overload]
        for form in ("csv", "jsonl")
    )
    assert [row["state"] for row in csv.DictReader(io.StringIO(table))] == [state]
    assert json.loads(rows)["state"] == state


@pytest.mark.parametrize("state", MADE)
def test_what_a_filter_finds_is_in_that_state(state: Shown) -> None:
    made = {other: make() for other, make in MADE.items()}
    browser = Client()
    browser.force_login(factories.admin())
    rows = browser.get(f"/recordings/?state={state}").context["page"].rows
    assert {row.id for row in rows} == {made[state].pk}
    assert {job.pk for job in RecordingJob.objects.overdue()} == {made[kind].pk for kind in OverdueKind}
