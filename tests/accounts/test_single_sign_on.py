"""Single sign-on by OpenID Connect against a real provider on this machine: it opens accounts that were invited."""

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from recordings_site.accounts.models import User
from tests import factories

# The provider, which runs in a thread of this process, uses what its own library has deprecated.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SECURE = {"HTTP_HOST": "localhost"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows ann@example.com, verified, and others whose address is not verified."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User as Somebody
        from oidc_provider_mock import run_server_in_thread

        people = [
            Somebody(sub="ann", claims={"email": "Ann@example.com", "email_verified": True}),
            Somebody(sub="eve", claims={"email": "eve@example.com", "email_verified": False}),
            Somebody(sub="mallory", claims={"email": "mallory@example.com", "email_verified": "false"}),
            Somebody(sub="trudy", claims={"email": "trudy@example.com"}),
        ]
        server: AbstractContextManager[Any] = run_server_in_thread(user_claims=people)
        with server as running:
            yield f"http://localhost:{running.server_port}"


@pytest.fixture(autouse=True)
def use_the_provider(provider: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    app = {"provider_id": "oidc", "name": "Company", "client_id": "us", "secret": "shared"}
    ours = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {**ours, "APPS": [{**app, "settings": {"server_url": provider}}]}
    }


def sign_in(who: str) -> Client:
    """Walk from our button to the provider, sign in there as `who`, and come back."""
    client = Client(**SECURE)  # type: ignore[arg-type]
    there = client.post("/accounts/oidc/oidc/login/").headers["Location"]
    back = requests.post(there, data={"sub": who}, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    client.get(f"{parts.path}?{parts.query}")
    return client


def test_the_sign_in_offers_the_provider_by_its_name() -> None:
    assert "Continue with Company" in Client(**SECURE).get("/accounts/login/").content.decode()  # type: ignore[arg-type]


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
    there = Client(**SECURE).post("/accounts/oidc/oidc/login/").headers["Location"]  # type: ignore[arg-type]
    assert parse_qs(urlsplit(there).query)["code_challenge_method"] == ["S256"]
    factories.user(email="ann@example.com")
    assert sign_in("ann").get("/profile/").status_code == 200
    assert any("code_verifier" in sent for sent in asked)


def test_a_deactivated_account_stays_closed() -> None:
    factories.user(email="ann@example.com", is_active=False)
    assert sign_in("ann").get("/profile/").status_code == 302
