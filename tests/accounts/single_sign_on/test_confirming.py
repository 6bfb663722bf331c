"""Whoever came by single sign-on proves again at the provider who they are, in the session that they have."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Team, User
from tests import factories
from tests.accounts.sessions.test_fresh import stale
from tests.accounts.single_sign_on.provider import SECURE, answer_as, running, sign_in, use

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CONFIRM = "/accounts/oidc/confirm/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    verified = {"email_verified": True}
    with running(
        {"ann": {"email": "ann@example.com", **verified}, "bob": {"email": "bob@example.com", **verified}}
    ) as at:
        yield at


@pytest.fixture
def ann(provider: str, settings: Any) -> User:
    use(provider, settings)
    person = factories.admin(email="ann@example.com")
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def client(ann: User) -> Client:
    """Ann signed in twenty minutes ago."""
    return stale(sign_in("ann"))


def test_the_provider_is_told_to_ask_again_and_the_form_opens(client: Client) -> None:
    asked = client.get("/applications/new/").headers["Location"]
    assert asked == f"{CONFIRM}?next=%2Fapplications%2Fnew%2F"
    key = client.session.session_key
    there = client.get(asked).headers["Location"]
    assert parse_qs(urlsplit(there).query)["prompt"] == ["login"]
    back = answer_as("ann", client, there)
    assert back.headers["Location"] == "/applications/new/"
    assert client.session.session_key == key, "the session is the same: what another tab holds can still be sent"
    assert client.get("/applications/new/").status_code == 200


def test_what_was_sent_is_done_after_the_proof(client: Client) -> None:
    asked = client.post("/teams/", {"name": "Berlin"}).headers["Location"]
    answer_as("ann", client, client.get(asked).headers["Location"])
    assert Team.objects.get().name == "Berlin"


def test_another_account_proves_nothing_and_that_is_kept(client: Client, ann: User) -> None:
    factories.admin(email="bob@example.com")
    answer_as("bob", client, client.get(f"{CONFIRM}?next=/applications/new/").headers["Location"])
    assert client.get("/applications/new/").status_code == 302
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert AuditEvent.objects.filter(action="person.confirmation_failed", actor_id=ann.pk).exists()


def test_an_account_is_connected_with_ones_own_identity_alone(ann: User) -> None:
    connect = "/accounts/oidc/oidc/login/?process=connect"
    for who, connected in (("bob", False), ("ann", True)):
        client = Client(**SECURE)
        client.force_login(ann)
        answer_as(who, client, client.post(connect).headers["Location"])
        assert SocialAccount.objects.filter(user=ann).exists() == connected, who
        assert client.session["_auth_user_id"] == str(ann.pk)
    assert not SocialAccount.objects.filter(uid="bob").exists()


def test_setting_a_password_or_a_factor_asks_at_the_provider_too(client: Client) -> None:
    for path in ("/accounts/password/set/", "/accounts/2fa/totp/activate/"):
        assert client.get(path).headers["Location"].startswith(f"{CONFIRM}?next="), path


def test_a_proof_without_a_session_signs_nobody_in(client: Client) -> None:
    there = client.get(f"{CONFIRM}?next=/").headers["Location"]
    client.session.flush()
    answer_as("ann", client, there)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_back_to_this_site_alone(client: Client, target: str) -> None:
    there = client.get(CONFIRM, {"next": target}).headers["Location"]
    assert answer_as("ann", client, there).headers["Location"] == "/"


def test_the_way_there_is_for_those_who_came_by_it(client: Client) -> None:
    other = Client(HTTP_HOST="localhost")
    other.force_login(factories.user())
    assert other.get(CONFIRM).status_code == 404
