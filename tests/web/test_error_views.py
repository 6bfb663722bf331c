"""Pages for what went wrong: plain words, the frame of the site, nothing of the fault itself."""

from typing import Any

import pytest
from allauth.core.ratelimit import respond_429
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views import defaults

from tests import factories
from tests.no_database import no_connection_left


def breaks(request: HttpRequest) -> HttpResponse:
    """A view with a bug that mentions a secret."""
    raise RuntimeError("canary-of-an-exception")


class Broken:
    """The site's URL map with a broken page in front of it."""

    def __init__(self) -> None:
        from recordings_site import urls

        self.urlpatterns = [path("broken/", breaks), *urls.urlpatterns]
        self.handler500 = urls.handler500


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "support"])
def test_a_page_that_is_not_says_so_inside_the_frame_of_the_site(who: str) -> None:
    client = Client()
    if who == "support":
        client.force_login(factories.user())
    answer = client.get("/there/is/nothing/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Page not found" in page
    assert ("Main navigation" in page) == (who == "support")


@pytest.mark.django_db
def test_a_bug_shows_a_page_without_the_fault(settings: Any) -> None:
    settings.ROOT_URLCONF = Broken()
    answer = Client(raise_request_exception=False).get("/broken/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert "canary" not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("accepts", "kind"), [("text/html,*/*;q=0.8", "text/html"), ("*/*", "text/plain"), ("text/plain", "text/plain")]
)
def test_a_database_without_a_connection_is_told_and_is_no_bug(accepts: str, kind: str) -> None:
    client = Client(raise_request_exception=False, headers={"Accept": accepts})
    client.force_login(factories.user())
    with no_connection_left():
        answer = client.get("/recordings/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert answer["Content-Type"].startswith(kind)
    assert "This usually takes less than a minute." in answer.content.decode()
    assert client.get("/recordings/").status_code == 200, "when one is free again, it goes on"


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.admin())
    answer = client.post("/teams/", {"name": "Berlin"})
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()


@pytest.mark.django_db
def test_who_may_not_and_who_asks_too_often_get_pages_of_the_site() -> None:
    request = RequestFactory().get("/")
    request.user = factories.user()
    refused = defaults.permission_denied(request, PermissionDenied())
    assert (refused.status_code, "You can’t do this" in refused.content.decode()) == (403, True)
    slowed = respond_429(request)
    assert (slowed.status_code, "Wait a minute and try again." in slowed.content.decode()) == (429, True)


def test_an_unreadable_request_gets_a_page_of_its_own() -> None:
    answer = defaults.bad_request(RequestFactory().get("/"), ValueError())
    assert "couldn’t read this request" in answer.content.decode()


@pytest.mark.django_db
def test_every_page_is_sent_with_the_strict_policy_and_is_not_framed() -> None:
    answer = Client().get("/accounts/login/")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["media-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
