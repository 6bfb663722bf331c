"""A passkey, made and used in Chromium with a virtual key, under the strict policy that forbids inline scripts."""

from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.visits import real_transactions

pytestmark = real_transactions

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_somebody_adds_a_passkey_and_signs_in_with_it_alone(context: BrowserContext, live_server: LiveServer) -> None:
    person = factories.user()
    page = context.new_page()
    page.set_default_timeout(20_000)  # passkeys take several round trips each
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # The sign-in is fresh: it is not asked again.
    page.get_by_role("link", name=person.email).wait_for()
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Security key added.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{live_server.url}/")
    expect(page.get_by_role("link", name=person.email)).to_be_visible()
