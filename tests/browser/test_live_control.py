"""An admin connects an application and watches the checklist turn; a running call is recorded, stopped, recorded again.

Sinch is the simulator with its REST side and a call that goes on in real time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2
import pytest
from django.conf import settings as site
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.callbacks import last_seen
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.simulator.engine import Engine, Options
from recordings_site.simulator.rest import Account, serving
from recordings_site.simulator.switchboard import Switchboard
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application as Caller
from recordings_site.simulator.wire import HttpReply, Wire
from recordings_site.tasks import registry
from tests import factories
from tests.browser.listening import Listener
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions

KEY = "669E367E-6BBA-48AB-AF15-266871C28135"
NUMBERS = {"+46812345678": KEY, "+46812345679": "", "+46812345680": "another application"}


@dataclass
class Sinch:
    """The simulated Sinch: what it knows, and the calls that it holds."""

    account: Account
    board: Switchboard


@pytest.fixture
def sinch(live_server: LiveServer, settings: Settings) -> Iterator[Sinch]:
    """Sinch with one application whose callbacks go elsewhere, and a site that knows nothing of it yet."""
    last_seen.forget()
    snapshot.forget()
    account = Account({KEY: factories.SECRET}, dict(NUMBERS), {KEY: {"primary": "https://old.example/callbacks"}})
    settings.PUBLIC_URL = live_server.url
    with serving(account) as url:
        settings.SINCH_CALLING_URL = settings.SINCH_CONFIGURATION_URL = url
        caller = Caller(KEY, factories.SECRET, f"{live_server.url}/callbacks/sinch/")
        uploads = Uploads({"local": str(site.LOCAL_STORE_ROOT)})
        account.calls = board = Switchboard(Engine(caller, Wire(caller, post), uploads, Options(rest_url=url)))
        yield Sinch(account, board)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
    """Send an event over a connection of its own, that nothing is left open."""
    response = httpx2.post(url, content=body, headers=headers, trust_env=False)
    return HttpReply(response.status_code, response.content)


def step(page: Page, title: str, state: str) -> None:
    """Expect a step of the checklist to be in this state, by polling if need be."""
    expect(page.locator(f"#checklist li.is-{state}", has_text=title)).to_be_visible(timeout=12_000)


@pytest.mark.timeout(180)
def test_an_application_is_connected_and_a_running_call_recorded_twice(
    context: BrowserContext, live_server: LiveServer, sinch: Sinch
) -> None:
    team = factories.team(name="Support")
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    policy = factories.policy(
        {"otherwise_record": False, "route": factories.CONNECT, "how": how}, name="Nothing by itself"
    )
    admin = factories.admin()
    sign_in(context, live_server, admin)
    page = context.new_page()

    # The application, by its key.
    page.goto(f"{live_server.url}/applications/new/")
    page.get_by_label("Name", exact=True).fill("Main")
    page.get_by_label("Application key").fill(KEY)
    page.get_by_label("Application secret").fill(factories.SECRET)
    page.get_by_label("Number", exact=True).fill("+46 70 000 00 01")
    page.get_by_role("button", name="Add").click()
    step(page, "Sinch accepts the key", "done")
    step(page, "Callbacks are sent here", "wrong")

    # Its callbacks.
    page.get_by_role("button", name="Send callbacks here").click()
    step(page, "Callbacks are sent here", "done")
    assert sinch.account.callbacks[KEY]["primary"] == f"{live_server.url}/callbacks/sinch/"

    # Its numbers: that of the application is chosen already.
    page.get_by_role("link", name="Import from Sinch").click()
    page.get_by_label("Import +46 8 123 456 79").check()
    page.get_by_label("Team").select_option("Support")
    page.get_by_label("Policy").select_option(str(policy))
    page.get_by_label("Send calls to these numbers").check()
    page.get_by_role("button", name="Import selected").click()
    step(page, "Numbers are added", "done")
    assert sinch.account.numbers["+46812345679"] == KEY
    assert PhoneNumber.objects.count() == 2

    # A call: the checklist turns by itself.
    step(page, "First callback received", "open")
    call = sinch.board.place("46812345678", other="12025550107")
    step(page, "First callback received", "done")

    # It is recorded, stopped, and recorded again.
    supervisor = factories.user(Role.SUPERVISOR, teams=[team])
    sign_in(context, live_server, supervisor)
    page.goto(f"{live_server.url}/live/")
    expect(page.get_by_role("cell", name="+1 202-555-0107 Inbound")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Start recording").click()
        expect(page.get_by_role("link", name="Recording", exact=True)).to_be_visible()
        # What came of it stays in sight while the list is refreshed, and the keyboard stays where it was.
        expect(page.locator("#live_outcome")).to_contain_text("Recording.")
        expect(page.get_by_role("button", name="Pause")).to_be_focused()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".state").get_by_text("Not recording")).to_be_visible()
    sinch.board.hang_up(call.planned.call_id)
    expect(page.get_by_text("No calls in progress")).to_be_visible(timeout=12_000)
    drain(registry.load())

    first, second = RecordingJob.objects.order_by("ordinal")
    for recording in (first, second):
        assert (recording.state, recording.number.digits) == (State.AVAILABLE, "46812345678")
        listener = Listener(page, recording, supervisor, f"{live_server.url}/recordings/{recording.pk}/")
        listener.open().ready()
        page.get_by_role("button", name="Play", exact=True).first.click()
        listener.until("audio.currentTime > 0.5")
    commands = AuditEvent.objects.filter(actor_email=supervisor.email, action__startswith="call.recording_")
    assert [event.data["outcome"] for event in commands] == ["done"] * 4

    # And with that the checklist is complete.
    sign_in(context, live_server, admin)
    page.goto(f"{live_server.url}/applications/{Application.objects.get().pk}/connect/")
    step(page, "First recording available", "done")
    expect(page.get_by_text("5 of 5")).to_be_visible()
