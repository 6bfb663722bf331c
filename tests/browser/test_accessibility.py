"""Every page, in light and dark, on a desktop and a phone: axe-core finds nothing, nothing sticks out, keys work."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.visits import real_transactions, sign_in
from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, small_world

pytestmark = real_transactions

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
# A time is shown as 12:04 and spoken as "12 minutes 4 seconds": the one name that may differ from what is seen.
LOOK = """async (only) => (await axe.run(document, {
  resultTypes: ["violations"], preload: false, ...(only && {runOnly: only}),
})).violations.map(({id, help, nodes}) => {
  const spoken = (node) => id === "label-content-name-mismatch" && />[\\d:]+<[/]button>$/.test(node.html);
  const left = nodes.filter((node) => !spoken(node)).slice(0, 3).map((node) => node.html);
  return left.length ? `${id}: ${help}: ${left.join(" | ")}` : "";
}).filter(Boolean)"""
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => {
  document.getAnimations().forEach((each) => each.finish());
  requestAnimationFrame(done);
}))"""
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LIGHT: Literal["light"] = "light"
DARK: Literal["dark"] = "dark"
WINDOWS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


# Pages in states that their addresses alone do not have.
STATES = (
    "/recordings/?state=late", "/recordings/?longer=nonsense", "/recordings/?caller=999999", "/search/?q=refund",
    "/search/?q=nothing", "/help/listening/", "/help/shortcuts/", "/help/states/", "/help/roles/", "/help/connecting/",
    "/help/policies/", "/this/page/is/not/",
)  # fmt: skip


def barriers_in(page: Page, what: str) -> list[str]:
    """What axe finds on a page as it stands in light, and of colours in dark: all else is the same there."""
    page.evaluate(AXE.read_text())
    found = []
    for scheme, only in ((LIGHT, None), (DARK, ["color-contrast", "link-in-text-block"])):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # Colours on their way from one scheme to the other would be measured.
        page.evaluate(SETTLED)
        found += [f"{what}, {scheme}: {each}" for each in page.evaluate(LOOK, only)]
    if page.evaluate(STICKS_OUT) > 0:
        found.append(f"{what}: is wider than the window")
    return found


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.timeout(600)
def test_axe_finds_no_barrier_and_nothing_sticks_out(
    context: BrowserContext, live_server: LiveServer, window: str, complaints: list[str]
) -> None:
    world = small_world()
    client = sign_in(context, live_server, world.people[ADMIN])
    page = context.new_page()
    page.set_viewport_size({"width": WINDOWS[window]["width"], "height": WINDOWS[window]["height"]})
    barriers: list[str] = []
    for url in [*pages(client, world.values), *STATES]:
        page.goto(live_server.url + url)
        barriers += barriers_in(page, url)
    page.goto(f"{live_server.url}/recordings/")
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    barriers += barriers_in(page, "the palette")
    page.keyboard.press("Escape")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_text("Add filter").click()
    barriers += barriers_in(page, "a selection and the menu of filters")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Mark as played").click()
    page.get_by_role("button", name="Undo").wait_for()
    barriers += barriers_in(page, "what was done and can be undone")
    complaints[:] = [complaint for complaint in complaints if "/this/page/is/not/" not in complaint]
    assert barriers == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_the_sign_in(
    context: BrowserContext, live_server: LiveServer, scheme: str, complaints: list[str]
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    barriers: list[str] = []
    for url in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/key/1-none/"):
        page.goto(live_server.url + url)
        page.evaluate(AXE.read_text())
        barriers += [f"{url}: {found}" for found in page.evaluate(LOOK)]
    complaints.clear()
    assert barriers == []


@pytest.fixture
def admins_page(context: BrowserContext, live_server: LiveServer) -> Page:
    """The page of an admin on the list of people."""
    sign_in(context, live_server, small_world().people[ADMIN])
    page = context.new_page()
    page.goto(live_server.url + "/people/")
    return page


def test_the_skip_link_comes_first_and_leads_to_the_content(admins_page: Page) -> None:
    admins_page.keyboard.press("Tab")
    assert admins_page.evaluate("document.activeElement.textContent") == "Skip to content"
    admins_page.keyboard.press("Enter")
    assert admins_page.evaluate("document.activeElement.id") == "content"


def test_slash_leads_to_the_search_and_the_sheet_of_keys_opens_and_closes(admins_page: Page) -> None:
    admins_page.keyboard.press("/")
    assert admins_page.evaluate("document.activeElement.name") == "q"
    admins_page.keyboard.press("Escape")
    admins_page.locator("h1").click()
    admins_page.keyboard.press("?")
    assert admins_page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
    admins_page.keyboard.press("Escape")
    assert not admins_page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()


def test_g_and_a_letter_go_to_a_page_unless_keys_are_switched_off(admins_page: Page) -> None:
    admins_page.keyboard.press("g")
    admins_page.keyboard.press("y")
    admins_page.wait_for_url("**/activity/")
    admins_page.keyboard.press("?")
    admins_page.get_by_label("Single-letter shortcuts").uncheck()
    admins_page.keyboard.press("Escape")
    admins_page.keyboard.press("/")
    assert admins_page.evaluate("document.activeElement.name") != "q"


def test_the_chosen_theme_is_remembered(admins_page: Page) -> None:
    admins_page.emulate_media(color_scheme="light")
    admins_page.get_by_role("button", name="Dark theme").click()
    admins_page.reload()
    assert admins_page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert admins_page.get_by_role("button", name="Dark theme").get_attribute("aria-pressed") == "true"


def test_a_click_in_a_row_opens_it_and_selecting_its_text_does_not(admins_page: Page) -> None:
    cell = admins_page.locator("tbody tr").first.locator("td").first
    box = cell.bounding_box()
    assert box
    admins_page.mouse.move(box["x"] + 2, box["y"] + 8)
    admins_page.mouse.down()
    admins_page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    admins_page.mouse.up()
    admins_page.wait_for_timeout(100)
    assert admins_page.url.endswith("/people/")
    admins_page.evaluate("getSelection().removeAllRanges()")
    cell.click()
    admins_page.wait_for_url("**/people/*/")
