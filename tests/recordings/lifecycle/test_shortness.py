"""A call whose parts hold less audio than lies between their starts and stops is called short, with both lengths."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from recordings_site.recordings import search
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.lifecycle.actions import update_states
from recordings_site.recordings.models import RecordingJob
from tests import factories

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def recorded(*parts: tuple[float, float | None, float | None], ends: float | None = 100) -> list[RecordingJob]:
    """The parts of one call as (start, stop, seconds of audio), in seconds after its start; the call ends at `ends`."""
    call = factories.call()
    start = call.started_at
    over: dict[str, Any] = {"ended_at": None, "dice_received_at": None}
    if ends is not None:
        over = {"ended_at": start + ends * SECOND, "dice_received_at": start + ends * SECOND}
    type(call).objects.filter(pk=call.pk).update(answered_at=start, **over)
    call.refresh_from_db()
    jobs = [
        factories.recording(
            call=call, ordinal=ordinal, started_at=start + at * SECOND, duration=seconds,
            stopped_at=None if stop is None else start + stop * SECOND, finished_at=start + (stop or 100) * SECOND,
            **({} if seconds is not None else {"available_at": None}),
        )
        for ordinal, (at, stop, seconds) in enumerate(parts, 1)
    ]  # fmt: skip
    update_states(call)
    for job in jobs:
        job.refresh_from_db()
    return jobs


@pytest.mark.parametrize(
    ("parts", "lengths"),
    [
        ([(0, None, 100)], None),
        ([(0, None, 95.1)], None),
        ([(0, None, 94.9)], (100, 94.9)),
        ([(0, None, 120)], None),
        ([(0, 40, 40), (60, None, 40)], None),  # a pause of twenty seconds
        ([(0, 40, 39), (60, None, 31)], (80, 70)),
        ([(0, 40, 40), (40, 90, 10)], (90, 50)),
        ([(90, None, 4)], (10, 4)),
        ([(0, None, 50), (60, None, 40)], None),  # when the first stopped is not known
        ([(0, None, None)], None),  # missing is not short
        ([(0, 40, 1), (60, None, None)], None),
    ],
)
def test_short_is_what_lacks_more_than_five_seconds_and_five_percent(
    parts: list[tuple[float, float | None, float | None]], lengths: tuple[float, float] | None
) -> None:
    for job in recorded(*parts):
        assert job.is_short is (lengths is not None)
        if lengths is not None:
            assert (job.expected_seconds, job.recorded_seconds) == lengths
            assert sentences.reason(job).startswith("Short: ")


def test_long_calls_may_lack_five_percent() -> None:
    assert not recorded((0, None, 951), ends=1000)[0].is_short
    assert recorded((0, None, 949), ends=1000)[0].is_short


def test_a_call_that_runs_is_not_short_and_is_judged_when_it_ends() -> None:
    (job,) = recorded((0, None, 10), ends=None)
    assert not job.is_short
    call = job.call
    assert call is not None
    call.ended_at = call.dice_received_at = call.started_at + 100 * SECOND
    call.save()
    update_states(call)
    job.refresh_from_db()
    assert job.is_short


def test_what_was_short_is_healed_by_the_whole_file() -> None:
    (job,) = recorded((0, None, 10))
    assert job.is_short
    RecordingJob.objects.filter(pk=job.pk).update(duration=99.0)
    assert job.call is not None
    update_states(job.call)
    job.refresh_from_db()
    assert not job.is_short


def test_the_page_the_list_the_search_and_the_export_know_it(client: Client) -> None:
    (short,) = recorded((0, None, 10))
    (whole,) = recorded((0, None, 100))
    client.force_login(factories.admin())
    page = client.get(f"/recordings/{short.pk}/").content.decode()
    assert "10 seconds of audio" in page
    assert "Too short" in page
    assert "Too short" not in client.get(f"/recordings/{whole.pk}/").content.decode()
    listed = client.get("/recordings/?state=short").content.decode()
    assert str(short.pk) in listed
    assert str(whole.pk) not in listed
    for job in (short, whole):
        search.index(factories.transcript(job, [(0.0, "Speaker 1", "a refund")]))
    found = client.get("/search/?q=refund+state:short").content.decode()
    assert str(short.pk) in found
    assert str(whole.pk) not in found
    rows = b"".join(client.get("/recordings/export/csv/?state=short")).decode().splitlines()  # type: ignore[arg-type]
    assert len(rows) == 2
    assert "100.0,10.0" in rows[1]
