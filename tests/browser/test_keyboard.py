"""A day's work by keyboard: go anywhere, walk the list, select, open, and come back."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.listening import recorded
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Page:
    number = factories.number(label="Support Stockholm")
    for _ in range(3):
        recorded(number=number)
    sign_in(context, live_server, factories.user(teams=[number.team]))
    opened = context.new_page()
    opened.goto(f"{live_server.url}/recordings/")
    return opened


def test_the_list_is_walked_selected_and_opened(page: Page) -> None:
    rows = page.locator("#list tbody tr")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(row).locator("a.row-open")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".selection-bar")).to_contain_text("1 selected")
    expect(rows.nth(0).locator("a.row-open")).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_selector("#player, .deck-silent")


def test_a_filter_narrows_at_once_is_a_chip_and_goes_by_one_key(page: Page) -> None:
    page.get_by_role("textbox", name="Caller").fill("999")
    expect(page.get_by_label("Remove the filter Caller: 999")).to_be_visible()
    expect(page.get_by_text("No recordings match these filters.")).to_be_visible()
    assert page.url.endswith("?caller=999")
    page.get_by_label("Remove the filter Caller: 999").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Yesterday").press("Enter")
    expect(page.locator("#list .chip-remove")).to_have_count(2)


def test_the_palette_goes_to_a_page_and_to_the_calls_of_a_number(page: Page) -> None:
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Go to a page, call, number or action")
    expect(box).to_be_focused()
    options = page.locator("#palette [role=option]")
    expect(options.first).to_contain_text("Home")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.fill("stockh")
    expect(options.first).to_contain_text("Support Stockholm")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recordings/?number=*")
