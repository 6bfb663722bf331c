"""Destinations are made and changed with an audit row each, and their secrets never lie open."""

import base64
from unittest.mock import patch

import pytest
from django.db import connection
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.kinds.base import ReadMode
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import SealingError
from recordings_site.storage import StoreMisconfigured
from tests import factories

pytestmark = pytest.mark.django_db
WRITE = "AKIAWRITEWRITEWRITE1:canary-write-secret:eu-central-1"
READ = "AKIAREADREADREADREA2:canary-read-secret"


@pytest.fixture
def admin() -> User:
    return User.objects.create(email="admin@example.com", role=User.Role.ADMIN)


@pytest.fixture
def destination(admin: User) -> Destination:
    return actions.create_destination(
        by=admin, name="Calls", kind="s3", bucket="calls", prefix="eu/", sets=CredentialSets(WRITE, READ)
    )


def everything_stored() -> str:
    """All that the database holds of destinations and audit, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("destinations_destination", "accounts_auditevent"):
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    return repr(rows)


def test_secrets_are_sealed_and_open_again(destination: Destination) -> None:
    stored = Destination.objects.get()
    assert stored.decrypted("write_credentials") == WRITE
    assert stored.decrypted("read_credentials") == READ
    assert "canary" not in everything_stored()
    assert (stored.write_tail, stored.read_tail) == ("…ITE1", "…REA2")
    assert stored.write_fingerprint != stored.read_fingerprint


def test_a_secret_does_not_open_in_another_row_or_field(destination: Destination, admin: User) -> None:
    other = actions.create_destination(by=admin, name="Other", kind="s3", bucket="b", sets=CredentialSets(READ, WRITE))
    other.write_credentials = destination.write_credentials
    with pytest.raises(SealingError):
        other.decrypted("write_credentials")
    destination.read_credentials = destination.write_credentials
    with pytest.raises(SealingError):
        destination.decrypted("read_credentials")


def test_each_change_has_its_audit_row_without_secrets(destination: Destination, admin: User) -> None:
    actions.update_destination(by=admin, destination=destination, name="Calls EU", prefix="europe/")
    actions.replace_credentials(
        by=admin, destination=destination, sets=CredentialSets(write="AKIANEW:canary-3:eu-west-1")
    )
    actions.archive_destination(by=admin, destination=destination)
    rows = list(AuditEvent.objects.order_by("id").values_list("action", "actor_email"))
    assert rows == [
        (f"destination.{what}", "admin@example.com")
        for what in ("created", "changed", "credentials_replaced", "archived")
    ]
    assert AuditEvent.objects.get(action="destination.changed").data == {
        "name": ["Calls", "Calls EU"],
        "prefix": ["eu/", "europe/"],
    }
    assert Destination.objects.get().decrypted("read_credentials") == READ
    assert "canary" not in everything_stored()


def test_resealing_moves_secrets_to_the_first_key_once(destination: Destination, settings: Settings) -> None:
    settings.CREDENTIALS_KEYS = f"next:{base64.b64encode(b'n' * 32).decode()},{settings.CREDENTIALS_KEYS}"
    assert Destination.objects.get().decrypted("write_credentials") == WRITE
    assert actions.reseal(row=destination, fields=("write_credentials", "read_credentials")) == 2
    assert actions.reseal(row=destination, fields=("write_credentials", "read_credentials")) == 0
    stored = Destination.objects.get()
    assert stored.write_credentials.startswith("next.")
    assert (stored.decrypted("write_credentials"), stored.decrypted("read_credentials")) == (WRITE, READ)


@pytest.mark.parametrize(
    ("secret", "tail"),
    [(WRITE, "…ITE1"), ("A" * 88, ""), ("short:secret", ""), ('{"type": "service_account"}', ""), ("sv=1&sig=abc", "")],
)
def test_only_the_end_of_an_access_key_is_ever_shown(secret: str, tail: str) -> None:
    assert actions.shown(secret) == tail


def test_a_bucket_finds_its_destination_with_the_longest_prefix(destination: Destination, admin: User) -> None:
    deeper = actions.create_destination(
        by=admin, name="Deeper", kind="s3", bucket="calls", prefix="eu/stockholm/", sets=CredentialSets()
    )
    assert list(Destination.objects.at("s3", "", "calls")) == [deeper, destination]
    assert not Destination.objects.at("gs", "", "calls")


@pytest.mark.parametrize("kind", ["azure", "gs"])
def test_the_machines_token_is_shown_to_endpoints_of_the_setting_alone(kind: str, settings: Settings) -> None:
    endpoint = "https://store.example.com"
    place = factories.destination(kind=kind, account="account", endpoint=endpoint, read_mode=ReadMode.AMBIENT)
    with pytest.raises(StoreMisconfigured, match="isn’t sent to https"):
        place.read_store()
    settings.ADDRESSES_ALLOWED = ["store.example.com"]
    with patch("recordings_site.destinations.models.open_store") as opened:
        place.read_store()
    opened.assert_called_once_with(place.location, None, anew=False)
