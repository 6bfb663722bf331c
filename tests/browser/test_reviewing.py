"""Going through a list in Chromium: next, previous, and playing on."""

from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.listening import listener, recorded
from tests.browser.visits import real_transactions

pytestmark = real_transactions


def test_n_and_p_walk_and_the_next_one_plays_when_chosen(context: BrowserContext, live_server: LiveServer) -> None:
    number = factories.number()
    first = recorded(number=number)
    second = recorded(number=number, happened_at=factories.LONG_AGO)
    person = listener(context, live_server, first).open("?list=").ready()
    person.press("n")
    person.until(f"location.pathname.includes('{second.pk}') && document.querySelector('#player[data-ready]')")
    person.press("n")
    person.press("p")
    person.until(f"location.pathname.includes('{first.pk}') && document.querySelector('#player[data-ready]')")
    person.ready()
    assert person.ask("audio.paused")
    person.page.get_by_role("button", name="Autoplay next").click()
    person.page.evaluate("recordingPage.sound.seek(recordingPage.sound.duration - 0.5)")
    person.press("k")
    person.until(f"location.pathname.includes('{second.pk}') && document.querySelector('#player[data-ready]')")
    person.until("!audio.paused && audio.currentTime > 0")
