"""The live page and its commands, against the simulator's own REST side and a call that really goes on."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.calls.models import Call
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.live import queries as live
from recordings_site.recordings.live import sentences as live_sentences
from recordings_site.recordings.live.actions import CommandOutcome, CommandResult, command_recording
from recordings_site.recordings.models import Origin, RecordingJob, State
from recordings_site.simulator.engine import Engine, Options
from recordings_site.simulator.rest import Account, ErrorResponse, serving
from recordings_site.simulator.switchboard import Switchboard
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application, HttpReply, Wire
from recordings_site.tasks import registry
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import PATH, post_raw

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A number whose calls are not recorded by themselves, its supervisor, and Sinch."""

    number: PhoneNumber
    supervisor: User
    account: Account
    board: Switchboard

    def call(self, **fields: str) -> Call:
        """A call in progress."""
        placed = self.board.place(self.number.digits, **fields)
        return Call.objects.select_related("application", "number").get(call_id=placed.planned.call_id)


def over_test_client(url: str, body: bytes, headers: dict[str, str]) -> HttpReply:
    """Give the site an event without any HTTP."""
    response = post_raw(
        body,
        {
            "HTTP_AUTHORIZATION": headers["Authorization"],
            "HTTP_X_TIMESTAMP": headers["x-timestamp"],
            "CONTENT_TYPE": headers["Content-Type"],
        },
    )
    return HttpReply(response.status_code, response.content)


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """Sinch's REST side with a switchboard, and the site pointed at it."""
    team = factories.team()
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    policy = factories.policy({"otherwise_record": False, "route": factories.CONNECT, "how": how})
    number = factories.number(team=team, policy=policy)
    snapshot.forget()
    account = Account({number.application.key: factories.SECRET}, {number.e164: number.application.key})
    with serving(account) as url:
        settings.SINCH_CALLING_URL = settings.SINCH_CONFIGURATION_URL = url
        application = Application(number.application.key, factories.SECRET, f"http://testserver{PATH}")
        uploads = Uploads({"local": str(site.LOCAL_STORE_ROOT)})
        engine = Engine(application, Wire(application, over_test_client), uploads, Options(rest_url=url))
        account.calls = board = Switchboard(engine)
        # The REST side's threads would tell the site in the middle of the test's transaction: the test does it itself.
        board.engine.outbox.send = lambda event: None
        yield World(number, factories.user(Role.SUPERVISOR, teams=[team]), account, board)


def test_a_call_in_progress_is_recorded_stopped_and_recorded_again(world: World) -> None:
    call = world.call()
    assert not RecordingJob.objects.exists()
    started = command_recording(by=world.supervisor, call=call, command="start")
    assert (started.done, started.uncertain) == (True, False)
    [first] = RecordingJob.objects.running_on(call)
    assert (first.origin, first.ordinal, first.state) == (Origin.LIVE, 1, State.RECORDING)
    assert command_recording(by=world.supervisor, call=call, command="stop").done
    first.refresh_from_db()
    assert first.stopped_at is not None
    assert command_recording(by=world.supervisor, call=call, command="start").done
    [second] = RecordingJob.objects.running_on(call)
    assert (second.ordinal, second.number) == (2, world.number)
    assert first.key != second.key
    store = first.destination.read_store()
    assert store.stat(first.key).size > 1000
    told: list[dict[str, object]] = []
    world.board.engine.outbox.send = told.append
    world.board.hang_up(call.call_id)
    for event in told:
        world.board.engine.send_event(event)
    for task in Task.objects.filter(kind="recording.inspect"):
        registry.load()[task.kind].handler(task)
    jobs = list(RecordingJob.objects.filter(call=call).order_by("ordinal"))
    assert [job.number for job in jobs] == [world.number] * 2
    second = jobs[1]
    assert (second.state, second.duration is not None) == (State.AVAILABLE, True)
    assert not live.in_progress(world.supervisor, timezone.now()).calls


def test_a_pause_stops_and_resuming_starts_another_recording(world: World) -> None:
    call = world.call()
    command_recording(by=world.supervisor, call=call, command="start")
    assert command_recording(by=world.supervisor, call=call, command="pause").done
    [shown] = live.in_progress(world.supervisor, timezone.now()).calls
    assert (shown.is_paused, shown.running, shown.verb) == (True, None, "pause")
    assert command_recording(by=world.supervisor, call=call, command="resume").done
    [shown] = live.in_progress(world.supervisor, timezone.now()).calls
    assert not shown.is_paused
    assert shown.running is not None
    assert len(shown.recordings) == 2


def test_each_command_is_in_the_audit_with_who_and_its_outcome(world: World) -> None:
    call = world.call()
    command_recording(by=world.supervisor, call=call, command="stop")
    command_recording(by=world.supervisor, call=call, command="start")
    events = AuditEvent.objects.about("calls.call", call.pk).order_by("id")
    assert [(event.action, event.actor_email, event.data["outcome"]) for event in events] == [
        ("call.recording_stop", world.supervisor.email, "refused"),
        ("call.recording_start", world.supervisor.email, "done"),
    ]
    assert [event.data.get("recordings") for event in events] == [None, [str(RecordingJob.objects.get().pk)]]


def test_sinchs_refusal_is_told_with_its_code_and_leaves_no_recording(world: World) -> None:
    call = world.call()
    world.account.faults = [ErrorResponse(403, 40300, "Not in progress on PSTN or SIP")]
    outcome = command_recording(by=world.supervisor, call=call, command="start")
    assert not outcome.done
    assert "Not in progress on PSTN or SIP [403] (error 40300, reference" in live_sentences.outcome(outcome)
    assert not RecordingJob.objects.exists()


def test_a_call_that_has_ended_is_not_commanded(world: World) -> None:
    call = world.call()
    world.board.engine.outbox.send = world.board.engine.send_event
    world.board.hang_up(call.call_id)
    call.refresh_from_db()
    assert command_recording(by=world.supervisor, call=call, command="start").result == CommandResult.CALL_OVER
    assert [method for method, *_ in world.account.requests] == []


def test_no_answer_of_sinchs_is_uncertain_and_the_recording_is_expected(world: World, settings: Settings) -> None:
    call = world.call()
    settings.SINCH_CALLING_URL = "http://127.0.0.1:9"
    outcome = command_recording(by=world.supervisor, call=call, command="start")
    assert (outcome.done, outcome.uncertain) == (True, True)
    assert RecordingJob.objects.get().origin == Origin.LIVE


def test_a_callback_cannot_send_our_signature_elsewhere(world: World) -> None:
    call = world.call()
    call.call_resource_url = "http://169.254.169.254/calling/v1/calls/id/x"
    assert command_recording(by=world.supervisor, call=call, command="start").done
    assert world.account.requests[-1][0] == "PATCH"


def test_a_number_without_a_destination_says_what_to_do(world: World) -> None:
    world.number.policy = None
    world.number.save()
    snapshot.forget()
    outcome = command_recording(by=world.supervisor, call=world.call(), command="start")
    assert "Choose a working destination" in live_sentences.outcome(outcome)


def test_the_page_shows_calls_of_ones_teams_with_commands_for_those_who_may(world: World, client: Client) -> None:
    call = world.call()
    client.force_login(world.supervisor)
    page = client.get("/live/").content.decode()
    assert world.number.label in page
    assert "Start recording" in page
    response = client.post(f"/live/{call.pk}/start/", headers={"HX-Request": "true", "HX-Target": "live_calls"})
    partial = response.content.decode()
    assert partial.lstrip().startswith('<div id="live_calls"')
    assert "Pause" in partial
    support = factories.user(Role.SUPPORT, teams=[world.number.team])
    client.force_login(support)
    assert "Pause" not in client.get("/live/").content.decode()
    assert client.post(f"/live/{call.pk}/stop/").status_code == 404
    client.force_login(factories.user(Role.SUPERVISOR, teams=[factories.team()]))
    assert world.number.label not in client.get("/live/").content.decode()
    assert client.post(f"/live/{call.pk}/stop/").status_code == 404


def test_a_recording_that_waits_for_an_answer_is_shown_as_expected(world: World, client: Client) -> None:
    call = world.call()
    RecordingJob.objects.create(
        call=call, number=world.number, origin=Origin.FLAG, happened_at=call.started_at, expected_at=call.started_at
    )
    client.force_login(world.supervisor)
    assert "Starts when answered" in client.get("/live/").content.decode()


def test_an_unknown_command_is_no_page(world: World, client: Client) -> None:
    client.force_login(world.supervisor)
    assert client.post(f"/live/{world.call().pk}/sing/").status_code == 404


def test_a_conferences_participants_are_shown_and_their_calls_recorded(world: World, client: Client) -> None:
    policy = factories.policy({"otherwise_record": False, "route": {"action": "connectConf", "conference_id": "room"},
                               "how": {"destination": factories.destination().pk}})  # fmt: skip
    world.number.policy = policy
    world.number.save()
    snapshot.forget()
    one, other = world.call(other="12025550101"), world.call(other="12025550102")
    [room] = live.in_progress(world.supervisor, timezone.now()).conferences
    assert {each.call for each in room.calls} == {one, other}
    client.force_login(world.supervisor)
    page = client.get(f"/live/conferences/{room.session.pk}/").content.decode()
    assert page.count("View on live page") == 2
    assert "record individual participants" in client.get("/live/").content.decode()
    assert command_recording(by=world.supervisor, call=one, command="start").done
    [job] = RecordingJob.objects.running_on(one)
    assert not job.is_conference


def test_the_page_costs_few_queries_whatever_the_number_of_calls(
    world: World, client: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        world.call()
    client.force_login(world.supervisor)
    # The filters' choices are read once, with the page; what is asked every few seconds has none.
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/live/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get("/live/", headers={"HX-Request": "true", "HX-Target": "live_calls"})


VALUES = {
    CommandResult.CANNOT_RECORD: {"reason": "no_destination", "policy_name": "Support EU"},
    CommandResult.REFUSED: {"error": "Not in progress [403]"},
    CommandResult.UNREACHABLE: {"error": "Sinch cannot be reached."},
}


@pytest.mark.parametrize("result", CommandResult)
def test_each_result_of_a_command_has_words_of_its_own(result: CommandResult) -> None:
    said = [live_sentences.outcome(CommandOutcome(other, VALUES.get(other, {}))) for other in CommandResult]
    assert said.count(live_sentences.outcome(CommandOutcome(result, VALUES.get(result, {})))) == 1


def running(**fields: object) -> Call:
    """A call that goes on now."""
    now = timezone.now()
    over = {"ended_at": None, "dice_received_at": None, "duration": None}
    return factories.call(started_at=now, ice_received_at=now, **over, **fields)


def test_the_calls_in_progress_are_narrowed_by_each_filter(client: Client) -> None:
    client.force_login(factories.admin())
    number = factories.number(label="Sales")
    one = running(number=number, caller="+46701234567", caller_digits="46701234567")
    two = running(caller="+46709999999", caller_digits="46709999999")
    factories.recording(call=one, state=State.RECORDING, available_at=None, finished_at=None)
    factories.recording(call=two, state=State.EXPECTED, available_at=None, finished_at=None, started_at=None)
    three = running(caller="anna", caller_type="username", caller_digits="")

    def shown(**filters: object) -> set[int]:
        page = client.get("/live/", filters)
        return {each.call.pk for each in page.context["live"].calls}

    assert shown() == {one.pk, two.pk, three.pk}
    assert shown(number=number.pk) == shown(team=number.team_id) == shown(application=one.application_id) == {one.pk}
    assert shown(caller="070-123 45 67") == shown(caller="4567") == {one.pk}
    assert shown(caller="Anna") == {three.pk}
    assert (shown(state="recording"), shown(state="expected"), shown(state="none")) == ({one.pk}, {two.pk}, {three.pk})
    assert shown(state="recording", caller="4567", number=number.pk) == {one.pk}
    assert shown(number="999") == shown(state="nothing") == shown(caller="x" * 129) == set()
    assert "Fix 1 problem" in client.get("/live/", {"state": "nothing"}).content.decode()
    assert "No call in progress matches these filters." in client.get("/live/", {"caller": "nobody"}).content.decode()


def test_nobody_filters_by_what_is_another_teams(client: Client) -> None:
    number = factories.number()
    running(number=number)
    client.force_login(factories.user(Role.SUPERVISOR, teams=[factories.team()]))
    page = client.get("/live/", {"number": number.pk})
    assert number.label not in page.content.decode()
    assert "doesn’t exist, or you don’t have access" in page.content.decode()
    assert "application" not in page.context["form"].fields


def test_a_page_holds_few_calls_and_stays_the_page_when_it_is_refreshed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAGE", 3)
    client.force_login(factories.admin())
    number = factories.number()
    calls = [running(number=number, application=number.application) for _ in range(7)]
    seen, address, pages = [], f"/live/?number={number.pk}", 0
    while address:
        page = client.get(address)
        seen += [each.call.pk for each in page.context["live"].calls]
        html = page.content.decode().replace("&amp;", "&")
        assert "7 calls in progress match" in html
        here = address.removeprefix("/live/")
        assert f'hx-get="/live/{here}"' in html
        assert f'/start/{here}"' in html
        address, pages = page.context["older"], pages + 1
    assert (pages, seen) == (3, [call.pk for call in reversed(calls)])
