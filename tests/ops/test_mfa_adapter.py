"""Second factors: a code of an app is asked for after the password, and its secret is sealed in the database."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from recordings_site.accounts.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    """The code of this half minute, or of the next when it ends so soon that a busy machine would come too late."""
    left = 30 - time.time() % 30
    if left < 4:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def signed_in_with_password(person: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    return client


@pytest.fixture(autouse=True)
def no_code_used_yet() -> None:
    cache.clear()


@pytest.fixture
def person() -> User:
    return factories.user()


@pytest.fixture
def secret(person: User) -> str:
    """The secret of an app that `person` has added."""
    client = signed_in_with_password(person)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = str(page.context["form"].secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    cache.clear()
    return secret


def test_a_password_alone_does_not_sign_in_and_a_code_does(person: User, secret: str) -> None:
    client = signed_in_with_password(person)
    assert "_auth_user_id" not in client.session
    assert client.get("/profile/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.get("/profile/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/profile/").status_code == 200


def test_the_secret_is_sealed_in_the_database(person: User, secret: str) -> None:
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert secret not in kept
    assert kept.startswith("demo.")


def test_recovery_codes_sign_in_when_the_phone_is_lost(person: User, secret: str) -> None:
    codes = Authenticator.objects.get(user=person, type="recovery_codes").wrap().generate_codes()
    client = signed_in_with_password(person)
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/profile/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_adding_a_second_factor_is_kept_told_to_its_owner_and_shown_to_admins(person: User, secret: str) -> None:
    assert [message.to for message in mail.outbox] == [[person.email]]
    assert AuditEvent.objects.filter(action="person.totp_activated", actor_id=person.pk).exists()
    admin = Client()
    admin.force_login(factories.admin())
    assert "On" in admin.get("/people/").content.decode()
