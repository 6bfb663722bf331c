"""People see where they are signed in and end that; admins end all of somebody's; others' sessions are not there."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.accounts.sessions.devices import name_of
from tests import factories
from tests.accounts.sessions.test_lifetimes import is_in, sign_in, used
from tests.ops.test_mfa_adapter import code_of

pytestmark = pytest.mark.django_db

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def person() -> User:
    return factories.user()


@pytest.fixture
def office(person: User) -> Client:
    return used(sign_in(person, HTTP_USER_AGENT=WINDOWS, REMOTE_ADDR="192.0.2.1"))


@pytest.fixture
def phone(person: User, office: Client) -> Client:
    return used(sign_in(person, HTTP_USER_AGENT=PHONE, REMOTE_ADDR="2001:db8::7"))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WINDOWS, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "Unknown device"),
        ("<script>alert(1)</script> Firefox/1", "Firefox"),
        ("", "Unknown device"),
    ],
)
def test_devices_are_called_as_people_call_them(agent: str, name: str) -> None:
    assert name_of(agent) == name


def test_the_profile_lists_device_and_address(office: Client, phone: Client) -> None:
    page = office.get("/profile/").content.decode()
    for text in ("Firefox on Windows", "192.0.2.1", "This device", "Safari on iPhone", "2001:db8::7"):
        assert text in page


def test_one_device_is_signed_out_and_it_is_kept_who_did_it(office: Client, phone: Client, person: User) -> None:
    other = UserSession.objects.get(user_agent=PHONE)
    office.post(f"/profile/sessions/{other.pk}/")
    assert (is_in(office), is_in(phone)) == (True, False)
    row = AuditEvent.objects.get(action="person.session_ended")
    assert (row.actor_id, row.data) == (person.pk, {"device": "Safari on iPhone", "from": "2001:db8::7"})


def test_all_other_devices_are_signed_out(office: Client, phone: Client, person: User) -> None:
    phone.post("/profile/sessions/")
    assert (is_in(office), is_in(phone)) == (False, True)
    assert AuditEvent.objects.get(action="person.sessions_ended").data == {"sessions": 1}


def test_another_password_ends_all_other_sessions(office: Client, phone: Client, person: User) -> None:
    word = "a long enough passphrase"
    office.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    office.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD, "password1": word, "password2": word})
    assert (is_in(office), is_in(phone)) == (True, False)
    assert "Safari on iPhone" not in office.get("/profile/").content.decode()


def test_a_session_of_somebody_else_is_not_there(office: Client) -> None:
    stranger = used(sign_in(factories.admin()))
    theirs = UserSession.objects.get(session_key=stranger.session.session_key)
    assert office.post(f"/profile/sessions/{theirs.pk}/").status_code == 404
    office.post("/accounts/sessions/")
    assert is_in(stranger)


def test_an_admin_ends_all_of_somebodys_and_keeps_their_own(office: Client, phone: Client, person: User) -> None:
    admin = factories.admin()
    client = sign_in(admin)
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert "Safari on iPhone" in page
    answer = client.post(f"/people/{person.pk}/sessions/", follow=True)
    assert "was signed out of 2 devices" in answer.content.decode()
    assert (is_in(office), is_in(phone), is_in(client)) == (False, False, True)
    row = AuditEvent.objects.get(action="person.sessions_ended")
    assert (row.actor_id, row.subject_id) == (admin.pk, str(person.pk))
    client.post(f"/people/{admin.pk}/sessions/")
    assert is_in(client)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SUPERVISOR, Role.AUDITOR])
def test_nobody_else_ends_them(office: Client, person: User, role: Role) -> None:
    client = sign_in(factories.user(role))
    assert client.post(f"/people/{person.pk}/sessions/").status_code == 404
    assert is_in(office)


@pytest.mark.django_db(transaction=True)
def test_the_first_second_factor_ends_sessions_that_were_signed_in_without(office: Client, phone: Client) -> None:
    office.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    secret = str(office.get("/accounts/2fa/totp/activate/").context["form"].secret)
    office.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert (is_in(office), is_in(phone)) == (True, False)


def test_a_device_that_was_ended_cannot_save_its_session_again(phone: Client, office: Client, monkeypatch: Any) -> None:
    """A request that is being answered while its session ends leaves none behind."""
    from recordings_site.accounts import views

    real = views.open_sessions

    def ended_meanwhile(person: User, *, here: str | None) -> Any:
        found = real(person, here=here)
        office.post("/profile/sessions/")
        return found

    key = phone.session.session_key
    monkeypatch.setattr(views, "open_sessions", ended_meanwhile)
    phone.get("/profile/")
    monkeypatch.setattr(views, "open_sessions", real)
    phone.cookies["sessionid"] = str(key)
    assert not is_in(phone)
