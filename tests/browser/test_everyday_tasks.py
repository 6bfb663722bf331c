"""What people do all day, walked in Chromium and counted: keys pressed and things clicked. What is typed is free."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.models import Listening, SavedSearch, SpeakerName
from tests import factories
from tests.browser.listening import listener, recorded
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


class Hand:
    """Does things on a page and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def click(self, what: Locator) -> None:
        what.click()
        self.count += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@pytest.fixture
def number(db: None) -> PhoneNumber:
    return factories.number(label="Support Stockholm")


@pytest.fixture
def hand(context: BrowserContext, live_server: LiveServer, number: PhoneNumber) -> Hand:
    """The hand of a supervisor of the number's team, whose window shows the home page."""
    sign_in(context, live_server, factories.user(Role.SUPERVISOR, teams=[number.team]))
    page = context.new_page()
    page.goto(live_server.url)
    return Hand(page)


def test_yesterdays_call_of_a_caller_takes_digits_and_enter(hand: Hand, number: PhoneNumber) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for caller, at in (
        ("46701740660", yesterday),
        ("46701740660", yesterday - timedelta(days=9)),
        ("4670999", yesterday),
    ):
        call = factories.call(number=number, caller=f"+{caller}", caller_digits=caller, started_at=at)
        factories.recording(call=call)
    hand.type("0660")
    hand.press("Enter")
    rows = hand.page.locator("#list tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("yesterday")
    assert hand.count <= 1


def test_a_list_is_exported_by_two_clicks(hand: Hand, number: PhoneNumber, live_server: LiveServer) -> None:
    factories.recording(number=number)
    hand.page.goto(f"{live_server.url}/recordings/")
    hand.click(hand.page.locator("summary", has_text="Export"))
    with hand.page.expect_download() as exported:
        hand.click(hand.page.get_by_role("link", name="List as CSV"))
    assert exported.value.suggested_filename == "recordings.csv"
    assert hand.count <= 2


def test_why_a_call_was_not_recorded_takes_two_clicks(hand: Hand, number: PhoneNumber, live_server: LiveServer) -> None:
    call = factories.call(number=number)
    factories.decision(call, record=False)
    hand.click(hand.page.get_by_role("link", name="Calls", exact=True).first)
    hand.click(hand.page.locator("#calls tbody tr").first)
    expect(hand.page.get_by_role("heading", name="Recording decision")).to_be_visible()
    expect(hand.page.locator(".content")).to_contain_text("Not recorded")
    assert hand.count <= 2


def test_an_alert_on_a_word_takes_three_clicks(hand: Hand, live_server: LiveServer, number: PhoneNumber) -> None:
    spoken = factories.transcript(factories.recording(number=number), [(1.0, "Speaker 1", "I want a refund")])
    search.index(spoken)
    hand.page.goto(f"{live_server.url}/search/?q=refund")
    hand.click(hand.page.get_by_role("link", name="Save this search"))
    hand.click(hand.page.get_by_label("Notify me about new matches"))
    hand.click(hand.page.get_by_role("button", name="Save", exact=True))
    expect(hand.page.locator("#messages")).to_contain_text("“refund” was saved.")
    assert SavedSearch.objects.get().alert
    assert hand.count <= 3


def test_longer_than_five_minutes_a_word_and_a_language_are_three_choices(
    hand: Hand, live_server: LiveServer, number: PhoneNumber
) -> None:
    for seconds, locale in ((400.0, "sv-SE"), (30.0, "sv-SE"), (400.0, "en-US")):
        spoken = factories.recording(number=number, duration=seconds, locale=locale)
        search.index(factories.transcript(spoken, [(1.0, "Speaker 1", "complaint")], locale=locale))
    hand.page.goto(f"{live_server.url}/search/")
    hand.type("complaint")
    # A choice takes along what was typed and not sent yet.
    chips = hand.page.locator("#narrow")
    hand.click(chips.get_by_role("button", name="5 minutes or longer", exact=True))
    expect(hand.page.locator(".hit")).to_have_count(2)
    expect(hand.page.locator("#q")).to_have_value("complaint longer:5m")
    hand.click(chips.get_by_role("button", name="Swedish", exact=True))
    expect(hand.page.locator(".hit")).to_have_count(1)
    expect(chips.locator("summary", has_text="Language: Swedish")).to_be_focused()
    assert hand.page.url.endswith("/search/?q=complaint+longer%3A5m+locale%3Asv")
    assert hand.count <= 2
    chips.get_by_role("button", name="Remove the filter Language: Swedish").click()
    expect(hand.page.locator(".hit")).to_have_count(2)
    # Of two days one is set after the other, and Enter in an input chooses nothing else.
    chips.locator("summary", has_text="Date").click()
    chips.get_by_role("textbox", name="From", exact=True).fill("2020-01-01")
    expect(hand.page.locator("#q")).to_have_value("complaint longer:5m since:2020-01-01")
    chips.get_by_role("textbox", name="To", exact=True).fill("2020-01-02")
    expect(hand.page.locator("#q")).to_have_value("complaint longer:5m since:2020-01-01 until:2020-01-02")
    expect(hand.page.locator(".hit")).to_have_count(0)
    chips.get_by_role("textbox", name="To", exact=True).press("Enter")
    expect(hand.page.locator("#q")).to_have_value("complaint longer:5m since:2020-01-01 until:2020-01-02")


def test_the_calls_of_one_person_take_one_click_where_names_are_known(
    hand: Hand, live_server: LiveServer, number: PhoneNumber
) -> None:
    SpeakerName.objects.create(
        number=number, speaker_label="Speaker 1", name="Dana", author=factories.user(teams=[number.team])
    )
    for speakers in (("Speaker 1", "Speaker 2"), ("Speaker 1",), ("Speaker 2",)):
        lines = [(float(place), speaker, "hello") for place, speaker in enumerate(speakers)]
        search.index(factories.transcript(factories.recording(number=number), lines))
    hand.page.goto(f"{live_server.url}/search/?q=hello")
    hand.click(hand.page.locator("#summary").get_by_role("link", name="Dana"))
    expect(hand.page.locator(".hit")).to_have_count(2)
    assert hand.count <= 1


@pytest.mark.timeout(120)
def test_a_recording_is_worked_with_by_a_key_or_two(
    context: BrowserContext, live_server: LiveServer, number: PhoneNumber
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    person = listener(context, live_server, recorded(number=number))
    person.person.preferences["player"] = {"speed": 1.25, "skip_silence": False}
    person.person.save()
    Listening.objects.create(user=person.person, recording=person.recording, position=12.0)

    # It goes on where one stopped, as fast as one listens.
    hand = Hand(person.open().ready().page)
    hand.click(hand.page.get_by_role("button", name="Continue at 0:12"))
    person.until("!audio.paused && audio.currentTime > 10.4")
    assert person.ask("audio.playbackRate") == 1.25
    assert hand.count <= 1
    person.press("k")

    # From a word to the moment at which it was said.
    hand = Hand(hand.page)
    hand.press("/")
    hand.type("refund")
    expect(hand.page.get_by_role("search", name="Find in this transcript").get_by_text("Play from")).to_be_visible()
    hand.press("Tab", "Enter")
    person.until("!audio.paused")
    assert "refund" in person.ask("recordingPage.transcript.text(recordingPage.transcript.active)").lower()
    assert hand.count <= 3
    hand.press("Escape", "k")

    # A moment is shared: select what was said, copy it with its link.
    hand = Hand(hand.page)
    hand.page.locator("#l4 > p").select_text()
    hand.count += 1
    hand.click(hand.page.get_by_role("button", name="Copy quote and link"))
    person.until("document.getElementById('announce').textContent === 'Quote and link copied'")
    assert "?t=" in person.ask("navigator.clipboard.readText()")
    assert hand.count <= 2

    # Played, by one key.
    hand = Hand(hand.page)
    hand.page.locator("body").click(position={"x": 2, "y": 2})
    hand.press("h")
    expect(hand.page.locator("#announce")).to_have_text("Marked as played")
    assert hand.count <= 1

    # A comment on what is heard: a key, the text, and a key that sends it.
    hand = Hand(hand.page)
    hand.press("c")
    hand.type("Call back")
    hand.press("Control+Enter")
    expect(hand.page.locator(".comment-text")).to_have_text("Call back")
    assert hand.count <= 2

    # A word is corrected where it stands: two clicks, the word, and Enter.
    hand = Hand(hand.page)
    hand.page.locator("#l1 > p").dblclick(position={"x": 12, "y": 12})
    hand.count += 1
    hand.click(hand.page.get_by_role("button", name="Correct", exact=True))
    assert hand.count <= 2
    hand.type("Good morning")
    hand.press("Enter")
    expect(hand.page.locator("#l1 > p")).to_contain_text("Good morning")
