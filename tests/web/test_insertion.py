"""Rows inserted by compiled SQL are the rows that Django would have saved."""

import pytest
from django.forms.models import model_to_dict

from recordings_site.calls.models import Call
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.web.insertion import insert
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
    assert not insert(twin, unless_exists=True)
    assert Call.objects.get().caller == call.caller
    # A row that was inserted is no new row any more: saving it updates it.
    other = Call(application=call.application, call_id="other", started_at=call.started_at)
    insert(other)
    other.caller = "x"
    other.save()
    assert Call.objects.count() == 2
