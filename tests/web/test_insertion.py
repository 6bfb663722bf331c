"""Rows inserted by compiled SQL are the rows that Django would have saved."""

import pytest
from django.db import DataError, connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from recordings_site.calls.models import Call
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.web.insertion import insert, insert_all
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_was_inserted_is_read_back_equal_to_what_was_saved() -> None:
    call = factories.call()
    fields = {
        f.attname: getattr(call, f.attname) for f in Call._meta.concrete_fields if f.name not in ("id", "call_id")
    }
    copy = Call(call_id="copy", **fields)
    assert insert(copy)
    assert copy.pk not in (None, call.pk)
    stored = Call.objects.get(call_id="copy")
    assert {**model_to_dict(stored), "id": 0, "call_id": ""} == {**model_to_dict(call), "id": 0, "call_id": ""}


def test_a_key_of_our_own_making_and_json_and_bytes_are_kept() -> None:
    job = RecordingJob(origin=Origin.FLAG, happened_at=factories.LONG_AGO, audio={"a": [1, "ö"]}, peaks=b"\x00\xff")
    assert insert(job)
    stored = RecordingJob.objects.get(pk=job.pk)
    assert (stored.audio, bytes(stored.peaks or b"")) == ({"a": [1, "ö"]}, b"\x00\xff")


def test_a_row_that_exists_is_left_as_it_is_when_asked_so() -> None:
    call = factories.call()
    twin = Call(application=call.application, call_id=call.call_id, started_at=call.started_at, caller="other")
    assert not insert(twin, unless_exists=("application_id", "call_id"))
    assert Call.objects.get().caller == call.caller
    # A row that was inserted is no new row any more: saving it updates it.
    other = Call(application=call.application, call_id="other", started_at=call.started_at)
    insert(other)
    other.caller = "x"
    other.save()
    assert Call.objects.count() == 2


def test_many_rows_are_inserted_by_one_statement_each_with_its_own_key() -> None:
    known = factories.call()
    names = ["c", known.call_id, "a", "b", "a"]
    rows = [
        Call(application=known.application, call_id=name, started_at=known.started_at, caller=f"+{place}")
        for place, name in enumerate(names)
    ]
    with CaptureQueriesContext(connection) as captured:
        inserted = insert_all(rows, unless_exists=("application_id", "call_id"))
    assert len(captured.captured_queries) == 1
    # What exists is left out, and of two alike the second.
    assert inserted == [rows[0], rows[2], rows[3]]
    for row in inserted:
        stored = Call.objects.get(pk=row.pk)
        assert (stored.call_id, stored.caller) == (row.call_id, row.caller)
    assert rows[1].pk is None
    assert rows[4].pk is None
    assert insert_all([]) == []


def test_a_value_too_long_is_refused_as_ever() -> None:
    call = factories.call()
    row = Call(application=call.application, call_id="x" * 201, started_at=call.started_at)
    if connection.vendor == "postgresql":
        with pytest.raises(DataError):
            insert(row)
