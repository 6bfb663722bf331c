"""Planted secrets: a crawl by every role, provoked errors, mails, metrics, commands, logs and a dump show none."""

import base64
import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts import actions as people
from recordings_site.accounts import anchors
from recordings_site.accounts.models import Role, User
from recordings_site.destinations import anchor_bucket
from recordings_site.destinations.models import Destination
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.editor import publishing
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import Application
from recordings_site.recordings.annotations.actions import add_comment
from recordings_site.tasks import registry
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


def dump() -> Iterator[tuple[str, str]]:
    """Every column of every table, as a dump of the database holds it: those that no model names, too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                bytes_too = (bytes(each) if isinstance(each, memoryview) else each for each in row)
                yield table, repr([each.decode("latin-1") if isinstance(each, bytes) else each for each in bytes_too])


def test_a_dump_after_a_day_of_work_holds_planted_secrets_sealed_alone(
    world: World, canaries: Canaries, log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    a_day_of_work(world, canaries, tmp_path)
    for where, text in dump():
        canaries.look(where, text)
    canaries.look("the log", log.text)
    assert canaries.seen == []


def test_mails_metrics_and_commands_show_no_planted_secret(
    world: World, canaries: Canaries, capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    settings.METRICS_TOKEN = "a token of the metrics"
    mail.outbox.clear()
    a_day_of_work(world, canaries, tmp_path)
    subjects = " ".join(str(message.subject) for message in mail.outbox)
    for expected in ("Your access", "approval", "Audit trail", "mentioned you"):
        assert expected in subjects
    for message in mail.outbox:
        canaries.look(f"the mail “{message.subject}”", str(message.message()))
    metrics = Client().get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert b"recordings_site_destinations_failing" in metrics.content
    canaries.look("the metrics", metrics.content.decode())
    number = factories.number(policy=factories.policy(), destination=Destination.objects.in_use()[0])
    snapshot.forget()
    commands = (
        ["policies", "export"],
        ["render_svaml", "--number", number.e164],
        ["check_destination"],
        ["verify_audit"],
        ["rotate_credentials_keys", "--dry-run"],
    )
    for command in commands:
        try:
            call_command(*command)
        except (CommandError, SystemExit) as error:
            canaries.look(f"the error of {command[0]}", repr(error))
        shown = capsys.readouterr()
        canaries.look(f"the command {command[0]}", shown.out + shown.err)
        assert shown.out, command
    assert canaries.seen == []


def a_day_of_work(world: World, canaries: Canaries, folder: Path) -> None:
    """What writes rows, mails and logs: calls, secrets replaced, checks that fail, invitations, mentions, anchors."""
    admin, other = world.people[ADMIN], factories.admin(email="other@example.com")
    browser = signed_in(admin)
    place = factories.destination()
    typed = {"write_secret": canaries.plant(), "write_key": "AKIA1234567890AB", "read_mode": "keys"}
    browser.post(reverse("destination_credentials", args=[place.pk]), typed)
    application = factories.application()
    secret = base64.b64encode(canaries.plant().encode()).decode()
    canaries.planted.append(secret)
    browser.post(reverse("application_secret", args=[application.pk]), {"field": "second_secret", "secret": secret})
    sealed = factories.seal(f"AKIA:{canaries.plant()}", "destination", place.pk, "write_credentials")
    Destination.objects.filter(pk=place.pk).update(write_credentials=sealed, bucket="not there")
    number = factories.number(policy=factories.policy(), destination=place)
    sinch_posts.post(number.application, sinch_posts.ice(number.digits))
    browser.post(reverse("destination_check", args=[place.pk]))
    with TestCase.captureOnCommitCallbacks(execute=True):
        people.invite_person(by=admin, email="new@example.com", role=Role.ADMIN)
        people.invite_person(by=admin, email="listener@example.com", role=Role.SUPPORT)
    add_comment(by=admin, recording=factories.recording(), at=1.0, end=None, text=f"@{other.email} listen")
    document = {"otherwise_record": True, "how": {"destination": place.pk}, "route": factories.CONNECT}
    policy = publishing.create_policy(by=admin, name="Proposed", document=parse(document))
    anchored = {"AUDIT_ANCHOR_EMAIL": "auditor@example.org", "AUDIT_ANCHOR_FILE": str(folder / "heads")}
    with override_settings(POLICY_APPROVAL=True, **anchored):
        publishing.publish(by=admin, policy=policy, reason="to be approved")
        anchors.anchor_if_due(timezone.now(), anchor_bucket.places())
    drain(registry.load())
