"""Callouts: their ACE names no number; Sinch's REST API, or else the DiCE, says which of ours it is."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from recordings_site.callbacks.follow_up.actions import learn_callout
from recordings_site.calls.models import Call, Direction
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob
from recordings_site.simulator.rest import Account, serving
from recordings_site.sinch.rest.client import ApiError
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import CALL_ID, ace, dice, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    """A number of an application whose callouts are recorded."""
    how = {"destination": factories.destination().pk}
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
    made = factories.number(application=factories.application(callout_policy=policy))
    snapshot.forget()
    return made


class OneCallout:
    """A switchboard that knows one call."""

    def __init__(self, number: PhoneNumber) -> None:
        self.number = number

    def describe(self, call_id: str) -> dict[str, Any] | None:
        """From our number to somebody."""
        ends = {"from": {"type": "number", "endpoint": self.number.digits}, "to": {"endpoint": "+12025550100"}}
        return {"callId": call_id, "status": "ONGOING", **ends} if call_id == CALL_ID else None


def learn() -> None:
    """Do what a worker does."""
    learn_callout(int(Task.objects.get(kind="call.learn", done_at=None).subject))


def test_the_number_of_a_running_callout_is_asked_of_sinch(number: PhoneNumber, settings: Settings) -> None:
    account = Account({number.application.key: factories.SECRET}, calls=OneCallout(number))  # type: ignore[arg-type]
    post(number.application, ace())
    assert RecordingJob.objects.get().number is None
    with serving(account) as url:
        settings.SINCH_CALLING_URL = url
        learn()
    call = Call.objects.get()
    assert (call.direction, call.number, call.called) == (Direction.CALLOUT, number, "+12025550100")
    assert RecordingJob.objects.get().number == number


def test_while_sinch_cannot_be_asked_the_worker_tries_again_and_the_dice_tells_in_the_end(number: PhoneNumber) -> None:
    post(number.application, ace())
    with pytest.raises(ApiError):
        learn()
    post(number.application, dice(**{"from": number.digits, "to": {"type": "number", "endpoint": "12025550100"}}))
    learn()
    assert Call.objects.get().number == number
    assert RecordingJob.objects.get().number == number


def test_a_callout_of_a_number_that_is_not_ours_stays_unattributed(number: PhoneNumber) -> None:
    post(number.application, ace())
    post(number.application, dice(**{"from": "4699999999"}))
    learn()
    assert Call.objects.get().number is None
    assert RecordingJob.objects.get().number is None
