"""Whatever callers say and callbacks bring stays text: nothing runs, nothing is loaded, no element is made of it."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts import audit
from tests.browser.visits import real_transactions, sign_in
from tests.house.test_rules import MODULES
from tests.journeys.hostile import ATTACKS, fill, payloads, poison, spoken, unfilled
from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, small_world
from tests.scale import scaled

pytestmark = real_transactions

LISTEN = """
window.executions = [];
window.ran = () => { window.executions.push(location.href); };
window.alert = window.ran;
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) => window.reports.push(event.violatedDirective));
"""
FOUND = """() => [
  ...window.executions, ...window.reports,
  ...[...document.querySelectorAll("[data-hostile]")].map((element) => element.outerHTML),
]"""
# Every parameter of the site's lists and searches: those of forms, and those that views read by themselves.
_READ = re.compile(r"\bGET\.get(?:list)?\(\s*\"(\w+)\"")
_IN_FORMS = (
    "q",
    "t",
    "end",
    "who",
    "action",
    "subject",
    "since",
    "caller",
    "number",
    "direction",
    "state",
    "from",
    "to",
    "before",
    "after",
    "tag",
    "team",
    "sort",
    "next",
    "view",
    "speaker",
    "language",
    "kind",
)
PARAMETERS = sorted({*_IN_FORMS, *(name for path in MODULES for name in _READ.findall(path.read_text()))})


def look(page: Page, url: str) -> list[str]:
    """Open the page, move over it, open what is folded, and tell what came of the hostile text."""
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.mouse.move(500, 300)
    page.wait_for_timeout(50)
    return [f"{url}: {what[:300]}" for what in page.evaluate(FOUND)]


@pytest.mark.timeout(300)
def test_hostile_text_in_every_field_stays_text_on_every_page(context: BrowserContext, live_server: LiveServer) -> None:
    world = small_world(spoken(1500))
    for text in ATTACKS:
        audit.record(by=world.people[ADMIN], action="thing.done", name=text, data={text: text})
    fill(world)
    assert unfilled() == []
    assert poison() > 100
    client = sign_in(context, live_server, world.people[ADMIN])
    context.add_init_script(LISTEN)
    # A part of a page, opened by itself, names no icon.
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page = context.new_page()
    found: list[str] = []
    shown: list[str] = []
    for url in pages(client, world.values):
        found += look(page, live_server.url + url)
        if "hostile" in page.inner_text("body").lower():
            shown.append(url)
    assert found == []
    assert {f"/recordings/{world.recording.pk}/", "/recordings/", "/people/", "/activity/"} <= set(shown)


@pytest.mark.timeout(300)
def test_hostile_text_in_an_address_stays_text(context: BrowserContext, live_server: LiveServer) -> None:
    world = small_world()
    client = sign_in(context, live_server, world.people[ADMIN])
    context.add_init_script(LISTEN)
    page = context.new_page()
    found: list[str] = []
    texts = payloads()
    some = ["/", "/recordings/", "/search/", "/activity/", f"/recordings/{world.recording.pk}/", "/live/"]
    for path in scaled(some, pages(client, world.values)):
        for _ in range(3):
            query = urlencode({name: next(texts) for name in PARAMETERS})
            if page.request.get(f"{live_server.url}{path}?{query}").ok:
                found += look(page, f"{live_server.url}{path}?{query}")
    assert found == []
