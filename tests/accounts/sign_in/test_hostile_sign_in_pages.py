"""The pages that come with django-allauth, asked for what is somebody else's, for other sites, and with nonsense."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from recordings_site.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db

ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "http:evil.example"]
NONSENSE = ["\x00", "é" * 5000, "' OR 1=1 --", "<script>alert(1)</script>", "%00", "\ud800"]


@pytest.fixture
def person() -> User:
    return factories.user()


@pytest.fixture
def client(person: User) -> Client:
    own = Client()
    own.force_login(person)
    return own


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("path", ["/accounts/logout/", "/accounts/login/", "/accounts/2fa/reauthenticate/"])
def test_no_page_leads_to_another_site(client: Client, path: str, target: str) -> None:
    for answer in (client.post(path, {"next": target}), client.get(path, {"next": target})):
        assert "evil" not in answer.headers.get("Location", "").partition("?")[0]
        assert "alert" not in answer.headers.get("Location", "").partition("?")[0]


def test_ones_addresses_are_not_changed_by_the_pages_of_addresses(client: Client, person: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    for action in ("action_add", "action_primary", "action_remove", "action_send"):
        client.post("/accounts/email/", {action: "", "email": "other@example.com"})
        client.post("/accounts/email/", {action: "", "email": person.email})
    assert [(each.email, each.verified) for each in EmailAddress.objects.all()] == [(person.email, True)]


def test_an_address_of_somebody_else_signs_nobody_in_as_them(client: Client, person: User) -> None:
    """A row of the table of addresses names a person who is not the one with the address."""
    victim = factories.admin()
    EmailAddress.objects.create(user=person, email=victim.email, primary=True, verified=True)
    stranger = Client()
    stranger.post("/accounts/login/", {"login": victim.email, "password": "wrong"})
    assert "_auth_user_id" not in stranger.session


def test_an_account_of_somebody_else_at_the_provider_is_not_disconnected(client: Client) -> None:
    theirs = SocialAccount.objects.create(user=factories.admin(), provider="oidc", uid="theirs")
    client.post("/accounts/3rdparty/", {"account": theirs.pk})
    assert SocialAccount.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("what", ["remove", "edit"])
def test_a_key_of_somebody_else_is_not_there(client: Client, what: str) -> None:
    theirs = Authenticator.objects.create(
        user=factories.admin(), type=Authenticator.Type.WEBAUTHN, data={"name": "Theirs"}
    )
    for answer in (client.get, client.post):
        assert answer(f"/accounts/2fa/webauthn/keys/{theirs.pk}/{what}/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("path", ["/accounts/3rdparty/signup/", "/accounts/signup/", "/accounts/social/signup/"])
def test_no_page_makes_an_account(path: str) -> None:
    word = "a long enough passphrase"
    Client().post(path, {"email": "new@example.com", "password1": word, "password2": word})
    assert not User.objects.exists()


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused_and_breaks_nothing(client: Client, text: str) -> None:
    sent: list[tuple[str, dict[str, Any]]] = [
        ("/accounts/login/", {"login": text, "password": text}),
        ("/accounts/password/reset/", {"email": text}),
        ("/accounts/reauthenticate/", {"password": text, "next": text}),
        ("/accounts/2fa/authenticate/", {"code": text, "credential": text}),
        ("/accounts/2fa/webauthn/login/", {"credential": text}),
        ("/accounts/2fa/totp/activate/", {"code": text}),
    ]
    for path, data in sent:
        safe = {key: value.encode("utf-8", "surrogatepass") for key, value in data.items()}
        for who in (Client(), client):
            assert who.post(path, safe).status_code < 500, path
            assert who.get(path, safe).status_code < 500, path
