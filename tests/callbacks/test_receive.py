"""The endpoint: who gets an answer, which, and what is kept of it."""

import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client

from recordings_site.accounts.models import AuditEvent
from recordings_site.callbacks import views
from recordings_site.calls.models import Call, CallbackDelivery, Decision, DecisionOutcome, DeliveryVerdict, Direction
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import svaml
from tests import factories, sinch_posts
from tests.factories import WRITE_CREDENTIALS
from tests.sinch_posts import ace, dice, ice, notify, post, post_raw, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call."""
    destination = factories.destination()
    document = {
        "otherwise_record": True,
        "route": factories.CONNECT,
        "how": {"destination": destination.pk, "transcription": True, "locale": "en-US"},
    }
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def _svaml(response: HttpResponse) -> dict[str, object]:
    assert response.status_code == 200, response.content
    found: dict[str, object] = json.loads(response.content)
    assert "action" in found
    return found


def test_an_ice_is_answered_with_the_policys_svaml_and_kept(number: PhoneNumber) -> None:
    answered = _svaml(post(number.application, ice(number.digits)))

    [asked] = svaml.recording_requests(answered)
    assert asked.options.credentials == WRITE_CREDENTIALS
    call = Call.objects.get()
    assert (call.number, call.direction, call.caller) == (number, Direction.INBOUND, "46733000001")
    job = RecordingJob.objects.get()
    assert (job.call, job.number, job.state) == (call, number, State.EXPECTED)
    assert job.key in asked.options.destination_url
    assert str(job.pk) in job.key
    decision = Decision.objects.get()
    assert decision.outcome == DecisionOutcome.RECORD
    assert WRITE_CREDENTIALS not in json.dumps([decision.ice_svaml, decision.facts])
    assert CallbackDelivery.objects.get().verdict == DeliveryVerdict.ACCEPTED


def test_without_the_slash_the_answer_is_the_same_and_never_a_redirect(number: PhoneNumber) -> None:
    body = json.dumps(ice(number.digits)).encode()
    assert post_raw(body, signed(number.application, body), path="/callbacks/sinch").status_code == 200


@pytest.mark.parametrize("change", ["none", "wrong secret", "other body", "unknown key", "bad header", "no stamp"])
def test_what_is_not_signed_gets_a_constant_401_and_leaves_no_row(number: PhoneNumber, change: str) -> None:
    body = json.dumps(ice(number.digits)).encode()
    headers = signed(number.application, body, secret="d3Jvbmc=" if change == "wrong secret" else factories.SECRET)
    match change:
        case "none":
            del headers["HTTP_AUTHORIZATION"]
        case "other body":
            body = body.replace(b"46733000001", b"46733000002")
        case "unknown key":
            headers["HTTP_AUTHORIZATION"] = headers["HTTP_AUTHORIZATION"].replace(number.application.key, "nobody")
        case "bad header":
            headers["HTTP_AUTHORIZATION"] = "application \xff:\xfe"
        case "no stamp":
            del headers["HTTP_X_TIMESTAMP"]
    response = post_raw(body, headers)
    assert (response.status_code, response.content) == (401, b'{"error":"unauthorized"}')
    assert not CallbackDelivery.objects.exists()
    assert not Call.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"{}", b'{"event":"ice"}' + b" " * 70000, b"\xff\xfe{}"])
def test_a_signed_body_that_is_no_event_gets_a_constant_400(number: PhoneNumber, body: bytes) -> None:
    response = post_raw(body, signed(number.application, body))
    assert response.status_code in (400, 401)
    if len(body) < 65536:
        assert (response.status_code, response.content) == (400, b'{"error":"bad request"}')


def test_only_post_is_taken() -> None:
    assert Client().get(sinch_posts.PATH).status_code == 405


def test_an_unknown_event_is_kept_and_answered_200(number: PhoneNumber) -> None:
    assert post(number.application, {"event": "tea", "callid": "x"}).status_code == 200
    delivery = CallbackDelivery.objects.get()
    assert delivery.event == "tea"
    assert delivery.applied_at is not None


def test_a_number_without_a_policy_gets_the_default_route(number: PhoneNumber) -> None:
    bare = factories.number(application=number.application)
    snapshot.forget()
    for to in (bare.digits, "46111111111", "not-a-number"):
        answered = _svaml(post(number.application, ice(to, call_id=f"call-to-{to}")))
        assert answered["action"]["name"] == "connectPstn"  # type: ignore[index]
        assert not svaml.recording_requests(answered)
    assert not RecordingJob.objects.exists()


def test_a_stale_ice_is_connected_without_credentials_and_raises_an_alert(number: PhoneNumber) -> None:
    late = datetime.now(UTC) - timedelta(seconds=301)
    response = post(number.application, ice(number.digits), at=late)
    assert not svaml.recording_requests(_svaml(response))
    assert WRITE_CREDENTIALS.encode() not in response.content
    assert CallbackDelivery.objects.get().verdict == DeliveryVerdict.STALE
    assert Decision.objects.get().outcome == DecisionOutcome.IMPOSSIBLE
    assert AuditEvent.objects.filter(action="alert.callback.stale").exists()


def test_an_exact_repeat_soon_gets_the_same_answer_and_later_no_credentials(number: PhoneNumber) -> None:
    body = json.dumps(ice(number.digits)).encode()
    headers = signed(number.application, body)
    first, second = post_raw(body, headers), post_raw(body, headers)
    assert first.content == second.content
    CallbackDelivery.objects.update(received_at=datetime.now(UTC) - timedelta(seconds=11))
    third = post_raw(body, headers)
    assert WRITE_CREDENTIALS.encode() not in third.content
    assert [d.verdict for d in CallbackDelivery.objects.order_by("id")] == ["accepted", "repeated", "replayed"]
    assert RecordingJob.objects.count() == Decision.objects.count() == 1


def test_the_same_ice_signed_again_gets_the_same_answer(number: PhoneNumber) -> None:
    event = ice(number.digits)
    assert post(number.application, event).content == post(number.application, event).content
    assert RecordingJob.objects.count() == 1


def test_a_fault_while_answering_costs_the_recording_and_not_the_call(number: PhoneNumber) -> None:
    with patch("recordings_site.calls.actions.decision_columns", side_effect=DatabaseError("disk full")):
        answered = _svaml(post(number.application, ice(number.digits)))
    assert answered["action"]["name"] == "connectPstn"  # type: ignore[index]
    assert not svaml.recording_requests(answered)
    assert not CallbackDelivery.objects.exists()


def test_a_policy_that_cannot_be_rendered_gets_the_default_route(number: PhoneNumber) -> None:
    with patch("recordings_site.policies.engine.answer.answer_ice", side_effect=ZeroDivisionError):
        answered = _svaml(post(number.application, ice(number.digits)))
    assert answered["action"]["name"] == "connectPstn"  # type: ignore[index]


def test_a_notify_that_cannot_be_stored_is_not_acknowledged(number: PhoneNumber) -> None:
    with patch("recordings_site.callbacks.verification.delivery_of", side_effect=DatabaseError("disk full")):
        assert post(number.application, notify("recording_finished")).status_code == 503


def test_a_notify_that_cannot_be_applied_is_acknowledged_and_stays_to_be_applied(number: PhoneNumber) -> None:
    with patch("recordings_site.callbacks.handlers._apply", side_effect=DatabaseError("locked")):
        assert post(number.application, notify("recording_finished")).status_code == 200
    assert CallbackDelivery.objects.get().applied_at is None


def test_a_stale_notify_is_kept_and_not_applied(number: PhoneNumber) -> None:
    post(number.application, ice(number.digits))
    late = datetime.now(UTC) - timedelta(hours=1)
    told = notify("recording_available", "s3://elsewhere/x.mp3")
    assert post(number.application, told, at=late).status_code == 200
    assert RecordingJob.objects.get().available_at is None
    assert CallbackDelivery.objects.get(verdict=DeliveryVerdict.STALE).applied_at is None


def test_a_call_runs_from_expected_to_available(number: PhoneNumber) -> None:
    app = number.application
    [asked] = svaml.recording_requests(_svaml(post(app, ice(number.digits))))
    job = RecordingJob.objects.get()
    assert _svaml(post(app, ace())) == {"action": {"name": "continue"}}
    job.refresh_from_db()
    assert job.state == State.RECORDING
    post(app, dice())
    job.refresh_from_db()
    assert job.state == State.FINISHED
    post(app, notify("recording_finished"))
    post(app, notify("recording_available", asked.options.destination_url))
    post(app, notify("transcription_available", asked.options.destination_url.replace(".mp3", "-transcript.json")))
    job = RecordingJob.objects.get()
    assert job.state == State.AVAILABLE
    assert job.transcript_available_at is not None
    assert CallbackDelivery.objects.filter(recording_id=job.pk).count() == 2


def test_a_call_that_was_never_answered_is_not_recorded(number: PhoneNumber) -> None:
    post(number.application, ice(number.digits))
    post(number.application, dice(result="NOANSWER", reason="TIMEOUT", duration=None))
    assert RecordingJob.objects.get().state == State.NOT_RECORDED


def test_a_fresh_process_waits_for_the_database_rather_than_believe_an_old_file(
    number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered by the file alone, an application that was made since would be a stranger."""
    waited: list[float | None] = []
    monkeypatch.setattr(snapshot, "latest", Snapshot)
    monkeypatch.setattr(views, "with_timeout", lambda do, timeout=None: (waited.append(timeout), do())[1])
    assert svaml.recording_requests(_svaml(post(number.application, ice(number.digits))))
    assert waited[0] is None
