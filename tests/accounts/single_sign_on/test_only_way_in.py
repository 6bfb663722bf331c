"""Where single sign-on is the only way in nothing else signs anybody in, but for the command for emergencies."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from recordings_site.accounts.links import password_link
from recordings_site.accounts.models import AuditEvent, User
from tests import factories
from tests.accounts.single_sign_on.provider import SECURE, running, sign_in, use
from tests.queue_worker import send_letters

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

WORD = "a long enough passphrase"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running({"ann": {"email": "ann@example.com", "email_verified": True}}) as address:
        yield address


@pytest.fixture
def ann(provider: str, settings: Any) -> User:
    use(provider, settings)
    settings.OIDC_ONLY = True
    return factories.admin(email="ann@example.com")


def by_password(person: User, word: str = factories.PASSWORD) -> Client:
    client = Client(**SECURE)
    client.post("/accounts/login/", {"login": person.email, "password": word})
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def by_link(link: str) -> Client:
    client = Client(**SECURE)
    path = re.sub(r"^https?://[^/]+", "", link)
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": WORD, "password2": WORD}, follow=True)
    return client


def test_the_provider_lets_in_and_a_password_does_not(ann: User) -> None:
    client = by_password(ann)
    assert not is_in(client)
    assert "Sign in with Company." in client.get("/accounts/login/").content.decode()
    assert AuditEvent.objects.get(action="person.sign_in_refused").subject_id == str(ann.pk)
    assert is_in(sign_in("ann"))


def test_neither_a_link_nor_a_passkey_does(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_in(by_link(password_link(ann)))
    key = Authenticator.objects.create(user=ann, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    monkeypatch.setattr(webauthn, "parse_authentication_response", lambda response: response)
    monkeypatch.setattr(webauthn, "extract_user_from_response", lambda response: ann)
    monkeypatch.setattr(webauthn, "complete_authentication", lambda user, response: key)
    client = Client(**SECURE)
    client.post("/accounts/2fa/webauthn/login/", {"credential": '{"id": "x"}'})
    assert not is_in(client)


def test_nobody_is_sent_a_link(ann: User) -> None:
    Client(**SECURE).post("/accounts/password/reset/", {"email": ann.email})
    send_letters()
    assert mail.outbox == []


def test_the_sign_in_shows_the_provider_first(ann: User) -> None:
    page = Client(**SECURE).get("/accounts/login/").content.decode()
    assert page.index("Continue with Company") < page.index("Emergency access") < page.index('name="password"')
    assert "Use a passkey" not in page


def test_an_old_password_proves_nothing_either(ann: User) -> None:
    client = sign_in("ann")
    assert client.get("/accounts/reauthenticate/").headers["Location"].startswith("/accounts/oidc/confirm/")


def test_in_an_emergency_one_admin_gets_in_for_an_hour_and_the_others_know(
    ann: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = factories.admin()
    printed = io.StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("break_glass", "Ann@example.com", stdout=printed)
    send_letters()
    assert [letter.to for letter in mail.outbox] == [[other.email]]
    assert AuditEvent.objects.filter(action="person.password_allowed", subject_id=str(ann.pk)).exists()
    link = re.search(r"http\S+", printed.getvalue())
    assert link
    assert is_in(by_link(link.group()))
    assert is_in(by_password(ann, WORD))
    assert not is_in(by_password(other))
    User.objects.filter(pk=ann.pk).update(password_until=timezone.now() - timedelta(seconds=1))
    assert not is_in(by_password(ann, WORD))


def test_the_command_makes_no_account_and_opens_no_closed_one(ann: User) -> None:
    factories.user(email="gone@example.com", is_active=False)
    for email in ("gone@example.com", "nobody@example.com"):
        with pytest.raises(CommandError):
            call_command("break_glass", email)


def test_an_invitation_leads_to_the_sign_in(ann: User, django_capture_on_commit_callbacks: Any) -> None:
    client = sign_in("ann")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/people/", {"email": "new@example.com", "role": "support"})
    send_letters()
    invitation = next(str(letter.body) for letter in mail.outbox if letter.to == ["new@example.com"])
    assert "Sign in here:" in invitation
    assert "password/reset" not in invitation + client.get("/people/").content.decode()
