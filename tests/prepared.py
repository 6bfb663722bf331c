"""What running sites and servers begin with, made once per run and copied: migrated databases, collected static files.

The processes of a run share the folder that `FOLDER_NAME` names in their environment (tests.conftest sets it);
a bench has one of its own.
"""

import atexit
import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.house import ROOT

FOLDER_NAME = "PREPARED_FOLDER"
DATABASE = "recordings.sqlite3"


def copy_of_site(folder: Path) -> None:
    """Fill a new site's DATA_DIR: its SQLite database, migrated, and its static files."""
    shutil.copytree(once("site", _make_site), folder, dirs_exist_ok=True)


def migrate(environment: dict[str, str]) -> None:
    """Migrate the database that the environment names."""
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)


def environment_of(folder: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a site's programs: its files in `folder`, its database there or at the address."""
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "tests.running_settings",
        "DEMO": "1",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url or f"sqlite:///{folder}/{DATABASE}",
        "LOG_LEVEL": "ERROR",
    }


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of this name, which `make` fills when no process of the run has; the others wait for it."""
    place = _folder() / name
    with (_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            made = _folder() / f"{name}.new"
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            make(made)
            made.rename(place)
    return place


def _make_site(folder: Path) -> None:
    environment = environment_of(folder)
    migrate(environment)
    collect = [sys.executable, "manage.py", "collectstatic", "--verbosity=0", "--no-input"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)


@functools.cache
def _folder() -> Path:
    if shared := os.environ.get(FOLDER_NAME):
        return Path(shared)
    own = Path(tempfile.mkdtemp(prefix="recordings-prepared-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own
