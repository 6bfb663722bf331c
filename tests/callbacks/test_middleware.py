"""Callbacks come in before all that is for people, and never without the encryption that the site insists on."""

import json

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from recordings_site.policies.engine import snapshot
from tests import factories
from tests.sinch_posts import PATH, ice, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> tuple[bytes, dict[str, str]]:
    """A signed ICE."""
    number = factories.number()
    snapshot.forget()
    body = json.dumps(ice(number.digits)).encode()
    return body, signed(number.application, body)


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/")])
def test_a_callback_is_answered_before_sessions_and_pages_are_thought_of(
    call: tuple[bytes, dict[str, str]], path: str, settings: Settings
) -> None:
    body, headers = call
    behind = settings.MIDDLEWARE.index("recordings_site.callbacks.middleware.callbacks_first") + 1
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:behind], "tests.callbacks.test_middleware.nobody_else"]
    answer = Client().post(path, body, headers.pop("CONTENT_TYPE"), **headers)
    assert answer.status_code == 200
    assert "action" in answer.json()
    assert answer.headers["Content-Length"] == str(len(answer.content))
    with pytest.raises(AssertionError, match="not for callbacks"):
        Client().get("/")


def nobody_else(get_response: object) -> object:
    """A middleware behind the door that lets nobody pass."""

    def answer(request: object) -> None:
        raise AssertionError("not for callbacks")

    return answer


def test_where_https_is_insisted_on_nothing_is_answered_in_clear(
    call: tuple[bytes, dict[str, str]], settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    body, headers = call
    content_type = headers.pop("CONTENT_TYPE")
    assert Client().post(PATH, body, content_type, **headers).status_code == 301
    assert Client().post(PATH, body, content_type, secure=True, **headers).status_code == 200
