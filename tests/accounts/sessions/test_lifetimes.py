"""A session ends after some time without a request, at the latest after its longest time, and never lives again."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recordings_site.accounts import actions
from recordings_site.accounts.models import Role, User
from recordings_site.ops.worker.periodic import delete_expired
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(person: User, **extra: Any) -> Client:
    client = Client(**extra)
    client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    return client


def is_in(client: Client, path: str = "/profile/", **headers: str) -> bool:
    answer = client.get(path, headers=headers)
    return "/accounts/login/" not in answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))


def used(client: Client) -> Client:
    """The client after the first request of its session."""
    client.get("/no/such/page/")
    return client


def age(*, seen: timedelta = timedelta(0), since: timedelta = timedelta(0)) -> None:
    """Let all sessions be older than they are."""
    UserSession.objects.update(last_seen_at=F("last_seen_at") - seen, created_at=F("created_at") - since)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN])
def test_each_role_has_its_own_idle_time(role: Role, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = {Role.SUPPORT: 60, Role.ADMIN: 10}
    client = used(sign_in(factories.user(role)))
    age(seen=timedelta(minutes=9))
    assert is_in(client)
    age(seen=timedelta(minutes=11))
    assert is_in(client) == (role == Role.SUPPORT)


def test_a_changed_role_has_its_idle_time_at_once(settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = {Role.SUPPORT: 60, Role.ADMIN: 10}
    person = factories.user()
    client = used(sign_in(person))
    age(seen=timedelta(minutes=11))
    User.objects.filter(pk=person.pk).update(role=Role.ADMIN)
    assert not is_in(client)


def test_a_session_ends_after_its_longest_time_however_busy(settings: Any) -> None:
    settings.SESSION_HOURS = {Role.SUPPORT: 8}
    client = used(sign_in(factories.user()))
    age(since=timedelta(hours=7, minutes=59))
    assert is_in(client)
    age(since=timedelta(minutes=1))
    assert not is_in(client)
    assert not Session.objects.exists()


def test_who_was_away_is_told_and_comes_back_to_the_page() -> None:
    client = used(sign_in(factories.user()))
    age(seen=timedelta(hours=2))
    answer = client.get("/recordings/?state=late", follow=True)
    assert answer.redirect_chain[0][0] == "/accounts/login/?next=/recordings/%3Fstate%3Dlate"
    assert "You were signed out because you were inactive" in answer.content.decode()


def test_requests_note_that_somebody_is_there_at_most_once_a_minute() -> None:
    client = used(sign_in(factories.user()))
    is_in(client)
    with CaptureQueriesContext(connection) as captured:
        for _ in range(5):
            is_in(client)
    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
    age(seen=timedelta(minutes=2))
    before = UserSession.objects.get().last_seen_at
    with CaptureQueriesContext(connection) as captured:
        for _ in range(5):
            is_in(client)
    assert len([query for query in captured if not query["sql"].startswith("SELECT")]) == 1
    assert UserSession.objects.get().last_seen_at > before


def test_listening_is_being_there_and_a_page_left_open_is_not() -> None:
    person, recording = factories.admin(), factories.recording()
    client = used(sign_in(person))
    for _ in range(3):
        age(seen=timedelta(minutes=20))
        client.get(f"/recordings/{recording.pk}/audio/", headers={"Range": "bytes=0-"})
    assert is_in(client)
    for _ in range(3):
        age(seen=timedelta(minutes=20))
        client.get("/status/", headers={"HX-Request": "true", "HX-Target": "status", "X-By-Itself": "1"})
    assert not is_in(client)


def test_what_another_request_writes_into_the_session_is_kept() -> None:
    client = used(sign_in(factories.user()))
    age(seen=timedelta(minutes=2))
    stored = SessionStore(client.session.session_key)
    stored["written meanwhile"] = True
    stored.save()
    assert is_in(client)
    assert SessionStore(client.session.session_key)["written meanwhile"]


def test_sessions_of_somebody_who_was_deactivated_stay_dead() -> None:
    admin, person = factories.admin(), factories.user()
    client = used(sign_in(person))
    assert is_in(client)
    cookie = client.cookies["sessionid"].value
    actions.deactivate_person(by=admin, person=person)
    assert not is_in(client)
    actions.reactivate_person(by=admin, person=person)
    client.cookies["sessionid"] = cookie
    assert not is_in(client)
    assert not UserSession.objects.filter(user=person).exists()


def test_a_session_whose_key_changes_lasts() -> None:
    person = factories.user()
    client = used(sign_in(person))
    key = client.session.session_key
    word = "a long enough passphrase"
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    client.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD, "password1": word, "password2": word})
    assert client.session.session_key != key
    assert is_in(client)


def test_what_is_known_of_ended_sessions_is_deleted() -> None:
    client = used(sign_in(factories.user()))
    kept = used(sign_in(factories.user()))
    client.post("/accounts/logout/")
    assert UserSession.objects.count() == 2
    Session.objects.exclude(pk=kept.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    delete_expired()
    assert [each.session_key for each in UserSession.objects.all()] == [kept.session.session_key]
