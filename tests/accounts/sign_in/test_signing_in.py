"""Signing in: no open sign-up, throttling without lockout, password reset, and a safe way back."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from recordings_site.accounts.models import AuditEvent, User
from tests import factories
from tests.queue_worker import send_letters

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = factories.PASSWORD, *, address: str = "192.0.2.1") -> bool:
    client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in client.session


def test_a_person_signs_in_by_address_in_any_case_and_it_is_kept() -> None:
    person = factories.user(email="ann@example.com")
    assert sign_in(Client(), "ANN@example.com")
    row = AuditEvent.objects.get(action="person.signed_in")
    assert (row.actor_id, row.address) == (person.pk, "192.0.2.1")


def test_nobody_can_sign_up() -> None:
    data = {
        "email": "new@example.com",
        "password1": "a long enough passphrase",
        "password2": "a long enough passphrase",
    }
    answer = Client().post("/accounts/signup/", data)
    assert "By invitation" in answer.content.decode()
    assert not User.objects.exists()


def test_guesses_from_one_address_are_stopped_and_the_rightful_user_still_gets_in() -> None:
    factories.user(email="ann@example.com")
    for guess in range(6):
        assert not sign_in(Client(), "ann@example.com", f"guess {guess}", address="198.51.100.7")
    assert not sign_in(Client(), "ann@example.com", address="198.51.100.7"), "the guesser is stopped, even when right"
    assert sign_in(Client(), "ann@example.com", address="192.0.2.1")


def test_a_failed_sign_in_is_kept_with_its_address_and_without_the_password() -> None:
    factories.user(email="ann@example.com")
    sign_in(Client(), "ann@example.com", "canary-password")
    row = AuditEvent.objects.get(action="person.sign_in_failed")
    assert (row.subject_name, row.address, row.actor_id) == ("ann@example.com", "192.0.2.1", None)
    assert "canary-password" not in str(row.data)


def test_a_forgotten_password_is_reset_by_mail_and_the_page_does_not_tell_who_has_an_account() -> None:
    factories.user(email="ann@example.com")
    known = Client().post("/accounts/password/reset/", {"email": "ann@example.com"}, follow=True)
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)
    send_letters()
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]
    assert "Check your email" in known.content.decode()
    assert known.redirect_chain == unknown.redirect_chain


def test_the_mails_about_passwords_say_what_happened_in_our_own_words() -> None:
    factories.user(email="ann@example.com", name="Ann O'Hara")
    Client().post("/accounts/password/reset/", {"email": "ann@example.com"})
    send_letters()
    asked = mail.outbox[0]
    assert asked.subject == "Call recordings: Choose a new password"
    assert "Hello Ann O'Hara,\n\nSomeone asked to reset the password" in asked.body
    found = re.search(r"http://127.0.0.1:8000(/\S+)", str(asked.body))
    assert found
    browser = Client(REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Lynx")
    form = browser.get(found.group(1), follow=True)
    word = "a long enough passphrase"
    browser.post(form.redirect_chain[-1][0], {"password1": word, "password2": word})
    told = str(mail.outbox[1].body)
    assert "Your sign-in settings changed:\n\nYour password has been reset.\n\nIf this wasn’t you" in told
    assert "192.0.2.7" in told
    assert "Lynx" in told
    for letter in mail.outbox:
        assert "Thank you for using" not in str(letter.body)
    assert told.endswith("Call recordings at http://127.0.0.1:8000")


def test_somebody_who_is_not_signed_in_is_sent_to_the_sign_in_and_back() -> None:
    answer = Client().get("/people/?x=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/people/%3Fx%3D1"


@pytest.mark.parametrize(
    ("page", "back"),
    [("http://testserver/recordings/?state=late", "/recordings/%3Fstate%3Dlate"), ("https://evil.example/x", "/")],
)
def test_a_part_that_htmx_asks_for_without_a_session_sends_the_whole_page_to_the_sign_in_and_back(
    page: str, back: str
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "events", "HX-Current-URL": page}
    answer = Client().get("/activity/", headers=headers)
    assert answer.headers["HX-Redirect"] == f"/accounts/login/?next={back}"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(target: str) -> None:
    person = factories.user()
    client = Client()
    answer = client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"
    answer = client.post("/profile/zone/", {"time_zone": "Europe/Berlin", "next": target})
    assert answer.headers["Location"] == "/"


def test_a_deactivated_account_cannot_sign_in() -> None:
    person = factories.user(is_active=False)
    assert not sign_in(Client(), person.email)


def test_the_page_that_changes_ones_address_does_not_exist() -> None:
    client = Client()
    person = factories.user()
    client.force_login(person)
    client.post("/accounts/email/", {"action_add": "", "email": "other@example.com"})
    person.refresh_from_db()
    assert person.email != "other@example.com"


def test_a_new_secret_key_signs_nobody_out(settings: Any) -> None:
    client = Client()
    assert sign_in(client, factories.user().email)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of a test"
    assert client.get("/profile/").status_code == 200
