"""What operators install: a wheel that holds the site whole, and the commands of the units and of compose.yaml."""

import base64
import configparser
import contextlib
import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from recordings_site.callbacks.transactions import deadline
from recordings_site.policies.models import MAX_UPSTREAM_MS
from tests.house import ROOT, tracked
from tests.running_callbacks import signed
from tests.running_site import free_port, receive, request

OPS = ROOT / "recordings_site" / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
BIN = "/opt/recordings-site/bin/"
PREPARE = """
import django
django.setup()
from recordings_site.policies.applications import actions
route = {"action": "connectPstn", "number": "+46700000002", "cli": "{cli}"}
actions.create_application(by=None, name="App", key="app", secret="c2VjcmV0LW9mLXRoZS1hcHA=", default_route=route)
"""


def command_of(unit: Path) -> list[str]:
    """The command that a unit starts, without the folder of its program."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(unit)
    return shlex.split(parser["Service"]["ExecStart"].removeprefix(BIN))


def without_address(command: list[str]) -> list[str]:
    """A command without where it listens."""
    return [word for word in command if not re.fullmatch(r"[\d.]+:\d+", word)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [str(Path(sys.executable).with_name("uv")), "build", "--quiet", "--wheel", "--no-build-isolation"]
    # From a copy: whatever else the checkout holds must not come along by accident.
    source = tmp_path_factory.mktemp("source")
    for path in tracked("*"):
        if path.relative_to(ROOT).parts[0] != "tests":
            copy = source / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    subprocess.run([*command, "--python", sys.executable, "--out-dir", str(folder), str(source)], check=True)
    (found,) = folder.glob("*.whl")
    return found


@dataclass
class Installation:
    """The wheel, unpacked where no checkout is near, with the settings of a production on SQLite."""

    folder: Path
    environment: dict[str, str]
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, *command: str) -> str:
        """Run a program of the installation to its end and return what it printed."""
        done = subprocess.run(
            self._program(command), cwd=self.folder, env=self.environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *command: str) -> None:
        """Start a program of the installation, which is stopped at the end of the test."""
        with (self.folder / "log").open("ab") as log:
            started = subprocess.Popen(
                self._program(command), cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        self.started.append(started)

    def listening(self, *command: str) -> int:
        """Start a server of the units, on a free port, and return that once it listens."""
        port = free_port()
        self.start(*(f"127.0.0.1:{port}" if re.fullmatch(r"[\d.]+:\d+", word) else word for word in command))
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 5).close()
                return port
            assert self.started[-1].poll() is None, self.log
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop what was started."""
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(20)

    @property
    def log(self) -> str:
        """What the started programs printed."""
        return (self.folder / "log").read_text()

    def _program(self, command: tuple[str, ...]) -> list[str]:
        module = {"recordings-site": "recordings_site", "gunicorn": "gunicorn", "python": ""}[command[0]]
        return [sys.executable, *(["-m", module] if module else []), *command[1:]]


def secrets_of_a_production() -> dict[str, str]:
    """The settings that a production refuses to start without, and which programs and settings to use."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "recordings_site.settings",
        "PUBLIC_URL": "http://127.0.0.1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "SNAPSHOT_TOKEN": secrets.token_urlsafe(32),
    }


@pytest.fixture
def installation(wheel: Path, tmp_path: Path) -> Iterator[Installation]:
    code, folder = tmp_path / "code", tmp_path / "work"
    folder.mkdir()
    zipfile.ZipFile(wheel).extractall(code)
    environment = secrets_of_a_production() | {
        "PYTHONPATH": str(code),
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "SNAPSHOT_FILE": str(folder / "snapshot.sealed"),
    }
    found = Installation(folder, environment)
    yield found
    found.stop()


def exchange(port: int, sent: bytes) -> bytes:
    """Send a request and return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(sent)
        return receive(connection)


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.processes
def test_the_wheel_holds_the_site_whole_and_none_of_its_tests(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path.relative_to(ROOT) for path in tracked("recordings_site", "templates", "static")]
    files = [path for path in files if path.parts[:2] != ("static", "readme")]
    inside = {str(path if path.parts[0] == "recordings_site" else Path("recordings_site") / path) for path in files}
    assert packed == inside


@pytest.mark.processes
def test_an_installed_wheel_runs_every_command_of_the_units(installation: Installation) -> None:
    units = {unit.stem: command_of(unit) for unit in UNITS}
    installation.run("recordings-site", "migrate", "--verbosity=0")
    installation.run("python", "-c", PREPARE)
    installation.run("recordings-site", "collectstatic", "--no-input", "--verbosity=0")

    web = installation.listening(*units["recordings-web"])
    page = exchange(web, request("GET", "/accounts/login/"))
    assert page.startswith(b"HTTP/1.1 200 "), installation.log
    (style,) = re.findall(rb'href="(/static/css/site\.[0-9a-f]+\.css)"', page)
    assert exchange(web, request("GET", style.decode())).startswith(b"HTTP/1.1 200 ")

    event = {"event": "ice", "callid": "c1", "version": 1, "cli": "46733000001", "domain": "pstn"}
    event |= {"to": {"type": "did", "endpoint": "46200000001"}, "timestamp": "2026-01-14T09:30:00Z"}
    call = signed("app", "c2VjcmV0LW9mLXRoZS1hcHA=", event)
    callbacks = installation.listening(*units["recordings-callbacks"])
    answered = exchange(callbacks, call)
    assert json.loads(answered.partition(b"\r\n\r\n")[2])["action"]["number"] == "+46700000002"

    installation.start(*units["recordings-worker"])
    wait_for(installation.folder / "snapshot.sealed")
    # On another machine: it fetches the policies.
    installation.environment |= {
        "SNAPSHOT_FILE": str(installation.folder / "fetched.sealed"),
        "SNAPSHOT_URL": f"http://127.0.0.1:{web}/snapshot",
        "ADDRESSES_ALLOWED": f"127.0.0.1:{web}",
    }
    fallback = installation.listening(*units["recordings-fallback"])
    wait_for(installation.folder / "fetched.sealed")
    answered = exchange(fallback, call)
    assert json.loads(answered.partition(b"\r\n\r\n")[2])["action"]["number"] == "+46700000002"


@pytest.mark.processes
def test_a_node_without_static_files_says_so_when_it_starts(installation: Installation) -> None:
    installation.run("recordings-site", "migrate", "--verbosity=0")
    installation.listening(*command_of(OPS / "systemd" / "recordings-web.service"))
    until = time.monotonic() + 20
    while "recordings-site collectstatic" not in installation.log:
        assert time.monotonic() < until, installation.log
        time.sleep(0.1)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_has_nothing_to_say_about_a_unit(unit: Path, tmp_path: Path) -> None:
    # The programs are where an installation has them, not here.
    text = re.sub(rf"ExecStart={BIN}.*", "ExecStart=/bin/true", unit.read_text())
    (tmp_path / unit.name).write_text(text)
    command = ["systemd-analyze", "verify", str(tmp_path / unit.name)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    # Unknown keys are only printed.
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_compose_and_the_image_start_what_the_units_start() -> None:
    units = {unit.stem.removeprefix("recordings-"): command_of(unit) for unit in UNITS}
    for name, command in units.items():
        started = without_address(COMPOSE[name]["command"])
        assert started[: len(without_address(command))] == without_address(command), name
    (image,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert json.loads(image) == COMPOSE["web"]["command"]
    assert COMPOSE["migrate"]["command"] == ["recordings-site", "migrate"]


def test_the_nginx_of_compose_finds_every_process_by_its_name() -> None:
    script = COMPOSE["nginx"]["command"][-1].replace("$$", "$")
    program, _, rest = script.partition(" /etc/recordings.conf > ")
    assert rest == "/etc/nginx/nginx.conf && exec nginx -g 'daemon off;'"
    command = f"{program} {shlex.quote(str(OPS / 'nginx.conf'))}"
    environment = {"PATH": os.environ["PATH"], "SERVER_NAME": "calls.example.com"}
    done = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True, env=environment)
    directives = re.sub(r"#.*", "", done.stdout)
    assert re.findall(r"127\.0\.0\.\d+(?::\d+)?", directives) == ["127.0.0.11"]
    assert {"web:8000", "callbacks:8000"} <= set(re.findall(r"server ([^\s;]+)", directives))
    assert "server_name calls.example.com;" in directives


# Seconds that Sinch waits for the answer to a callback.
SINCH_WAITS = 5.0


def test_nginx_waits_for_every_answer_and_leaves_another_node_its_time() -> None:
    of_callbacks = (OPS / "nginx.conf").read_text().partition("location /callbacks/ {")[2].partition("}")[0]
    limits = {name: float(seconds) for name, seconds in re.findall(r"proxy_(\w+)_timeout (\d+)s;", of_callbacks)}
    assert limits["read"] - deadline.ANSWER_WITHIN >= 0.25, "for what a busy machine adds"
    of_a_call = deadline.SNAPSHOT_TIMEOUT + deadline.DATABASE_TIMEOUT + deadline.COMMIT_TIMEOUT
    assert limits["read"] + of_a_call < SINCH_WAITS, "the other node answers even while the database hangs"
    assert limits["connect"] + limits["read"] < SINCH_WAITS
    relayed = deadline.SNAPSHOT_TIMEOUT + MAX_UPSTREAM_MS / 1000 + deadline.STORING
    assert relayed <= deadline.ANSWER_WITHIN, "an upstream is given the time that is set for it"


def test_every_setting_of_the_example_is_one_of_the_site() -> None:
    names = re.findall(r"^([A-Z_]+)=", (OPS / "recordings.env").read_text(), re.MULTILINE)
    settings = (ROOT / "recordings_site" / "settings.py").read_text()
    assert [name for name in names if f'"{name}"' not in settings] == []


def test_the_image_is_built_from_what_the_build_context_holds() -> None:
    needed = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {name for names in needed for name in names.split()} == set(let_in)
