"""The main job from end to end: support finds, hears, reads and searches calls; an admin decides about the next one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.calls.models import DecisionOutcome
from recordings_site.ops.demo import data as demo
from recordings_site.policies.engine import snapshot
from recordings_site.recordings.models import RecordingJob
from recordings_site.simulator.plan import CalledNumbers, CallGroup, plan
from tests import factories, simulated
from tests.browser.visits import real_transactions

pytestmark = [real_transactions, pytest.mark.timeout(300)]
LATER_LINE = 490


def calls(count: int, seed: int, *numbers: str) -> list[CallGroup]:
    return plan(seed=seed, calls=count, days=10, now=datetime.now(UTC), numbers=CalledNumbers(numbers))


@pytest.fixture
def long_call(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> RecordingJob:
    """The demo's people, numbers and policies, and some calls; one of them lasts forty minutes."""
    settings.LOCAL_STORE_ROOT = tmp_path
    monkeypatch.setattr(factories, "SECRET", demo.SECRET)
    monkeypatch.setattr(simulated, "SECRET", demo.SECRET)
    made = demo.make()
    snapshot.forget()
    planned = calls(14, 3, demo.SWEDISH, demo.AMERICAN, demo.BRITISH)
    totals = simulated.simulate(made.application, planned, long_calls=1, long_after=3)
    assert not totals.broken
    return RecordingJob.objects.get(duration__gt=2390)


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds; Playwright's own waiting evaluates strings, which the CSP forbids."""
    for _ in range(250):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise AssertionError(expression)


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(address)
    page.get_by_label("Email").or_(page.get_by_label("Email")).first.fill(email)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_support_finds_and_hears_a_call_and_an_admin_decides_about_the_next(
    context: BrowserContext, live_server: LiveServer, long_call: RecordingJob
) -> None:
    page = context.new_page()
    sign_in(page, f"{live_server.url}/recordings/", demo.SUPPORT)

    # Filter: the URL is the filter.
    assert long_call.number is not None
    label = long_call.number.label
    page.get_by_text("Add filter").click()
    page.locator(".filters [name=number]").select_option(str(long_call.number_id))
    until(page, "location.search.includes('number=')")
    wanted = RecordingJob.objects.filter(number=long_call.number).count()
    expect(page.locator("#list tbody tr")).to_have_count(wanted)
    expect(page.locator("#list tbody")).to_contain_text(label)

    # Open the long one and play: the clock advances.
    page.locator(f"#list a[href*='{long_call.pk}']").first.click()
    page.wait_for_selector("#player[data-ready]")
    until(page, "audio.readyState >= 1")
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "audio.currentTime > 0.5")

    # Seek by a line far ahead: a Range request goes out and the clock lands there.
    line = page.locator(f"#l{LATER_LINE} button")
    at = float(line.get_attribute("value") or "nan")
    # Far beyond what Chromium loads ahead while it plays, two to three megabytes of five.
    assert at > 2000

    def is_seek(request: Request) -> bool:
        asked = request.headers.get("range", "")
        return f"{long_call.pk}/audio" in request.url and not asked.startswith("bytes=0-") and asked != ""

    with page.expect_request(is_seek):
        line.click()
    until(page, f"audio.currentTime >= {at} - 0.5 && !audio.seeking")
    assert abs(page.evaluate("audio.currentTime") - at) < 0.5
    until(page, f"document.querySelector('#l{LATER_LINE}').getAttribute('aria-current') === 'true'")

    # Search a word, and land on its moment.
    page.goto(f"{live_server.url}/search/?q=coffee")
    hit = page.locator(".hit-lines > li").first
    expect(hit.locator("mark")).to_have_text("coffee")
    moment = float(hit.locator("[data-play]").get_attribute("data-t") or "nan")
    hit.locator("a.num").click()
    page.wait_for_selector("#player[data-ready]")
    until(page, "audio.readyState >= 1 && !audio.seeking")
    assert abs(page.evaluate("audio.currentTime") - moment) < 0.5
    page.close()

    # An admin changes the policy, and the next simulated call is answered by it.
    context.clear_cookies()
    page = context.new_page()
    sign_in(page, f"{live_server.url}/policies/", demo.ADMIN)
    page.get_by_role("link", name="Record every call").first.click()
    page.locator("[name=otherwise_record]").first.select_option(label="Do not record")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_label("Reason").fill("The customers asked for it")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Version 2 is now active.")
    [(planned,)] = calls(1, 99, demo.AMERICAN)
    application = demo.make().application
    before = RecordingJob.objects.count()
    simulated.simulate(application, [(planned,)])
    decision = application.calls.get(call_id=planned.call_id).decision
    assert decision.policy_version is not None
    assert (decision.policy_version.number, decision.outcome) == (2, DecisionOutcome.DO_NOT_RECORD)
    assert RecordingJob.objects.count() == before
