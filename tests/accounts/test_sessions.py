"""Whom a session stands for is looked up with each request: what ended it a moment ago counts at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from recordings_site.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return factories.user(preferences={"a": [1]}, time_zone="Asia/Tokyo")


@pytest.fixture
def client(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def asks_who_it_is(client: Client) -> bool:
    """Whether the profile is refused, and the sign-in shown instead."""
    answer = client.get("/profile/")
    assert answer.status_code in (200, 302)
    return answer.status_code == 302


def test_the_person_of_a_session_is_whole(client: Client, person: User) -> None:
    seen = client.get("/profile/").context["request"].user
    for field in User._meta.concrete_fields:
        assert getattr(seen, field.attname) == getattr(person, field.attname), field.name
    assert not seen.get_deferred_fields()


def test_a_session_its_person_and_its_times_cost_a_query_each(
    client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    client.get("/no/such/page")
    with django_assert_num_queries(3):
        assert client.get("/no/such/page").status_code == 404


def test_a_removed_session_ends_at_once(client: Client) -> None:
    assert not asks_who_it_is(client)
    Session.objects.all().delete()
    assert asks_who_it_is(client)


def test_a_session_ends_with_its_time(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=60))
    assert not asks_who_it_is(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert asks_who_it_is(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_a_person_who_is_put_out_or_has_another_password_is_out(client: Client, person: User, change: Any) -> None:
    assert not asks_who_it_is(client)
    User.objects.filter(pk=person.pk).update(**change)
    assert asks_who_it_is(client)


def test_a_removed_person_is_out(client: Client, person: User) -> None:
    person.delete()
    assert asks_who_it_is(client)


def test_a_session_that_was_altered_stands_for_nobody(client: Client, person: User) -> None:
    store = client.session
    assert store[SESSION_KEY] == str(person.pk)
    data = Session.objects.get().session_data
    Session.objects.update(session_data=data[:-1] + ("A" if data[-1] != "A" else "B"))
    assert asks_who_it_is(client)
