"""Chromium for tests: Debian's own, one fresh context per test, and no error in its console goes unnoticed."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

# Without the windows that nobody sees, a page takes a third less of the processor.
CHROMIUM = shutil.which("chromium-headless-shell")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --mute-audio --autoplay-policy=no-user-gesture-required"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    if CHROMIUM is None:
        pytest.fail("Chromium is missing. On Debian: apt-get install chromium-headless-shell")
    # Playwright keeps an event loop in this thread, in which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors in the console, exceptions, CSP violations. A test ends well when empty.

    A test that provokes an error (a 404 is one) empties it with `complaints.clear()`.
    """
    return []


@pytest.fixture
def context(browser: Browser, complaints: list[str]) -> Iterator[BrowserContext]:
    """A browser of one's own: no cookies, a desktop's window, 5 seconds for each step."""
    own = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin")
    own.set_default_timeout(5_000)

    def hear(message: ConsoleMessage) -> None:
        # A violated CSP is reported in the console as an error, too.
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url')})")

    own.on("console", hear)
    own.on("weberror", lambda error: complaints.append(str(error.error)))
    yield own
    own.close()
    assert complaints == [], "the browser complained"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in a context of its own."""
    return context.new_page()
