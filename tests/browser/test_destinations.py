"""An admin makes a destination and watches its check and its walk in Chromium."""

from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.destinations.models import Destination
from recordings_site.ops.worker.loop import drain
from recordings_site.recordings.models import RecordingJob
from recordings_site.tasks import registry
from tests import factories
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions


def test_a_destination_is_made_checked_and_walked_through_while_one_watches(
    context: BrowserContext, live_server: LiveServer
) -> None:
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(f"{live_server.url}/destinations/")
    page.get_by_text("New destination").click()
    page.get_by_role("link", name="Local folder").click()
    page.get_by_label("Name", exact=True).fill("Demo folder")
    page.get_by_label("Folder", exact=True).fill("watched")
    page.get_by_role("button", name="Create and check").click()
    expect(page.get_by_role("heading", name="Demo folder")).to_be_visible()
    check = page.locator("#check")
    expect(check.get_by_text("Pending")).to_have_count(9)
    drain(registry.load())
    expect(check.get_by_text("Pending")).to_have_count(0)
    expect(check.get_by_text("Read 2,000 bytes; they match.")).to_be_visible()
    destination = Destination.objects.get(name="Demo folder")
    destination.write_store().write("orphan.mp3", b"ID3", content_type="audio/mpeg")
    page.get_by_role("link", name="Import existing files").click()
    page.get_by_role("button", name="Start import").click()
    expect(page.locator("#runs").get_by_text("Running")).to_be_visible()
    drain(registry.load())
    expect(page.locator("#runs").get_by_text("Done")).to_be_visible()
    assert RecordingJob.objects.get().key == "orphan.mp3"
