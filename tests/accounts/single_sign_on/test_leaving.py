"""Somebody whom the provider no longer lets in is out within the hour; a provider that is down puts nobody out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent, ProviderGrant, Role, User
from recordings_site.accounts.single_sign_on import vouching
from recordings_site.tasks.models import Task
from tests import factories
from tests.accounts.single_sign_on.provider import running, sign_in, use

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PEOPLE = {"ann": {"email": "ann@example.com", "email_verified": True, "groups": ["agents"]}}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running(PEOPLE) as address:
        yield address


@pytest.fixture
def ann(provider: str, settings: Any) -> User:
    use(provider, settings)
    return factories.user(email="ann@example.com")


@pytest.fixture
def client(ann: User) -> Client:
    own = sign_in("ann")
    assert is_in(own)
    return own


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def asked(person: User) -> datetime | None:
    """When the worker asks again after it asked now."""
    return vouching.check(person.pk, timezone.now())


def test_the_worker_asks_well_within_the_hour_while_somebody_is_signed_in(client: Client, ann: User) -> None:
    due = Task.objects.get(kind="single_sign_on.check", subject=str(ann.pk)).next_at
    assert timezone.now() < due < timezone.now() + timedelta(minutes=30)
    again = asked(ann)
    assert again is not None
    assert again < timezone.now() + timedelta(minutes=30)
    assert is_in(client)


def test_a_leaver_is_out_everywhere_and_it_is_kept(client: Client, ann: User, provider: str) -> None:
    other = sign_in("ann")
    assert is_in(other)
    assert requests.post(f"{provider}/users/ann/revoke-tokens", timeout=5).ok
    assert asked(ann) is None
    assert not is_in(client)
    assert not is_in(other)
    assert not ProviderGrant.objects.exists()
    assert AuditEvent.objects.get(action="person.access_ended").subject_id == str(ann.pk)


def test_without_a_refresh_token_the_access_token_is_tried(client: Client, ann: User, provider: str) -> None:
    ProviderGrant.objects.update(refresh_token="")
    assert asked(ann) is not None
    requests.post(f"{provider}/users/ann/revoke-tokens", timeout=5)
    assert asked(ann) is None
    assert not is_in(client)


@pytest.mark.parametrize("down", ["refused", "error", "nonsense", "somebody else"])
def test_a_provider_that_is_down_or_talks_nonsense_puts_nobody_out(
    client: Client, ann: User, down: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if down == "refused":
        use("http://localhost:9", settings)
    elif down == "somebody else":
        ProviderGrant.objects.update(uid="bob")
    else:
        answer = requests.Response()
        answer.status_code = 503 if down == "error" else 200
        answer._content = b"<html>"
        monkeypatch.setattr(requests.Session, "request", lambda *args, **options: answer)
    again = asked(ann)
    assert again is not None
    assert again <= timezone.now() + vouching.AGAIN
    monkeypatch.undo()
    assert is_in(client)


def test_groups_that_changed_at_the_provider_count_without_a_new_sign_in(
    client: Client, ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OIDC_ROLES = {"agents": "supervisor"}
    monkeypatch.setattr(vouching, "_claims", lambda grant, now: {"sub": "ann", "groups": ["agents"]})
    asked(ann)
    ann.refresh_from_db()
    assert ann.role == Role.SUPERVISOR
    monkeypatch.setattr(vouching, "_claims", lambda grant, now: {"sub": "ann", "groups": ["others"]})
    assert asked(ann) is None
    assert not is_in(client)


def test_who_signed_out_is_not_asked_about(client: Client, ann: User) -> None:
    client.post("/accounts/logout/")
    assert asked(ann) is None
    assert not ProviderGrant.objects.exists()


def test_tokens_are_sealed_and_in_no_session(client: Client, monkeypatch: pytest.MonkeyPatch, ann: User) -> None:
    seen: list[str] = []
    request = requests.Session.request

    def noted(session: requests.Session, *args: Any, **options: Any) -> requests.Response:
        answer = request(session, *args, **options)
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        seen.extend(str(value) for key, value in body.items() if key.endswith("_token"))
        return answer

    monkeypatch.setattr(requests.Session, "request", noted)
    asked(ann)
    assert seen
    row = ProviderGrant.objects.get()
    stored = f"{row.access_token} {row.refresh_token} {client.session.items()}"
    assert not [token for token in seen if token in stored]
