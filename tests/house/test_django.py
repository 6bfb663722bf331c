"""What Django's own checks have to say: nothing, also of a production's settings."""

import base64
import re
import secrets
import sys
from pathlib import Path

from tests.house import run, run_unchecked

PRODUCTION = {
    "DEMO": "0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "CREDENTIALS_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "PUBLIC_URL": "https://recordings.example.com",
    "DATABASE_URL": "postgresql://recordings@db.example.com/recordings",
    "EMAIL_URL": "smtp://mail.example.com:25",
    "BEHIND_PROXY": "1",
}


def manage(*arguments: str) -> tuple[str, ...]:
    """The command line of a command of the site."""
    return (sys.executable, "manage.py", *arguments)


def test_every_change_of_a_model_has_its_migration() -> None:
    run(*manage("makemigrations", "--check", "--dry-run"))


def test_migrations_are_named_by_hand() -> None:
    listed = run_unchecked(*manage("showmigrations", "--plan"), DATABASE_URL="sqlite://:memory:").stdout
    assert "0001_initial" in listed
    assert not re.findall(r"recordings_site\S*|\b\w+\.\d{4}_auto_\d+", listed)


def test_a_production_passes_every_deployment_check() -> None:
    run(*manage("check", "--deploy", "--fail-level", "WARNING"), **PRODUCTION)


def test_settings_are_read_from_files_too(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(PRODUCTION["SECRET_KEY"])
    without = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    run(*manage("check", "--deploy", "--fail-level", "WARNING"), **without, SECRET_KEY_FILE=str(file))


def test_what_the_database_url_asks_of_the_connection_is_kept() -> None:
    program = "from recordings_site.settings import DATABASES; print(*sorted(DATABASES['default']['OPTIONS']))"
    production = PRODUCTION | {"DATABASE_URL": PRODUCTION["DATABASE_URL"] + "?sslmode=require"}
    assert run_unchecked(sys.executable, "-c", program, **production).stdout.split() == [
        "connect_timeout",
        "pool",
        "sslmode",
    ]
