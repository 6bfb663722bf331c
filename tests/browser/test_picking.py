"""Picking a row by typing, in Chromium: suggestions come while one types, with the keyboard and without a barrier."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.picking.choices import MOST
from recordings_site.policies.models import PhoneNumber
from tests import factories
from tests.browser.test_accessibility import WINDOWS, barriers_in
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Page:
    """The page of an admin whose site has more numbers, teams and policies than a page offers."""
    team = factories.team()
    for index in range(MOST + 5):
        number = factories.number(label=f"Line {index}", team=team)
        factories.recording(number=number)
        factories.team()
        factories.policy()
    factories.number(label="Malmö", team=team)
    sign_in(context, live_server, factories.admin())
    return context.new_page()


def options(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#id_number-choices option", "all => all.map(each => each.value)")
    return found


def test_the_list_is_narrowed_to_the_number_that_one_types(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/recordings/")
    number = page.get_by_role("combobox", name="Number")
    page.get_by_text("Add filter").click()
    number.focus()
    expect(page.locator("#id_number-choices option")).to_have_count(MOST)
    number.press_sequentially("malm")
    expect(page.locator("#id_number-choices option")).to_have_count(1)
    number.fill("line 7")
    expect(page.locator("#id_number-choices option")).to_have_count(1)
    assert page.url == f"{live_server.url}/recordings/"  # suggestions are no pages of the list
    number.press("Enter")
    row = PhoneNumber.objects.get(label="Line 7")
    expect(page.get_by_label("Remove the filter Number: Line 7")).to_be_visible()
    assert page.url == f"{live_server.url}/recordings/?number={row.pk}"
    page.reload()
    page.get_by_text("Add filter").click()
    assert number.input_value() == f"Line 7 +{row.digits}"
    number.fill("line")
    number.press("Tab")
    expect(page.get_by_text("More than one number has “line” in its name: Line 0")).to_be_visible()


def test_a_form_takes_what_is_typed_and_keeps_it_beside_an_error(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    row = PhoneNumber.objects.get(label="Malmö")
    page.goto(f"{live_server.url}/numbers/{row.pk}/")
    policy = page.get_by_role("combobox", name="Policy")
    policy.fill("nothing of the kind")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-error", has_text="No policy is named “nothing of the kind”.")).to_be_visible()
    assert policy.input_value() == "nothing of the kind"
    complaints.clear()  # Chromium counts the answer 422 as one


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_no_barrier_where_one_picks_by_typing(page: Page, live_server: LiveServer, window: str) -> None:
    page.set_viewport_size({"width": WINDOWS[window]["width"], "height": WINDOWS[window]["height"]})
    person = factories.user(teams=[factories.team()])
    for url in ("/recordings/?transcript=no", "/numbers/", "/numbers/new/", f"/people/{person.pk}/", "/policies/new/"):
        page.goto(live_server.url + url)
        assert barriers_in(page, url) == []


def test_a_period_is_chosen_from_a_calendar_by_click_and_by_key(
    context: BrowserContext, live_server: LiveServer
) -> None:
    factories.recording()
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(f"{live_server.url}/recordings/?since=2026-11-02&until=2026-11-03")
    page.locator("summary", has_text="Custom dates").click()
    calendar = page.get_by_role("group", name="Calendar")
    calendar.get_by_role("button", name="Monday 16 November 2026").click()
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-16")
    expect(page.get_by_label("To", exact=True)).to_have_value("")
    page.wait_for_url("**/recordings/?since=2026-11-16")
    for key in ("ArrowDown", "ArrowDown", "PageDown", "End"):
        page.keyboard.press(key)
    expect(calendar.get_by_role("button", name="Sunday 3 January 2027")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/recordings/?since=2026-11-16&until=2027-01-03")
    assert barriers_in(page, "the calendar") == []
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Custom dates")).to_be_focused()
