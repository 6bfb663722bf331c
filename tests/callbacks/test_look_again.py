"""What was entered a moment ago is never refused: what a callback names and nobody knows is looked up once more."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from recordings_site.callbacks import look_again
from recordings_site.callbacks.transactions import deadline
from recordings_site.policies.applications import actions
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.policies.revision.snapshot_loader import FromDatabase
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import ice, post, post_raw, signed

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 24
NEW_SECRET = "bmV3IHNlY3JldA=="


@pytest.fixture
def number(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> PhoneNumber:
    """A number whose calls are recorded, in a process that works as in production and has just looked."""
    settings.CALLBACK_THREADS = 1 if connection.vendor == "sqlite" else 4
    # A machine that runs all tests at once is slow: that calls wait no longer is not what is tested here.
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", 30.0)
    for module in (deadline, look_again):
        monkeypatch.setattr(module, "DATABASE_TIMEOUT", 30.0)
        monkeypatch.setattr(module, "SNAPSHOT_TIMEOUT", 30.0)
    how = {"destination": factories.destination().pk}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    assert post(made.application, ice(made.digits, call_id="known")).status_code == 200
    return made


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The changes of this test are made by another process: this one has looked just before, and does not know."""
    monkeypatch.setattr(snapshot, "forget", lambda: None)
    snapshot._holder.checked_at = time.monotonic() + 60
    yield
    snapshot._holder.checked_at = float("-inf")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the database was looked at, but for the look of each second, which a slow machine adds."""
    monkeypatch.setattr(snapshot, "is_due", lambda max_age=0.0: False)
    found: list[float] = []
    revision = FromDatabase.revision
    monkeypatch.setattr(FromDatabase, "revision", lambda self: (found.append(time.monotonic()), revision(self))[1])
    return found


def at_once(do: Callable[[int], HttpResponse]) -> list[HttpResponse]:
    """The answers to as many requests at once."""
    barrier = threading.Barrier(AT_ONCE)

    def one(number: int) -> HttpResponse:
        barrier.wait()
        return do(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def is_recorded(answer: HttpResponse) -> bool:
    """Whether a call is answered so that it is recorded."""
    assert answer.status_code == 200, answer.content
    return bool(svaml.recording_requests(json.loads(answer.content)))


def made_elsewhere(number: PhoneNumber) -> PhoneNumber:
    """Another application with another number, made a moment ago."""
    fields: dict[str, Any] = {"name": "New", "key": "new-key", "default_route": factories.CONNECT}
    application = actions.create_application(by=None, secret=factories.SECRET, **fields)
    return actions.create_number(
        by=None, digits="46200000000", application=application, team=factories.team(), policy=number.policy
    )


@pytest.mark.usefixtures("unseen")
def test_the_first_calls_of_a_new_application_are_all_answered(number: PhoneNumber) -> None:
    made = made_elsewhere(number)
    answers = at_once(lambda n: post(made.application, ice(made.digits, call_id=f"new {n}")))
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE


@pytest.mark.usefixtures("unseen")
def test_a_second_secret_counts_at_once(number: PhoneNumber) -> None:
    application = number.application
    actions.replace_secret(by=None, application=application, field="second_secret", secret=NEW_SECRET)
    answers = at_once(lambda n: post(application, ice(number.digits, call_id=f"rotated {n}"), secret=NEW_SECRET))
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE


@pytest.mark.usefixtures("unseen")
def test_a_new_number_is_answered_by_its_policy_at_once(number: PhoneNumber) -> None:
    made = actions.create_number(
        by=None, digits="46200000001", application=number.application, team=number.team, policy=number.policy
    )
    assert is_recorded(post(number.application, ice(made.digits, call_id="to a new number")))


def test_strangers_cause_ten_looks_a_second_and_no_more(number: PhoneNumber, looks: list[float]) -> None:
    body = json.dumps(ice(number.digits)).encode()
    headers = signed(number.application, body)
    stranger = headers | {"HTTP_AUTHORIZATION": headers["HTTP_AUTHORIZATION"].replace(number.application.key, "none")}
    began = time.monotonic()
    for _ in range(3):
        assert {answer.status_code for answer in at_once(lambda n: post_raw(body, stranger))} == {401}
    took = time.monotonic() - began
    assert len(looks) <= took / look_again.STRANGERS_EVERY + 2
    between = [later - earlier for earlier, later in pairwise(looks)]
    assert all(each > look_again.STRANGERS_EVERY / 2 for each in between)


def test_more_strangers_than_may_wait_are_refused_at_once(
    number: PhoneNumber, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_again._looks, "strangers", threading.BoundedSemaphore(1))
    assert look_again._looks.strangers.acquire(blocking=False)
    body = json.dumps(ice(number.digits)).encode()
    assert post_raw(body, signed(number.application, body, secret=NEW_SECRET)).status_code == 401
    assert looks == []
    assert post(number.application, ice(number.digits, call_id="beside them")).status_code == 200


@pytest.mark.usefixtures("unseen")
def test_without_a_database_what_is_known_counts(number: PhoneNumber, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: FromDatabase) -> str:
        raise OperationalError("connection refused")

    monkeypatch.setattr(FromDatabase, "revision", fail)
    answer = post(number.application, ice("46299999999", call_id="to an unknown number"))
    assert json.loads(answer.content)["action"]["name"] == "connectPstn"
    body = json.dumps(ice(number.digits)).encode()
    assert post_raw(body, signed(number.application, body, secret=NEW_SECRET)).status_code == 401
