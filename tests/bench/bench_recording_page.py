"""A recording's page with 5,000 and 20,000 lines beside shorter ones: the server and Chromium's two paints."""

import statistics
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from tests.bench import Row
from tests.browser.fixtures import CHROMIUM, QUIET
from tests.running_site import Site, load, request, running

ROUNDS = 15
REQUESTS = 60
SIZES = (50, 200, 5000, 20000)

PREPARE = """
from django.test import Client
from tests import factories
team = factories.team()
person = factories.user(teams=[team])
number = factories.number(team=team)
client = Client()
client.force_login(person)
words = "I have looked at the invoice and the amount on the second page is not what we agreed upon last month"
for size in SIZES:
    recording = factories.recording(number=number, duration=size * 5.0)
    factories.transcript(recording, [(i * 5.0, f"Speaker {1 + i // 2 % 2}", words) for i in range(size)])
    client.get(f"/recordings/{recording.pk}/", headers={"host": "127.0.0.1"})
    print(recording.pk)
print(client.cookies["sessionid"].value)
"""
PAINTED = """addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => {
  window.painted = performance.now();
})));"""


def rows() -> Iterator[Row]:
    """Ratios of one run: server, first contentful paint, all painted."""
    with running(processes=1, threads=4) as site:
        *ids, session = site.python(PREPARE.replace("SIZES", str(SIZES))).split()
        pages = dict(zip(SIZES, (f"/recordings/{pk}/" for pk in ids), strict=True))
        yield from served(site, pages, session)
        yield from painted(site, pages, session)


def served(site: Site, pages: dict[int, str], session: str) -> Iterator[Row]:
    """Milliseconds until the whole page has arrived, uncompressed, one request after another, sizes in turn."""
    took: dict[int, list[float]] = {size: [] for size in (50, 5000)}
    for _ in range(ROUNDS):
        for size, taken in took.items():
            asked = [request("GET", pages[size], Cookie=f"sessionid={session}")] * (REQUESTS // ROUNDS)
            taken += load(site.port, asked, connections=1).milliseconds
    small, large = (statistics.median(took[size]) for size in (50, 5000))
    yield Row("5,000 lines, served uncompressed", large, "ms", small, "ms with 50 lines")


def painted(site: Site, pages: dict[int, str], session: str) -> Iterator[Row]:
    """Milliseconds from the click to the first contentful paint, and to the frame after everything has loaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{site.port}"}])
        context.add_init_script(PAINTED)
        seen: dict[int, list[dict[str, Any]]] = {200: [], 5000: [], 20000: []}
        for _ in range(ROUNDS):
            for size, found in seen.items():
                found.append(paints(context, f"http://127.0.0.1:{site.port}{pages[size]}"))
        browser.close()
    for name, key in (("first contentful paint", "first"), ("all painted", "all")):
        small, large, largest = (statistics.median(each[key] for each in visits) for visits in seen.values())
        yield Row(f"5,000 lines, {name}", large, "ms", small, "ms with 200 lines")
        yield Row(f"20,000 lines, {name}", largest, "ms", small, "ms with 200 lines")
    yield Row("20,000 lines, all painted", largest, "ms", large, "ms with 5,000 lines")


def paints(context: BrowserContext, url: str) -> dict[str, Any]:
    """The two times of one visit. The sound is not there: it is not what is measured."""
    page = context.new_page()
    page.route("**/audio*", lambda route: route.abort())
    page.goto(url, wait_until="load")
    while not page.evaluate("window.painted ?? 0"):
        page.wait_for_timeout(10)
    found: dict[str, Any] = page.evaluate(
        """({
          first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
          all: window.painted,
        })"""
    )
    page.close()
    return found
