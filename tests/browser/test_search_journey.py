"""Somebody searches, narrows by a facet, plays a hit in place, lands on its moment, and is told of a new call."""

import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.models import RecordingJob, SavedMatch, SavedPage
from recordings_site.recordings.saved import actions as saved_actions
from tests import factories, simulated
from tests.browser.listening import recorded
from tests.browser.test_accessibility import WINDOWS, barriers_in
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


@pytest.fixture
def number(db: None) -> PhoneNumber:
    """A number whose every call is recorded and transcribed."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document), label="Support Stockholm")
    snapshot.forget()
    return made


@pytest.fixture
def spoken(number: PhoneNumber) -> RecordingJob:
    """Two calls that speak of refunds, one of them of that number, and a third of which nobody here may know."""
    other = recorded(call=factories.call(number=factories.number(team=number.team, label="Billing")))
    mine = recorded(call=factories.call(number=number))
    foreign = recorded()
    for recording in (other, mine, foreign):
        search.index(recording.transcript)
    return mine


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds; Playwright's own waiting evaluates strings, which the CSP forbids."""
    for _ in range(250):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise AssertionError(expression)


@pytest.mark.timeout(240)
def test_from_a_word_to_its_time_and_to_the_new_matches(
    context: BrowserContext, live_server: LiveServer, number: PhoneNumber, spoken: RecordingJob
) -> None:
    person = factories.user(teams=[number.team])
    sign_in(context, live_server, person)
    page = context.new_page()

    # Search from the head of any page.
    page.goto(f"{live_server.url}/recordings/")
    page.keyboard.press("/")
    page.keyboard.type("refunding")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".hit mark").first).to_have_text("refund")

    # Refine by a facet.
    expect(page.locator(".hits-head")).to_contain_text("2 calls")
    expect(page.get_by_text("2 calls")).to_have_count(1)
    page.locator("#summary").get_by_role("link", name="Support Stockholm").click()
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".search-form input[name=q]")).to_have_value(f"refunding number:{number.e164}")
    page.get_by_role("button", name="Remove the filter Number: Support Stockholm").click()
    expect(page.locator(".hit")).to_have_count(2)
    page.locator("#summary").get_by_role("link", name="Support Stockholm").click()
    expect(page.locator(".hit")).to_have_count(1)

    # Play in place: the clock starts at the line and advances, the page stays.
    line = page.locator(".hit-lines > li").first
    at = float(line.locator("[data-play]").get_attribute("data-t") or "nan")
    with page.expect_request(lambda request: request.url.endswith(f"/recordings/{spoken.pk}/audio")):
        line.locator("[data-play]").click()
    clock = "document.querySelector('#play-bar audio').currentTime"
    until(page, f"{clock} > {at}")
    assert page.evaluate(clock) < at + 5
    expect(page.locator(".hit")).to_have_count(1)
    # The line's own button pauses it while it plays, and plays it again.
    line.get_by_role("button", name="Pause", exact=True).click()
    expect(line.get_by_role("button", name="Play from")).to_be_visible()
    assert page.evaluate("document.querySelector('#play-bar audio').paused")
    line.get_by_role("button", name="Play from").click()
    expect(line.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop and close").click()
    expect(page.locator("#play-bar")).to_be_hidden()

    # Land on the moment.
    line.locator("a.num").click()
    page.wait_for_selector("#player[data-ready]")
    until(page, "audio.readyState >= 1")
    assert abs(page.evaluate("audio.currentTime") - at) < 0.5
    expect(page.locator("#find input, input#find").first).to_have_value("refund")
    assert page.evaluate("audio.paused")

    # Save the search, watched.
    page.goto(f"{live_server.url}/search/?q=twice+OR+parcel+OR+invoice+OR+password+OR+appointment+OR+router+OR+please")
    page.get_by_role("link", name="Save this search").click()
    page.get_by_label("Name").fill("What people ask for")
    page.get_by_label("Notify me about new matches").check()
    page.get_by_label("Also by email").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("“What people ask for” was saved.")
    page.clock.install()
    page.goto(f"{live_server.url}/")
    expect(page.locator("#saved")).to_contain_text("What people ask for")
    expect(page.locator("#saved")).not_to_contain_text("new")

    # A simulated call comes in; the page tells of it without being loaded again, and so does an e-mail.
    simulated.simulate(number.application, simulated.groups(3, numbers=[number.digits], seed=3))
    new = RecordingJob.objects.filter(number=number, transcript__isnull=False).exclude(pk=spoken.pk)
    assert new.exists()
    assert {tuple(letter.to) for letter in mail.outbox} == {(person.email,)}
    page.clock.fast_forward("00:31")
    expect(page.locator("#saved")).to_contain_text(f"{len(mail.outbox)} new")
    page.locator(".saved-news a").first.click()
    page.wait_for_selector("#player[data-ready]")


def test_many_recordings_are_selected_at_once(
    context: BrowserContext, live_server: LiveServer, spoken: RecordingJob
) -> None:
    person = factories.user(teams=[spoken.number.team] if spoken.number else [])
    sign_in(context, live_server, person)
    page = context.new_page()
    page.goto(f"{live_server.url}/recordings/")
    expect(page.locator(".selection-bar")).to_be_hidden()
    page.get_by_label("Select all on this page").check()
    expect(page.locator("tbody tr[aria-selected=true]")).to_have_count(2)
    expect(page.locator(".selection-bar")).to_contain_text("2 selected")
    page.get_by_role("button", name="Mark as played").click()
    expect(page.locator("#messages")).to_contain_text("2 recordings marked as played.")
    page.locator("summary", has_text="Columns").click()
    page.locator(".columns").get_by_label("Played by me").check()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("td[data-label='Played by me']", has_text="Played")).to_have_count(2)


def test_a_misspelt_word_is_mended_by_keyboard_alone_and_what_came_is_said(
    context: BrowserContext, live_server: LiveServer, spoken: RecordingJob
) -> None:
    sign_in(context, live_server, factories.user(teams=[spoken.number.team] if spoken.number else []))
    page = context.new_page()
    page.goto(f"{live_server.url}/search/")
    expect(page.locator("#search-help")).to_contain_text("Words that start with, end with or contain these letters")
    page.keyboard.type("refnud")
    page.keyboard.press("Enter")
    expect(page.locator("#search-help .facts")).to_be_hidden()
    said = page.locator("#announce")
    expect(said).to_have_text("Did you mean refund? No results No calls mention “refnud”.")
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "refund":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".search-form input[name=q]")).to_have_value("refund")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    # Another order is fetched at once; the number of calls is said with it.
    page.get_by_label("Sort by").select_option("best")
    expect(said).to_have_text("2 calls, best first")
    assert "sort=best" in page.url


def test_all_calls_are_counted_on_request_where_their_number_stands(
    context: BrowserContext, live_server: LiveServer, spoken: RecordingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings_site.recordings.search.facets.NEWEST", 1)
    sign_in(context, live_server, factories.user(teams=[spoken.number.team] if spoken.number else []))
    page = context.new_page()
    page.goto(f"{live_server.url}/search/?q=refund")
    number = page.locator(".hits-head #total")
    expect(number).to_have_text("1+ calls · count all")
    number.get_by_role("link").click()
    expect(number).to_have_text("2 calls")
    expect(page.locator("#summary")).to_contain_text("Based on the newest 1.")


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_no_barrier_in_any_state_of_searching(
    context: BrowserContext, live_server: LiveServer, spoken: RecordingJob, window: str
) -> None:
    person = factories.user(Role.SUPERVISOR, teams=[spoken.number.team] if spoken.number else [])
    saved = saved_actions.save_search(
        by=person, name="Refunds", page=SavedPage.SEARCH, query="q=refund", team=None, alert=True, alert_by_email=False
    )
    SavedMatch.objects.create(saved=saved, recording=spoken)
    sign_in(context, live_server, person)
    page = context.new_page()
    page.set_viewport_size({"width": WINDOWS[window]["width"], "height": WINDOWS[window]["height"]})
    barriers: list[str] = []
    for path in (
        "/", "/search/", "/search/?q=refnud", "/search/?q=refund+direction:inbound+-longer:9h",
        "/search/?q=refund", "/search/?q=refund&sort=best", "/search/?q=%22never+closed",
        "/search/?q=nothingatall", "/search/summary/?q=refund", "/saved/", f"/saved/{saved.pk}/",
        "/recordings/?state=available&longer=10", "/recordings/?state=late", "/recordings/?longer=nonsense",
    ):  # fmt: skip
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        barriers += barriers_in(page, path)
    assert "\n".join(barriers) == ""
