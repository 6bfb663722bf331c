"""Planted secrets: a crawl by every role, provoked errors, logs and database show none of them."""

import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application
from tests import factories, sinch_posts
from tests.journeys.site_map import routes
from tests.journeys.worlds import ADMIN, World, small_world
from tests.scale import scaled

pytestmark = pytest.mark.django_db

# Four secrets each.
EACH = scaled(10, 50)


@dataclass
class Canaries:
    """The planted secrets, and where one was seen."""

    planted: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def plant(self) -> str:
        """One more secret that nothing else in the world contains."""
        self.planted.append("canary" + secrets.token_hex(12))
        return self.planted[-1]

    def look(self, where: str, text: str) -> None:
        """Remember `where` when `text` shows the middle of any secret; a masked tail may show its end."""
        if "canary" in text or any(secret[6:18] in text for secret in self.planted):
            self.seen.append(where)


@pytest.fixture
def canaries() -> Canaries:
    """None yet."""
    return Canaries()


@pytest.fixture
def world(canaries: Canaries) -> World:
    """The small world, and besides it many destinations and applications with two planted secrets each."""
    made = small_world()
    for _ in range(EACH):
        destination = factories.destination()
        for name in ("write_credentials", "read_credentials"):
            sealed = factories.seal(
                f"AKIA{secrets.token_hex(6)}:{canaries.plant()}:eu-north-1", "destination", destination.pk, name
            )
            Destination.objects.filter(pk=destination.pk).update(**{name: sealed})
        application = factories.application()
        for name in ("secret", "second_secret"):
            sealed = factories.seal(canaries.plant(), "application", application.pk, name)
            Application.objects.filter(pk=application.pk).update(**{name: sealed})
    return made


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that anything logs, as the site's own formatter writes it."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def signed_in(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def visit(client: Client, url: str, canaries: Canaries, method: str = "GET", data: Any = None) -> None:
    """Send one request and look at all that comes back."""
    answer = client.generic(method, url) if data is None else client.post(url, data)
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[call-overload]
    canaries.look(f"{method} {url}", str(answer.headers) + body.decode(errors="replace"))


def database() -> Iterator[tuple[str, str]]:
    """Every row of the site's own tables, and its sessions', as text."""
    for model in apps.get_models():
        for row in model._default_manager.all():
            values = {name: getattr(row, name) for name in (field.attname for field in model._meta.concrete_fields)}
            yield f"{model._meta.label} {row.pk}", repr(values)


def test_no_page_shows_a_planted_secret_to_anybody(
    world: World, canaries: Canaries, log: pytest.LogCaptureFixture
) -> None:
    assert len(canaries.planted) == 4 * EACH
    for person in world.people.values():
        client = signed_in(person)
        for route in routes():
            visit(client, route.url(world.values), canaries)
    admin = signed_in(world.people[ADMIN])
    for route in routes():
        for param, model in (("destination_id", Destination), ("application_id", Application)):
            if param in route.params:
                for pk in list(model.objects.values_list("pk", flat=True))[::5]:
                    visit(admin, route.url({**world.values, param: pk}), canaries)
    canaries.look("the log", log.text)
    assert canaries.seen == []


def test_a_form_that_is_refused_sends_no_secret_back(
    world: World, canaries: Canaries, log: pytest.LogCaptureFixture
) -> None:
    names = [
        "write_key",
        "write_secret",
        "read_key",
        "read_secret",
        "write_token",
        "read_token",
        "token",
        "secret",
        "second_secret",
        "credentials",
        "write_credentials",
        "read_credentials",
        "password",
        "password1",
        "password2",
        "oldpassword",
    ]
    admin, anybody = signed_in(world.people[ADMIN]), Client(raise_request_exception=False)
    for route in routes():
        typed = {name: canaries.plant() for name in names}
        if route.name in {"account_logout", "person_standing"}:
            continue
        visit(admin, route.url(world.values), canaries, "POST", typed)
        visit(anybody, route.url(world.values), canaries, "POST", typed)
    visit(anybody, "/accounts/login/", canaries, "POST", {"login": "a@example.com", "password": canaries.plant()})
    canaries.look("the log", log.text)
    assert canaries.seen == []


def test_neither_the_rows_nor_the_log_of_a_recorded_call_hold_a_secret(
    canaries: Canaries, log: pytest.LogCaptureFixture
) -> None:
    destination = factories.destination()
    sealed = factories.seal(canaries.plant(), "destination", destination.pk, "write_credentials")
    Destination.objects.filter(pk=destination.pk).update(write_credentials=sealed)
    number = factories.number(policy=factories.policy(), destination=destination)
    answer = sinch_posts.post(number.application, sinch_posts.ice(number.digits))
    assert canaries.planted[0] in json.dumps(json.loads(answer.content)), "the signed answer alone carries them"
    for where, text in database():
        canaries.look(where, text)
    canaries.look("the log", log.text)
    client = signed_in(factories.admin())
    for path in ("/recordings/", "/activity/", "/status/", "/live/", "/"):
        visit(client, path, canaries)
    assert canaries.seen == []


def test_the_database_holds_planted_secrets_sealed_alone(world: World, canaries: Canaries) -> None:
    for where, text in database():
        canaries.look(where, text)
    assert canaries.seen == []
