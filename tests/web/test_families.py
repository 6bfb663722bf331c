"""Rows that belong together, inserted at once, are the rows that would have been saved one after the other."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from recordings_site.calls.models import Call, CallbackDelivery, Decision
from recordings_site.policies.models import Application
from recordings_site.recordings.models import RecordingJob
from recordings_site.web.families import Families, Family
from tests import factories

pytestmark = pytest.mark.django_db

OF_A_CALL = Families((Call, Decision, RecordingJob, CallbackDelivery), unless_exists=("application_id", "call_id"))
AT = factories.LONG_AGO


@pytest.fixture
def application() -> Application:
    """Where the calls come from."""
    return factories.application()


def family(application: Application, call_id: str, *, recorded: bool = True, outcome: str = "record") -> Family:
    """A call with what is kept of it."""
    call = {"application_id": application.pk, "call_id": call_id, "started_at": AT, "caller": "+46 'ö' %s \\ {}"}
    decision = {
        "outcome": outcome,
        "reason": "fault",
        "facts": {"plan": [1, None, "ö"]},
        "decided_at": AT,
        "draw": 0.25,
    }
    job = {"id": uuid4(), "origin": "flag", "happened_at": AT, "peaks": b"\x00\xff"} if recorded else None
    delivery = {"application_id": application.pk, "received_at": AT, "signature_digest": b"\x01", "body": b"{}"}
    return call, decision, job, delivery


def test_they_are_read_back_as_if_each_had_been_saved(application: Application) -> None:
    told = [family(application, f"call-{n}", recorded=n != 1) for n in range(3)]
    keys = OF_A_CALL.insert(told)
    for (call, decision, job, delivery), given in zip(told, keys, strict=True):
        assert given is not None
        stored = Call.objects.get(pk=given[0])
        assert same(stored, Call(**(call or {})))
        assert same(Decision.objects.get(pk=given[1]), Decision(call=stored, **(decision or {})))
        assert same(CallbackDelivery.objects.get(pk=given[3]), CallbackDelivery(call=stored, **(delivery or {})))
        assert given[2] == (job["id"] if job else None)
        if job:
            kept = RecordingJob.objects.get(pk=given[2])
            assert same(kept, RecordingJob(call=stored, decision=stored.decision, **job))
            assert bytes(kept.peaks or b"") == b"\x00\xff"
    assert RecordingJob.objects.count() == 2
    # What the database gives next is not a key that was given here.
    later = Call.objects.create(application=application, call_id="later", started_at=AT + timedelta(1))
    assert later.pk not in {given[0] for given in keys if given}


def same(stored: Any, told: Any) -> bool:
    """Whether all that is stored is what was told, or would have been by default."""
    told.pk = stored.pk
    return model_to_dict(stored) == model_to_dict(told)


def test_one_whose_first_row_exists_is_left_out_whole_and_of_two_alike_the_second(application: Application) -> None:
    factories.call(application=application, call_id="known")
    told = [family(application, name) for name in ("new", "known", "new")]
    new, known, again = OF_A_CALL.insert(told)
    assert new
    assert known is again is None
    assert Decision.objects.count() == RecordingJob.objects.count() == CallbackDelivery.objects.count() == 1
    assert RecordingJob.objects.get().pk == (told[0][2] or {})["id"]


def test_none_of_them_need_have_a_row_that_may_be_missing(application: Application) -> None:
    [keys] = OF_A_CALL.insert([family(application, "a", recorded=False)])
    assert keys
    assert keys[2] is None
    assert CallbackDelivery.objects.get().call == Decision.objects.get().call == Call.objects.get(pk=keys[0])


def test_all_or_none_are_inserted(application: Application) -> None:
    told = [family(application, "a"), family(application, "b", outcome="no such outcome")]
    with pytest.raises(IntegrityError), transaction.atomic():
        OF_A_CALL.insert(told)
    assert not Call.objects.exists()


def test_postgresql_is_asked_once(application: Application) -> None:
    with CaptureQueriesContext(connection) as captured:
        OF_A_CALL.insert([family(application, f"call-{n}") for n in range(5)])
    inserts = [query["sql"] for query in captured.captured_queries if "INSERT" in query["sql"]]
    assert len(inserts) == (1 if connection.vendor == "postgresql" else 4)


def test_of_each_the_same_is_told(application: Application) -> None:
    call, decision, job, delivery = family(application, "a")
    less = {name: value for name, value in (decision or {}).items() if name != "draw"}
    with pytest.raises(ValueError, match="the same must be told"):
        OF_A_CALL.insert([(call, decision, job, delivery), (call, less, job, delivery)])


def test_a_default_that_each_row_has_of_its_own_is_not_made_once_for_all(application: Application) -> None:
    call, decision, job, delivery = family(application, "a")
    untold = {name: value for name, value in (decision or {}).items() if name != "decided_at"}
    if connection.vendor == "postgresql":
        with pytest.raises(ValueError, match="has to be told"):
            OF_A_CALL.insert([(call, untold, job, delivery)])
    else:
        assert OF_A_CALL.insert([(call, untold, job, delivery)])
