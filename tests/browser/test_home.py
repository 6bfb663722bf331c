"""The home page in Chromium: figures that are fetched again leave alone what one reads beside them."""

from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


def test_saved_searches_stay_while_the_figures_are_fetched_again(
    context: BrowserContext, live_server: LiveServer
) -> None:
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_text("No saved searches yet").wait_for()
    page.evaluate(
        "() => { window.kept = document.getElementById('saved'); window.old = document.getElementById('today'); }"
    )
    factories.number(label="Hotline")
    page.evaluate("htmx.ajax('GET', '/', {target: '#today', swap: 'outerHTML'})")
    page.get_by_role("link", name="Hotline").wait_for()
    assert page.evaluate("window.old !== document.getElementById('today')")
    assert page.evaluate("window.kept === document.getElementById('saved')")
    assert page.locator("#saved").count() == 1
