"""The house's own rules, checked over the whole code."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, **environment: str) -> None:
    """Run a program of the virtual environment in the checkout; fail with all that it printed."""
    done = run_unchecked(*command, **environment)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"


def run_unchecked(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of the virtual environment in the checkout, with its errors among its output."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=_environment() | environment,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def tracked(*patterns: str) -> list[Path]:
    """The files under version control that match the patterns, or that are about to be."""
    listed = subprocess.run(
        # The checkout may be somebody else's: git would refuse to look.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(file for file in files if file.is_file())


def _environment() -> dict[str, str]:
    """Ours, with the programs of this virtual environment first and the site's settings, not the tests'."""
    # The last is what the browser tests, which may have run before in this process, leave behind.
    not_ours = {"DJANGO_SETTINGS_MODULE", "DATA_DIR", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    ours = {name: value for name, value in os.environ.items() if name not in not_ours}
    return ours | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{ours.get('PATH', '')}", "DEMO": "1"}
