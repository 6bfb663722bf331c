"""A wrong setting is said in one sentence on the command line, without the address that holds a password."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT

SECRET = "pa55word"


def said(tmp_path: Path, **settings: str) -> tuple[int, str]:
    """The code with which a command ends, and all that it prints."""
    environment = dict(os.environ) | {"DEMO": "1", "DATA_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"} | settings
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "recordings_site", "migrate", "--check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": f"postgresql://u:{SECRET}@host:port/db"}, "DATABASE_URL isn’t a valid database URL."),
        ({"DATABASE_URL": f"u:{SECRET}@host"}, "DATABASE_URL isn’t a valid database URL."),
        ({"DATABASE_URL": f"postgresql://u:{SECRET}@127.0.0.1:1/db"}, "The database cannot be used"),
        ({"PUBLIC_URL": "recordings.example.com"}, "PUBLIC_URL isn’t a valid site URL. Use https://"),
        ({"PUBLIC_URL": "https://[::1"}, "PUBLIC_URL isn’t a valid site URL."),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    code, text = said(tmp_path, **settings)
    assert code == 1
    assert words in text
    assert "Traceback" not in text
    assert SECRET not in text
