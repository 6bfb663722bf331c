"""Single sign-on by OpenID Connect against a real provider on this machine: it opens accounts that were invited."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from recordings_site.accounts.models import User
from tests import factories
from tests.accounts.single_sign_on.provider import SECURE, running, sign_in, use

# The provider, which runs in a thread of this process, uses what its own library has deprecated.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PEOPLE = {
    "ann": {"email": "Ann@example.com", "email_verified": True},
    "eve": {"email": "eve@example.com", "email_verified": False},
    "mallory": {"email": "mallory@example.com", "email_verified": "false"},
    "trudy": {"email": "trudy@example.com"},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows ann@example.com, verified, and others whose address is not verified."""
    with running(PEOPLE) as address:
        yield address


@pytest.fixture(autouse=True)
def use_the_provider(provider: str, settings: Any) -> None:
    use(provider, settings)


def test_the_sign_in_offers_the_provider_by_its_name() -> None:
    assert "Continue with Company" in Client(**SECURE).get("/accounts/login/").content.decode()


def test_somebody_who_was_invited_is_in() -> None:
    factories.user(email="ann@example.com")
    assert sign_in("ann").get("/profile/").status_code == 200


def test_somebody_who_was_not_invited_stays_out_and_no_account_is_made() -> None:
    assert sign_in("ann").get("/profile/").status_code == 302
    assert not User.objects.exists()


@pytest.mark.parametrize("who", ["eve", "mallory", "trudy"])
def test_an_address_that_the_provider_has_not_verified_opens_nothing(who: str) -> None:
    factories.user(email=f"{who}@example.com")
    assert sign_in(who).get("/profile/").status_code == 302


def test_a_code_is_of_use_only_to_who_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    request = requests.Session.request

    def noted(session: requests.Session, *args: Any, **options: Any) -> requests.Response:
        asked.append(options.get("data") or {})
        return request(session, *args, **options)

    monkeypatch.setattr(requests.Session, "request", noted)
    there = Client(**SECURE).post("/accounts/oidc/oidc/login/").headers["Location"]
    assert parse_qs(urlsplit(there).query)["code_challenge_method"] == ["S256"]
    factories.user(email="ann@example.com")
    assert sign_in("ann").get("/profile/").status_code == 200
    assert any("code_verifier" in sent for sent in asked)


def test_a_deactivated_account_stays_closed() -> None:
    factories.user(email="ann@example.com", is_active=False)
    assert sign_in("ann").get("/profile/").status_code == 302
