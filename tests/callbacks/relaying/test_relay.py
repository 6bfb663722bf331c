"""The relay: Sinch → us → an upstream that verifies us → its SVAML with our recording; and what if it fails."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from recordings_site.callbacks import handlers, views
from recordings_site.callbacks.relaying import actions, relay
from recordings_site.calls.models import Call, CallbackDelivery, Decision, UpstreamExchange, UpstreamOutcome
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot import ApplicationFacts
from recordings_site.policies.models import MAX_UPSTREAM_MS, Application, CallbackMode, PhoneNumber
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.svaml import RecordingOptions
from recordings_site.tasks.models import Task
from tests import factories, upstream
from tests.sinch_posts import ace, dice, ice, notify, post, post_raw, signed

pytestmark = pytest.mark.django_db

OWN = {"action": "connectPstn", "number": "+46700000001", "cli": "{cli}"}
THEIRS = svaml.connect_pstn("+46771111111", cli="+46800000001")


@pytest.fixture(autouse=True)
def connections_are_closed() -> Iterator[None]:
    """Each test has an upstream of its own."""
    yield
    relay.forget()


def relayed(url: str, *, timeout_ms: int = 2000, **how: Any) -> PhoneNumber:
    """A number of a relayed application; its policy records every call, and would connect to a number of ours."""
    made = factories.application(
        callback_mode=CallbackMode.RELAY, upstream_url=url, upstream_timeout_ms=timeout_ms, default_route=OWN
    )
    how = {"destination": factories.destination().pk} | how
    policy = factories.policy({"otherwise_record": True, "route": OWN, "how": how})
    number = factories.number(application=made, policy=policy)
    snapshot.forget()
    return number


def answered(response: HttpResponse) -> dict[str, Any]:
    """The SVAML of an answer."""
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def facts_of(application: Application) -> ApplicationFacts:
    """What is in force for an application."""
    return snapshot.current().applications[application.key]


def exchange() -> UpstreamExchange:
    """The one exchange that was kept."""
    return UpstreamExchange.objects.get()


@pytest.mark.parametrize(
    ("theirs", "origin"),
    [
        (svaml.document(THEIRS, [svaml.say("Welcome")]), "flag"),
        (svaml.document(svaml.connect_sip("agent@pbx.example.org")), "instruction"),
        (svaml.document(svaml.connect_mxp("alice"), [{"name": "setCookie", "key": "a", "value": "b"}]), "flag"),
        (svaml.document(svaml.connect_conf("room")), "flag"),
        (svaml.document(svaml.run_menu([svaml.menu("main", options=[("1", "return(1)")])])), "instruction"),
        (svaml.document(svaml.park(hold_prompt="#tts[Please wait]")), "instruction"),
    ],
    ids=lambda value: value["action"]["name"] if isinstance(value, dict) else value,
)
def test_the_upstream_says_where_the_call_goes_and_we_add_the_recording(theirs: dict[str, Any], origin: str) -> None:
    with upstream.serving(answers={"ice": theirs}) as their:
        number = relayed(their.url)
        event = ice(number.digits)
        given = answered(post(number.application, event))
    assert their.unsigned == 0
    assert json.loads(their.bodies[0]) == event
    [asked] = svaml.recording_requests(given)
    assert asked.origin == origin
    assert asked.options.credentials == factories.WRITE_CREDENTIALS
    name = theirs["action"]["name"]
    assert {**given["action"], "record": 0, "recordingOptions": 0} == {
        **theirs["action"], "record": 0, "recordingOptions": 0,
    }  # fmt: skip
    assert given["action"]["name"] == name
    job = RecordingJob.objects.get()
    assert job.origin == origin
    assert job.is_conference == (name == "connectConf")
    assert (exchange().outcome, exchange().status) == (UpstreamOutcome.ANSWERED, 200)
    kept = Decision.objects.get()
    assert kept.ice_svaml == svaml.masked(given)
    assert factories.WRITE_CREDENTIALS not in json.dumps(kept.facts)


def test_a_hangup_of_the_upstreams_is_a_hangup() -> None:
    with upstream.serving(answers={"ice": svaml.document(svaml.hangup(), [svaml.say("Closed")])}) as their:
        number = relayed(their.url)
        assert answered(post(number.application, ice(number.digits))) == their.answers["ice"]
    assert not RecordingJob.objects.exists()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (500, UpstreamOutcome.FAILED),
        (404, UpstreamOutcome.REFUSED),
        (302, UpstreamOutcome.REFUSED),
        (b"", UpstreamOutcome.INVALID),
        (b"<html>", UpstreamOutcome.INVALID),
        (b"[]", UpstreamOutcome.INVALID),
        ({"instructions": []}, UpstreamOutcome.INVALID),
        ({"action": {"name": "continue"}}, UpstreamOutcome.INVALID),
        (b'"' + b"x" * 70_000 + b'"', UpstreamOutcome.INVALID),
        (b"[" * 5000, UpstreamOutcome.INVALID),
    ],
    ids=str,
)
def test_an_unusable_answer_lets_the_numbers_own_route_record_and_connect(answer: Any, outcome: str) -> None:
    with upstream.serving(answers={"ice": answer}) as their:
        number = relayed(their.url)
        given = answered(post(number.application, ice(number.digits)))
    assert given["action"]["number"] == OWN["number"]
    assert len(svaml.recording_requests(given)) == 1
    assert exchange().outcome == outcome
    assert exchange().detail


def test_a_dead_upstream_costs_nothing_but_itself() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = relayed(f"http://127.0.0.1:{free.getsockname()[1]}/")
        given = answered(post(number.application, ice(number.digits)))
    assert given["action"]["number"] == OWN["number"]
    assert exchange().outcome == UpstreamOutcome.UNREACHABLE


def test_a_connection_that_the_upstream_closed_is_opened_again() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}) as their:
        number = relayed(their.url)
        their.drop = 1
        given = answered(post(number.application, ice(number.digits)))
        assert given["action"]["number"] == "+46771111111"
        their.drop = 2
        given = answered(post(number.application, ice(number.digits, call_id="another")))
        assert given["action"]["number"] == OWN["number"]


def test_a_slow_upstream_is_waited_for_no_longer_than_its_limit() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}) as their:
        number = relayed(their.url, timeout_ms=200)
        their.may_answer.clear()
        given = answered(post(number.application, ice(number.digits)))
        assert their.written == 0
    assert given["action"]["number"] == OWN["number"]
    assert exchange().outcome == UpstreamOutcome.SLOW
    assert "0.2 s" in exchange().detail


def test_an_upstream_that_answers_drop_by_drop_holds_its_place_no_longer_than_its_limit() -> None:
    with upstream.serving(answers={"ice": b"{" + b" " * 60 + b"}"}, between=0.1) as their:
        number = relayed(their.url, timeout_ms=300)
        given = answered(post(number.application, ice(number.digits)))
        relay.forget()  # waits for whoever still asks
        assert their.written < 62
    assert given["action"]["number"] == OWN["number"]
    assert exchange().outcome == UpstreamOutcome.SLOW


def test_connections_are_not_closed_under_whoever_still_asks() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}, wait=0.5) as their:
        application = facts_of(relayed(their.url, timeout_ms=MAX_UPSTREAM_MS).application)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(relay.ask, application, event="ice", body=b'{"event": "ice"}', content_type="text/json")
            while not their.seen and not asked.done():
                time.sleep(0.01)
            relay.forget()
            assert asked.result().outcome == UpstreamOutcome.ANSWERED
        assert len(their.seen) == 1


def test_a_whole_call_is_relayed_in_line_and_the_rest_by_the_worker_in_order() -> None:
    theirs = svaml.document(THEIRS)
    with upstream.serving(answers={"ice": theirs, "ace": b"", "dice": b"ignored"}) as their:
        number = relayed(their.url, start="answer")
        application = number.application
        assert answered(post(application, ice(number.digits))) == theirs
        given = answered(post(application, ace()))
        assert given["action"]["name"] == "continue"
        [asked] = svaml.recording_requests(given)
        for event in (dice(), notify("recording_finished"),
                      notify("recording_available", asked.options.destination_url)):  # fmt: skip
            assert post(application, event).status_code == 200
        assert [event["event"] for event in their.seen] == ["ice", "ace"]
        assert Task.objects.filter(kind="upstream.forward", subject=str(application.pk)).count() == 1
        assert actions.forward(application.pk) is None
    assert [event.get("type", event["event"]) for event in their.seen] == [
        "ice", "ace", "dice", "recording_finished", "recording_available",
    ]  # fmt: skip
    assert their.unsigned == 0
    job = RecordingJob.objects.get()
    assert (job.origin, job.available_at is not None) == (Origin.FLAG, True)
    assert set(UpstreamExchange.objects.values_list("outcome", flat=True)) == {UpstreamOutcome.ANSWERED}


def test_what_waits_keeps_its_order_while_the_upstream_is_down_and_is_given_up_in_the_end() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS), "dice": 500}) as their:
        number = relayed(their.url)
        post(number.application, ice(number.digits))
        post(number.application, dice())
        post(number.application, notify("recording_finished"))
        for _ in range(actions.ATTEMPTS - 1):
            with pytest.raises(actions.UpstreamDown, match="500"):
                actions.forward(number.application.pk)
        assert "notify" not in [event["event"] for event in their.seen]
        assert actions.forward(number.application.pk) is None
    assert their.seen[-1]["event"] == "notify"
    outcomes = UpstreamExchange.objects.order_by("delivery_id").values_list("outcome", flat=True)
    assert list(outcomes) == [UpstreamOutcome.ANSWERED, UpstreamOutcome.GIVEN_UP, UpstreamOutcome.ANSWERED]


def test_the_upstreams_own_recording_is_kept_and_its_job_known() -> None:
    with upstream.serving() as their:
        number = relayed(their.url)
        destination = RecordingDestination(number)
        their.answers["ice"] = svaml.document(svaml.recorded(THEIRS, destination.options("theirs/a.mp3")))
        given = answered(post(number.application, ice(number.digits)))
        assert given == their.answers["ice"]
        again = answered(post(number.application, ice(number.digits, call_id="another call")))
        assert again == their.answers["ice"]
    job = RecordingJob.objects.get()
    assert (job.origin, job.key) == (Origin.UPSTREAM, "theirs/a.mp3")


class RecordingDestination:
    """The destination of a number's policy, as an upstream that knows it writes it."""

    def __init__(self, number: PhoneNumber) -> None:
        assert number.policy is not None
        assert number.policy.published is not None
        self.destination = Destination.objects.get(pk=number.policy.published.document["how"]["destination"])

    def options(self, key: str) -> RecordingOptions:
        """Recording options that name `key`."""
        return RecordingOptions(f"{self.destination.url}{key}", "their-own-token-of-16")


def test_a_stale_or_replayed_ice_gets_the_upstreams_action_without_any_credentials() -> None:
    with upstream.serving() as their:
        number = relayed(their.url, upstream="keep")
        their.answers["ice"] = svaml.document(svaml.recorded(THEIRS, RecordingDestination(number).options("x.mp3")))
        body = json.dumps(ice(number.digits)).encode()
        headers = signed(number.application, body, at=datetime.now(UTC) - timedelta(hours=1))
        given = answered(post_raw(body, headers))
    assert given == svaml.document(THEIRS)
    assert CallbackDelivery.objects.get().verdict == "stale"


def test_a_repeated_ice_after_the_upstream_died_connects_by_the_own_route() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}) as their:
        number = relayed(their.url)
        post(number.application, ice(number.digits))
    given = answered(post(number.application, ice(number.digits)))
    assert given["action"]["number"] == OWN["number"]
    assert svaml.recording_requests(given) == []
    assert Call.objects.count() == 1


def test_a_menu_of_the_upstreams_whose_pie_it_cannot_answer_connects_by_the_own_route() -> None:
    menu = svaml.document(svaml.run_menu([svaml.menu("main", options=[("1", "return(1)")])]))
    pie = {"event": "pie", "callid": ice("1")["callid"], "version": 1, "menuResult": {"type": "return", "value": "1"}}
    with upstream.serving(answers={"ice": menu, "pie": 503}) as their:
        number = relayed(their.url)
        post(number.application, ice(number.digits))
        given = answered(post(number.application, pie))
        assert given["action"]["number"] == OWN["number"]
        their.answers["pie"] = svaml.document(svaml.connect_conf("room"))
        assert answered(post(number.application, pie)) == their.answers["pie"]


def test_a_database_that_is_down_costs_the_recording_and_not_the_upstreams_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError("the database is gone")

    with upstream.serving(answers={"ice": svaml.document(THEIRS), "ace": svaml.document(svaml.hangup())}) as their:
        number = relayed(their.url)
        monkeypatch.setattr(views, "store_ice", broken)
        monkeypatch.setattr(handlers, "answer_event", broken)
        assert answered(post(number.application, ice(number.digits))) == svaml.document(THEIRS)
        assert answered(post(number.application, ace())) == svaml.document(svaml.hangup())


def test_an_application_that_answers_itself_asks_nobody() -> None:
    with upstream.serving() as their:
        number = relayed(their.url)
        Application.objects.filter(pk=number.application.pk).update(callback_mode=CallbackMode.ANSWER)
        snapshot.forget()
        post(number.application, ice(number.digits))
        post(number.application, dice())
    assert their.seen == []
    assert not UpstreamExchange.objects.exists()


def test_an_upstream_is_never_asked_by_more_calls_at_once_than_there_are_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}) as their:
        number = relayed(their.url)
        places = [relay._slots().acquire(blocking=False) for _ in range(relay.THREADS)]
        try:
            given = answered(post(number.application, ice(number.digits)))
        finally:
            for _ in filter(None, places):
                relay._slots().release()
    assert given["action"]["number"] == OWN["number"]
    assert exchange().outcome == UpstreamOutcome.UNREACHABLE


def test_an_upstream_that_is_down_is_left_alone_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "OPEN_SECONDS", 0.5)
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}, wait=0.4) as their:
        number = relayed(their.url, timeout_ms=100)

        def connected_to(call: str) -> str:
            found: str = answered(post(number.application, ice(number.digits, call_id=call)))["action"]["number"]
            return found

        for call in range(relay.FAILURES + 5):
            assert connected_to(f"down {call}") == OWN["number"]
        assert 0 < len(their.seen) <= relay.FAILURES
        assert UpstreamExchange.objects.filter(detail__contains="Skipped").count() == 5
        their.wait = 0
        Application.objects.update(upstream_timeout_ms=MAX_UPSTREAM_MS)
        snapshot.forget()
        time.sleep(0.6)
        assert [connected_to(f"up again {call}") for call in range(3)] == [THEIRS["number"]] * 3


@pytest.mark.parametrize(("status", "is_down"), [(500, False), (404, False), (503, True)])
def test_an_upstream_that_refuses_single_calls_is_asked_about_the_next(status: int, is_down: bool) -> None:
    with upstream.serving(answers={"ice": status}) as their:
        number = relayed(their.url)
        for call in range(relay.FAILURES + 2):
            post(number.application, ice(number.digits, call_id=f"{status} {call}"))
        assert len(their.seen) == relay.FAILURES + (0 if is_down else 2)


def test_an_upstream_that_is_inside_is_not_connected_to(settings: Settings) -> None:
    """Also when the row was written before its name led there, or by another way than the form."""
    settings.ADDRESSES_ALLOWED = []
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}) as their:
        number = relayed(their.url)
        assert answered(post(number.application, ice(number.digits)))["action"]["number"] == OWN["number"]
        assert their.bodies == []
    assert "private network" in exchange().detail


def test_their_verification_holds_for_the_secret_that_sinch_uses() -> None:
    with upstream.serving(answers={"ice": svaml.document(THEIRS)}, secret="bm90IG91cnM=") as their:
        number = relayed(their.url)
        given = answered(post(number.application, ice(number.digits)))
    assert their.unsigned == 1
    assert given["action"]["number"] == OWN["number"]
    assert exchange().status == 401
