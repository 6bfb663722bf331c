"""Before secrets, people and keys somebody proves who they are, unless they did lately, and loses nothing by it."""

import time
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from recordings_site.accounts.models import Role, Team, User
from tests import factories
from tests.journeys.site_map import routes
from tests.journeys.worlds import small_world
from tests.ops.test_mfa_adapter import code_of

pytestmark = pytest.mark.django_db

PROOF = "/accounts/reauthenticate/?next="
TO_OPEN = {
    "destination_new", "destination_edit", "destination_credentials", "application_new", "application_secret",
}  # fmt: skip
TO_WRITE = {
    "people", "person", "person_standing", "person_factors", "person_invite", "person_sessions_end", "approval_decide",
    "teams", "team", "team_delete", "connect_rotate",
}  # fmt: skip


@pytest.fixture
def admin() -> User:
    return factories.admin()


@pytest.fixture
def client(admin: User) -> Client:
    """An admin who signed in twenty minutes ago."""
    own = Client()
    own.post("/accounts/login/", {"login": admin.email, "password": factories.PASSWORD})
    return stale(own)


def stale(client: Client) -> Client:
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - 20 * 60
    session.save()
    return client


def confirm(client: Client, back: str) -> Any:
    return client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD, "next": back})


def test_each_page_of_secrets_people_and_keys_asks_and_no_other() -> None:
    world = small_world()
    client = Client()
    client.force_login(world.people["admin"])
    stale(client)
    asks_to_open, asks_to_write = set(), set()
    for route in routes():
        url = route.url(world.values)
        if url.startswith(("/accounts/", "/callbacks/")):
            continue
        answer = client.get(url)
        if answer.streaming:
            list(answer)  # type: ignore[call-overload]  # else its file stays open until it is collected
        if answer.headers.get("Location", "").startswith(PROOF):
            asks_to_open.add(route.name)
        answer = client.post(url)
        if answer.streaming:
            list(answer)  # type: ignore[call-overload]
        if answer.status_code == 403 or answer.headers.get("Location", "").startswith(PROOF):
            asks_to_write.add(route.name)
    assert asks_to_open == TO_OPEN
    assert asks_to_write == TO_OPEN | TO_WRITE


def test_who_signed_in_lately_is_not_asked(admin: User) -> None:
    own = Client()
    own.post("/accounts/login/", {"login": admin.email, "password": factories.PASSWORD})
    assert own.get("/applications/new/").status_code == 200
    assert own.post("/teams/", {"name": "Berlin"}).headers["Location"] == "/teams/"


def test_a_form_with_secrets_asks_before_it_is_shown_and_leads_back_to_itself(client: Client) -> None:
    asked = client.get("/destinations/new/local/?folder=x")
    assert asked.headers["Location"] == f"{PROOF}%2Fdestinations%2Fnew%2Flocal%2F%3Ffolder%3Dx"
    assert "Confirm it’s you" in client.get(asked.headers["Location"]).content.decode()
    back = confirm(client, "/destinations/new/local/?folder=x").headers["Location"]
    assert client.get(back).status_code == 200


def test_what_was_typed_about_people_is_done_after_the_proof(client: Client) -> None:
    asked = client.post("/teams/", {"name": "Berlin"})
    assert asked.headers["Location"] == f"{PROOF}%2Fteams%2F"
    assert not Team.objects.exists()
    done = confirm(client, "/teams/")
    assert done.headers["Location"] == "/teams/"
    assert Team.objects.get().name == "Berlin"


def test_a_wrong_password_does_nothing(client: Client) -> None:
    client.post("/teams/", {"name": "Berlin"})
    client.post("/accounts/reauthenticate/", {"password": "wrong", "next": "/teams/"})
    assert not Team.objects.exists()


def test_a_secret_that_is_sent_too_late_stays_in_the_browser_alone(client: Client) -> None:
    form = {"field": "second_secret", "secret": "canary-of-a-secret"}
    application = factories.application()
    answer = client.post(f"/applications/{application.pk}/secret/", form)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Confirm in a new tab" in page
    assert "Submit the form again" in page
    stored = [each.get_decoded() for each in Session.objects.all()]
    assert "canary-of-a-secret" not in page + str(stored)
    assert "Close this tab" in client.get(confirm(client, "/confirmed/").headers["Location"]).content.decode()
    assert client.post(f"/applications/{application.pk}/secret/", form).status_code != 403


def test_a_code_proves_it_too_and_a_wrong_one_does_not(client: Client, admin: User) -> None:
    cache.clear()
    secret = generate_totp_secret()
    TOTP.activate(admin, secret)
    client.post("/accounts/2fa/reauthenticate/", {"code": "000000", "next": "/applications/new/"})
    assert client.get("/applications/new/").status_code == 302
    client.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret), "next": "/applications/new/"})
    assert client.get("/applications/new/").status_code == 200


def test_a_recovery_code_proves_it_once(client: Client, admin: User) -> None:
    cache.clear()
    TOTP.activate(admin, generate_totp_secret())
    code = RecoveryCodes.activate(admin).get_unused_codes()[0]
    for works in (True, False):
        client.post("/accounts/2fa/reauthenticate/", {"code": code})
        assert (client.get("/applications/new/").status_code == 200) == works
        stale(client)


def test_auditors_read_without_being_asked() -> None:
    client = Client()
    client.force_login(factories.user(Role.AUDITOR))
    stale(client)
    assert client.get("/people/").status_code == 200
    assert client.get("/applications/new/").status_code == 200


def test_ones_own_password_and_factors_ask_too(client: Client) -> None:
    for path in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        assert client.get(path).headers["Location"].startswith(PROOF), path


def test_somebody_who_has_nothing_to_prove_it_with_signs_in_anew(client: Client, admin: User) -> None:
    client.force_login(admin)
    stale(client)
    admin.set_unusable_password()
    admin.save()
    client.force_login(admin)
    stale(client)
    answer = client.get("/applications/new/")
    assert answer.headers["Location"] == "/accounts/login/?next=/applications/new/"
    assert client.get("/people/").status_code == 302, "signed out: no way leads round and round"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_proof_never_leads_to_another_site(client: Client, target: str) -> None:
    answer = confirm(client, target)
    assert answer.headers["Location"] == "/"


def test_what_waits_for_a_proof_is_not_done_at_another_address(client: Client) -> None:
    client.post("/teams/", {"name": "Berlin"})
    assert confirm(client, "/people/").headers["Location"] == "/people/"
    confirm(client, "/teams/")
    assert not Team.objects.exists()
