"""The simulated Sinch → us → an upstream that verifies us: recordings appear, and no call is lost whatever it does."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from recordings_site.callbacks.relaying import relay
from recordings_site.calls.models import Call, UpstreamExchange, UpstreamOutcome
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import CallbackMode, PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import svaml
from tests import factories, simulated, upstream
from tests.upstream import Upstream

pytestmark = pytest.mark.django_db

OWN = {"action": "connectPstn", "number": "+46700000001", "cli": "{cli}"}
PSTN = svaml.document(svaml.connect_pstn("+46771111111", cli="+46800000001"), [svaml.say("Welcome to us")])
MENU = svaml.document(svaml.run_menu([svaml.menu("main", main_prompt="#tts[Press 1]", options=[("1", "return(1)")])]))


@pytest.fixture
def number() -> PhoneNumber:
    """A number that is recorded with a notice, of an application that relays."""
    application = factories.application(callback_mode=CallbackMode.RELAY, default_route=OWN)
    how = {
        "destination": factories.destination().pk,
        "announcement": {"kind": "say", "text": "This call is recorded."},
        "transcription": True,
        "locale": "en-US",
    }
    policy = factories.policy({"otherwise_record": True, "route": OWN, "how": how})
    return factories.number(application=application, policy=policy)


@pytest.fixture(autouse=True)
def connections_are_closed() -> Iterator[None]:
    """Each test has an upstream of its own."""
    yield
    relay.forget()


def relay_to(number: PhoneNumber, url: str, *, timeout_ms: int = 2000) -> None:
    """Give the number's application this upstream, and this limit."""
    number.application.upstream_url = url
    number.application.upstream_timeout_ms = timeout_ms
    number.application.save()
    snapshot.forget()


def placed(number: PhoneNumber, calls: int = 6, **options: Any) -> Any:
    """Simulate calls to the number, and do the worker's part."""
    planned = simulated.groups(calls, numbers=[number.digits], seed=7, **options)
    return simulated.simulate(number.application, planned)


SIX = {
    "pstn": {"ice": PSTN},
    "sip": {"ice": svaml.document(svaml.connect_sip("agent@pbx.example.org"))},
    "app": {"ice": svaml.document(svaml.connect_mxp("alice"), [{"name": "setCookie", "key": "a", "value": "b"}])},
    "conference": {"ice": svaml.document(svaml.connect_conf("room"))},
    "menu": {"ice": MENU, "pie": svaml.document(svaml.connect_pstn("+46771111111"))},
    "park": {"ice": svaml.document(svaml.park(hold_prompt="#tts[Please wait]"))},
}


@pytest.mark.parametrize("kind", SIX)
def test_recordings_appear_for_each_kind_of_answer(number: PhoneNumber, client: Client, kind: str) -> None:
    with upstream.serving(answers=dict(SIX[kind])) as their:
        relay_to(number, their.url)
        totals = placed(number)
    assert (totals.broken, totals.failed_uploads, totals.refused) == ({}, [], 0)
    assert their.unsigned == 0
    available = RecordingJob.objects.filter(state=State.AVAILABLE)
    assert available.count() == totals.recordings > 0
    assert set(available.values_list("number", flat=True)) == {number.pk}
    # All that Sinch told was passed on, in the order of each call.
    assert not UpstreamExchange.objects.filter(outcome=UpstreamOutcome.WAITING).exists()
    for call in Call.objects.all():
        told = [event["event"] for event in their.seen if event.get("callid") == call.call_id]
        assert told[0] == "ice"
        assert "dice" in told
        assert told.count("ice") == 1
    # What was decided can be read on the pages of recording and call.
    client.force_login(factories.admin())
    for path in (f"/recordings/{available[0].pk}/", *(f"/calls/{call.pk}/" for call in Call.objects.all()[:2])):
        assert "Recorded: " in client.get(path).content.decode()


def _dead(their: Upstream) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def _slow(their: Upstream) -> str:
    their.wait = 0.8
    return their.url


def _invalid(their: Upstream) -> str:
    their.answers = {"ice": {"instructions": [{"name": "say"}]}, "ace": b"<html>"}
    return their.url


def _error(their: Upstream) -> str:
    their.answers = {"ice": 500, "ace": 500, "dice": 500}
    return their.url


@pytest.mark.parametrize(
    ("fail", "outcome", "words"),
    [
        (_dead, UpstreamOutcome.UNREACHABLE, "an’t be reached"),
        (_slow, UpstreamOutcome.SLOW, "No answer within 0.3 s"),
        (_invalid, UpstreamOutcome.INVALID, "isn’t valid SVAML"),
        (_error, UpstreamOutcome.FAILED, "It answered with status 500"),
    ],
)
def test_calls_are_connected_and_recorded_without_their_upstream_and_the_page_says_so(
    number: PhoneNumber, client: Client, fail: Any, outcome: str, words: str
) -> None:
    with upstream.serving(answers={"ice": PSTN}) as their:
        relay_to(number, fail(their), timeout_ms=300 if fail is _slow else 2000)
        totals = placed(number, calls=3)
    assert (totals.broken, totals.failed_uploads, totals.refused) == ({}, [], 0)
    assert totals.answered > 0
    assert RecordingJob.objects.filter(state=State.AVAILABLE).count() == totals.recordings > 0
    asked = UpstreamExchange.objects.waited_for()
    # After several calls without an answer it is left alone for a while.
    outcomes = set(asked.filter(delivery__event="ice").values_list("outcome", flat=True))
    assert outcome in outcomes <= {outcome, UpstreamOutcome.UNREACHABLE}
    client.force_login(factories.admin())
    page = client.get(f"/applications/{number.application.pk}/connect/").content.decode()
    assert words in page
    assert "used the number’s own route" in page


def test_an_upstream_that_comes_and_goes_ends_as_one_that_stays(number: PhoneNumber) -> None:
    with upstream.serving(answers={"ice": PSTN}) as their:
        relay_to(number, their.url)
        totals = placed(number, calls=4)
    relay_to(number, _dead(Upstream()))
    more = simulated.simulate(number.application, simulated.groups(4, numbers=[number.digits], seed=8))
    assert RecordingJob.objects.filter(state=State.AVAILABLE).count() == totals.recordings + more.recordings
    assert (totals.broken, more.broken) == ({}, {})
