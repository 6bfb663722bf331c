"""Connecting an application: the checklist turns as its steps are done, each with its remedy; the relay's page."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from recordings_site.accounts.models import AuditEvent, Team, User
from recordings_site.callbacks import last_seen
from recordings_site.callbacks.connecting import checklist
from recordings_site.callbacks.relaying import relay
from recordings_site.policies.applications import actions, actions_connect
from recordings_site.policies.applications.actions_connect import Imported
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application, CallbackMode, PhoneNumber
from recordings_site.recordings.models import State
from recordings_site.simulator.rest import Account, ErrorResponse, serving
from recordings_site.sinch import signing, svaml
from tests import factories, upstream
from tests.sinch_posts import dice, ice, post

pytestmark = pytest.mark.django_db

OURS = "https://recordings.example.com/callbacks/sinch/"


@pytest.fixture
def application(settings: Settings) -> Application:
    """An application of which nothing is known but key and secret."""
    settings.PUBLIC_URL = "https://recordings.example.com"
    last_seen.forget()
    return factories.application()


@pytest.fixture
def account(application: Application, settings: Settings) -> Iterator[Account]:
    """What Sinch knows of it."""
    numbers = {"+46812345678": application.key, "+46812345679": "", "+46812345680": "another application"}
    known = Account(
        {application.key: factories.SECRET}, numbers, {application.key: {"primary": "https://old.example/"}}
    )
    with serving(known) as url:
        settings.SINCH_CALLING_URL = settings.SINCH_CONFIGURATION_URL = url
        yield known


@pytest.fixture
def admin(client: Client) -> User:
    """An admin who is signed in."""
    person = factories.admin()
    client.force_login(person)
    return person


def states(application: Application) -> dict[str, str]:
    """The checklist's steps and their states."""
    application.refresh_from_db()
    return {step.name: step.state for step in checklist.checklist(application)}


def test_the_checklist_turns_step_by_step(
    application: Application, account: Account, admin: User, client: Client
) -> None:
    path = f"/applications/{application.pk}/connect/"
    assert set(states(application).values()) == {"open"}
    client.post(f"{path}ask/")
    assert states(application) | {"key": "done", "callbacks": "wrong"} == states(application)
    assert "https://old.example/" in client.get(path).content.decode()
    client.post(f"{path}callbacks/", {"fallback": "https://fallback.example/callbacks/sinch/"})
    assert account.callbacks[application.key] == {
        "primary": OURS, "fallback": "https://fallback.example/callbacks/sinch/",
    }  # fmt: skip
    assert states(application)["callbacks"] == "done"
    team = factories.team()
    page = client.get(f"{path}numbers/").content.decode()
    assert "Another application" in page
    client.post(f"{path}numbers/", {"numbers": ["+46812345678", "+46812345679"], "team": team.pk, "assign": "on"})
    assert account.numbers["+46812345679"] == application.key
    assert set(PhoneNumber.objects.values_list("digits", "team")) == {
        ("46812345678", team.pk),
        ("46812345679", team.pk),
    }
    assert states(application)["numbers"] == "done"
    snapshot.forget()
    post(application, ice("46812345678"))
    assert states(application) | {"callback": "done"} == states(application)
    number = PhoneNumber.objects.get(digits="46812345678")
    factories.recording(call=factories.call(number=number), state=State.AVAILABLE)
    assert set(states(application).values()) == {"done"}
    assert "5 of 5" in client.get(path).content.decode()
    assert {event.action for event in AuditEvent.objects.filter(actor_email=admin.email)} == {
        "application.asked_sinch", "application.callbacks_set", "number.created",
    }  # fmt: skip


def test_a_wrong_secret_is_told_and_never_shown(
    application: Application, account: Account, admin: User, client: Client
) -> None:
    account.secrets[application.key] = "YW5vdGhlciBzZWNyZXQ="
    page = client.post(f"/applications/{application.pk}/connect/ask/", follow=True).content.decode()
    assert "Invalid signature" in page
    assert states(application)["key"] == "wrong"
    assert factories.SECRET not in page


def test_a_new_secret_is_checked_at_once(
    application: Application, account: Account, admin: User, client: Client
) -> None:
    path = f"/applications/{application.pk}/secret/"
    page = client.post(path, {"field": "secret", "secret": "YW5vdGhlciBzZWNyZXQ="}, follow=True).content.decode()
    assert "Invalid signature" in page
    client.post(path, {"field": "secret", "secret": factories.SECRET})
    assert states(application)["key"] == "done"


def test_a_sinch_that_cannot_be_reached_is_told_on_each_page(
    application: Application, admin: User, client: Client
) -> None:
    path = f"/applications/{application.pk}/connect/"
    assert "can’t be reached" in client.get(f"{path}numbers/").content.decode()
    assert "can’t be reached" in client.post(f"{path}callbacks/", {"fallback": ""}, follow=True).content.decode()
    assert states(application)["callbacks"] == "open"


def test_numbers_that_sinch_does_not_assign_are_not_imported(
    application: Application, account: Account, admin: User, client: Client
) -> None:
    path = f"/applications/{application.pk}/connect/numbers/"
    data = {"numbers": ["+46812345679"], "team": factories.team().pk, "assign": "on"}
    account.errors_by_method = {"POST": ErrorResponse(403, 40300, "Not yours")}
    page = client.post(path, data, follow=True).content.decode()
    assert "none were imported" in page
    assert "Not yours" in page
    assert not PhoneNumber.objects.exists()


def test_a_secret_is_rotated_without_losing_a_callback(application: Application, admin: User, client: Client) -> None:
    new = "bmV3IHNlY3JldCBvZiBhIHRlc3Q="
    client.post(f"/applications/{application.pk}/connect/rotate/")
    application.refresh_from_db()
    assert application.secret
    actions.replace_secret(by=admin, application=application, field="second_secret", secret=new)
    for secret in (factories.SECRET, new):
        snapshot.forget()
        assert post(application, dice(call_id=secret[:8]), secret=secret).status_code == 200
    client.post(f"/applications/{application.pk}/connect/rotate/")
    snapshot.forget()
    assert post(application, dice(call_id="a"), secret=new).status_code == 200
    assert post(application, dice(call_id="b"), secret=factories.SECRET).status_code == 401
    application.refresh_from_db()
    assert application.second_secret == ""
    assert signing.decode_secret(new)


def test_the_relays_page_says_what_happened(application: Application, admin: User, client: Client) -> None:
    path = f"/applications/{application.pk}/connect/"
    theirs = svaml.document(svaml.connect_pstn("+46771111111"))
    with upstream.serving(answers={"ice": theirs}) as their:
        client.post(f"{path}relay/", {"mode": "relay", "url": their.url, "timeout_ms": "1500"})
        application.refresh_from_db()
        assert (application.callback_mode, application.upstream_timeout_ms) == (CallbackMode.RELAY, 1500)
        snapshot.forget()
        for place in range(4):
            post(application, ice("4699", call_id=f"call {place}"))
        their.answers["ice"] = 500
        post(application, ice("4699", call_id="call 5"))
    relay.forget()
    figures = checklist.upstream_figures(application)
    assert (figures.asked, figures.answered, figures.failed) == (5, 4, 1)
    assert figures.p95 is not None
    page = client.get(path).content.decode()
    assert "It answered with status 500." in page
    assert "of 1500 ms allowed" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mode": "relay", "url": "", "timeout_ms": "700"}, "Enter the upstream URL"),
        (
            {"mode": "relay", "url": "https://user:secret@their.example/", "timeout_ms": "700"},
            "Remove the user name and password",
        ),
        ({"mode": "relay", "url": "https://their.example/", "timeout_ms": "9000"}, "2000"),
        ({"mode": "sing", "url": "https://their.example/", "timeout_ms": "900"}, "sing"),
    ],
)
def test_a_relay_that_cannot_work_is_refused_at_its_field(
    application: Application, admin: User, client: Client, data: dict[str, str], words: str
) -> None:
    response = client.post(f"/applications/{application.pk}/connect/relay/", data)
    assert response.status_code == 422
    assert words in response.content.decode()
    application.refresh_from_db()
    assert application.callback_mode == CallbackMode.ANSWER


def test_when_callbacks_came_is_noted_once_a_minute(application: Application) -> None:
    post(application, dice(call_id="a"))
    application.refresh_from_db()
    first = application.last_callback_at
    assert first is not None
    assert application.first_callback_at == first
    post(application, dice(call_id="b"))
    application.refresh_from_db()
    assert application.last_callback_at == first


def test_numbers_that_are_known_are_left_as_they_are(application: Application, admin: User) -> None:
    team = Team.objects.create(name="Sales")
    known = factories.number(application=application, digits="46812345678", label="Known")
    count = actions_connect.store_numbers(
        by=admin, application=application, numbers=[Imported("46812345678", team, "New"), Imported("46812345679", team)]
    )
    known.refresh_from_db()
    assert (count, known.label) == (1, "Known")


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/", "https://127.0.0.1/", "http://public.example/"])
def test_an_upstream_that_is_not_public_is_refused_wherever_it_is_entered(
    application: Application, admin: User, client: Client, settings: Settings, url: str
) -> None:
    settings.ADDRESSES_ALLOWED = []
    relayed = {"mode": CallbackMode.RELAY, "url": url, "timeout_ms": "2000"}
    answer = client.post(f"/applications/{application.pk}/connect/relay/", relayed)
    assert answer.status_code == 422
    assert "ADDRESSES_ALLOWED" in answer.content.decode()
    answer = client.post(f"/applications/{application.pk}/", {"callback_mode": CallbackMode.RELAY, "upstream_url": url})
    assert "ADDRESSES_ALLOWED" in answer.content.decode()
    application.refresh_from_db()
    assert application.upstream_url == ""
