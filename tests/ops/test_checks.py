"""Production refuses to start with secrets that are missing or known to everybody, and names them."""

import base64
import os
import secrets
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from recordings_site.ops import checks
from tests import factories
from tests.house import ROOT

KEYS = "k1:" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Settings of a production that lacks nothing."""
    settings.DEMO = False
    settings.PUBLIC_URL = "https://recordings.example.com"
    settings.SECRET_KEY = settings.AUDIT_KEY = secrets.token_urlsafe(50)
    settings.DATABASE_CHOSEN = True
    settings.CREDENTIALS_KEYS = KEYS
    return settings


def complaints() -> str:
    """All that the check says."""
    return " ".join(f"{found.id} {found.msg} {found.hint}" for found in checks.check_secrets(None))


def test_a_demo_on_this_machine_needs_no_secrets() -> None:
    assert complaints() == ""


def test_a_demo_that_others_can_reach_needs_its_own_secrets(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://demo.example.com"
    assert "SECRET_KEY is the demo’s" in complaints()
    assert "CREDENTIALS_KEYS contains the demo’s key" in complaints()


def test_a_complete_production_starts(production: Settings) -> None:
    assert complaints() == ""
    checks.exit_if_misconfigured()


@pytest.mark.parametrize("key", ["x", "s" * 60, "abcabcabc" * 10])
def test_a_key_that_can_be_guessed_stops_the_start(production: Settings, key: str) -> None:
    production.AUDIT_KEY = key
    assert "AUDIT_KEY can be guessed" in complaints()
    production.SECRET_KEY = key
    assert "SECRET_KEY can be guessed" in complaints()


def test_the_demos_key_is_no_earlier_key_either(production: Settings) -> None:
    production.SECRET_KEY_FALLBACKS = [production.DEMO_SECRET_KEY]
    assert "The keys include the demo’s key" in complaints()


def test_a_database_is_chosen_and_never_one_that_happens_to_be_there(production: Settings) -> None:
    production.DATABASE_CHOSEN = False
    assert "DATABASE_URL is missing" in complaints()


@pytest.mark.parametrize("name", ["SECRET_KEY", "CREDENTIALS_KEYS", "PUBLIC_URL"])
def test_what_is_missing_is_named_with_its_remedy(production: Settings, name: str) -> None:
    setattr(production, name, "")
    assert f"{name} is missing." in complaints()
    assert "None" not in complaints()


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("k1:short", "Key k1 of CREDENTIALS_KEYS isn’t valid base64."),
        ("k1:c2hvcnQ=", "has 5 bytes; it needs 32"),
        ("k1=abc", "must look like id:base64"),
    ],
)
def test_a_key_ring_that_cannot_be_read_is_explained(production: Settings, keys: str, complaint: str) -> None:
    production.CREDENTIALS_KEYS = keys
    assert complaint in complaints()


def test_the_demos_key_under_another_name_is_recognised(production: Settings) -> None:
    production.CREDENTIALS_KEYS = f"{KEYS},mine:{production.DEMO_CREDENTIALS_KEYS.partition(':')[2]}"
    assert "contains the demo’s key" in complaints()


def test_no_complaint_shows_a_secret(production: Settings) -> None:
    production.SECRET_KEY = production.DEMO_SECRET_KEY
    production.CREDENTIALS_KEYS = "k1:canary-canary"
    assert "canary" not in complaints()
    assert production.DEMO_SECRET_KEY not in complaints()


@pytest.mark.django_db
def test_a_local_destination_is_refused_in_production(production: Settings) -> None:
    made = factories.destination(name="Folder here")
    with pytest.raises(SystemCheckError, match="'Folder here' is a folder on this machine"):
        call_command("check", databases=["default"])
    made.archived_at = factories.LONG_AGO
    made.save()
    call_command("check", databases=["default"])


def test_the_web_server_does_not_start_without_secrets() -> None:
    without = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run(
        [sys.executable, "-c", "import recordings_site.wsgi"],
        cwd=ROOT,
        env=without | {"DJANGO_SETTINGS_MODULE": "recordings_site.settings"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    for name in ("SECRET_KEY", "CREDENTIALS_KEYS", "PUBLIC_URL"):
        assert f"{name} is missing." in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_by_role_name_roles_and_leave_time(production: Settings) -> None:
    production.TWO_STEP_ROLES = ["admins"]
    production.SESSION_HOURS = {**production.SESSION_HOURS, "admin": 0}
    found = complaints()
    assert "TWO_STEP_ROLES contains unknown roles: admins." in found
    assert "A session of zero length" in found
