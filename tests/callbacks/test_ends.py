"""Calls between ends that are no phone numbers: answered by type, kept and shown by name."""

import json
from typing import Any

import pytest
from django.test import Client

from recordings_site.calls.models import Call
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application
from recordings_site.recordings.models import RecordingJob
from tests import factories
from tests.sinch_posts import ice, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Application:
    """An application that takes calls where they were dialled."""
    made = factories.application(default_route={"action": "asDialled"})
    snapshot.forget()
    return made


def answered(application: Application, to: dict[str, str], **fields: Any) -> dict[str, Any]:
    """The action with which an app user's ICE is answered."""
    event = ice("") | {"to": to, "originationType": "MXP", "domain": "mxp", "cli": "", **fields}
    given = post(application, event)
    assert given.status_code == 200, given.content
    return json.loads(given.content)["action"]  # type: ignore[no-any-return]


def test_an_app_user_who_calls_another_is_connected_kept_and_found_by_name(application: Application) -> None:
    action = answered(application, {"type": "username", "endpoint": "10023"}, user="alice")
    assert action == {"name": "connectMxp", "destination": {"type": "username", "endpoint": "10023"}}
    call = Call.objects.get()
    assert (call.caller, call.caller_type, call.caller_digits) == ("alice", "username", "")
    assert (call.called, call.called_type, call.direction) == ("10023", "username", "outbound")
    browser = Client()
    browser.force_login(factories.admin())
    page = browser.get(f"/calls/{call.pk}/").content.decode()
    assert "alice" in page
    assert "+10023" not in page
    assert [one.pk for one in browser.get("/calls/?q=ali").context["page"].rows] == [call.pk]


def test_a_user_whose_name_looks_like_our_number_is_not_that_number(application: Application) -> None:
    number = factories.number(application=application, digits="46812345678", policy=factories.policy())
    snapshot.forget()
    answered(application, {"type": "username", "endpoint": "46812345678"}, user="46812345678")
    call = Call.objects.get()
    assert call.number is None
    assert call.shown_caller == call.shown_called == number.digits
    assert not RecordingJob.objects.exists()


def test_a_conference_of_digits_is_entered_not_dialled(application: Application) -> None:
    action = answered(application, {"type": "conference", "endpoint": "4711"}, user="bob", cli="private")
    assert action == {"name": "connectConf", "conferenceId": "4711"}
    assert Call.objects.get().conference_session is not None


def test_a_recording_says_by_name_who_called(application: Application) -> None:
    how = {"destination": factories.destination().pk}
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
    number = factories.number(application=application, policy=policy)
    snapshot.forget()
    answered(application, {"type": "username", "endpoint": "46701234567"}, user="alice", cli=number.e164)
    job = RecordingJob.objects.get()
    assert (job.caller, job.shown_caller) == ("alice", "alice")
    browser = Client()
    browser.force_login(factories.admin())
    for page in (f"/recordings/{job.pk}/", "/recordings/"):
        text = browser.get(page).content.decode()
        assert "46701234567" in text
        assert "+46 70 123" not in text
