"""A real OpenID Connect provider on this machine, and the walk to it and back."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from django.http import HttpResponse
from django.test import Client

SECURE: dict[str, Any] = {"HTTP_HOST": "localhost"}


@contextmanager
def running(people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The address of a provider that knows these people, by their `sub`, each with claims."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User as Somebody
        from oidc_provider_mock import run_server_in_thread

        known = [Somebody(sub=sub, claims=dict(claims)) for sub, claims in people.items()]
        server: AbstractContextManager[Any] = run_server_in_thread(user_claims=known)
        with server as running:
            yield f"http://localhost:{running.server_port}"


def use(address: str, settings: Any) -> None:
    """Let the site use the provider at this address."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.OIDC_SERVER_URL = address
    settings.OIDC_NAME = "Company"
    app = {"provider_id": "oidc", "name": "Company", "client_id": "us", "secret": "shared"}
    ours = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {**ours, "APPS": [{**app, "settings": {"server_url": address}}]}
    }


def sign_in(who: str, client: Client | None = None) -> Client:
    """Walk from our button to the provider, sign in there as `who`, and come back."""
    client = client or Client(**SECURE)
    answer_as(who, client, client.post("/accounts/oidc/oidc/login/").headers["Location"])
    return client


def answer_as(who: str, client: Client, there: str) -> HttpResponse:
    """Sign in as `who` at the provider's address `there`, and come back."""
    back = requests.post(there, data={"sub": who}, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]
