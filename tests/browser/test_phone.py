"""On a phone nothing is cut off: toolbars wrap, long ids break, and no page is wider than the screen."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role
from tests import factories
from tests.browser.listening import listener, recorded
from tests.browser.visits import real_transactions

pytestmark = real_transactions
LONG_ID = "conference-" + "0123456789" * 6
# What sticks out at the right, unless it is in something that scrolls by itself.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((element) => {
  if (!element.checkVisibility() || element.closest("svg, .visually-hidden, pre, .table-wrap, .wave")) return false;
  return element.getBoundingClientRect().right > innerWidth + 1;
}).map((element) => `${element.tagName}.${element.className}`)"""


def test_toolbars_and_ids_stay_within_a_phones_screen(context: BrowserContext, live_server: LiveServer) -> None:
    now = timezone.now()
    number = factories.number()
    session = factories.conference_session(number=number, conference_id=LONG_ID, closed_at=None)
    running = factories.call(
        number=number, started_at=now, answered_at=now, ended_at=None, dice_received_at=None, conference_session=session
    )
    ended = factories.call(number=number, started_at=now, conference_session=session, caller="+12025550142")
    factories.overdue(call=ended)
    factories.recording(
        conference_session=session, started_at=now - timedelta(seconds=75), finished_at=None, available_at=None
    )
    person = listener(context, live_server, recorded(number=number), Role.ADMIN)
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    person.open().ready()
    person.press("[", "l", "]")
    for toolbar in (".transport-main", ".transport-more", ".span-bar"):
        width = f"document.querySelector('{toolbar}').scrollWidth <= document.querySelector('{toolbar}').clientWidth"
        assert person.ask(width), toolbar
    assert page.evaluate(CUT_OFF) == []
    conference = session.recordings.get()
    for path in ("/", "/calls/", f"/calls/{running.pk}/", f"/recordings/{conference.pk}/", "/live/"):
        page.goto(live_server.url + path)
        assert page.evaluate(CUT_OFF) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
    # The clock of a recording runs on between two refreshes, beside a red mark.
    clock = page.locator(".live-recording [role=timer]").first
    assert (clock.text_content() or "").startswith("1:")
    assert page.locator(".record-mark").first.is_visible()
    before = clock.text_content()
    person.until(f"document.querySelector('.live-recording [role=timer]').textContent !== '{before}'")
