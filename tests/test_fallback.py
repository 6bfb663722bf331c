"""The fallback connects every call from a file alone: no database, no credentials, no recording."""

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recordings_site.destinations.sealing import Keyring
from recordings_site.fallback import Fallback
from recordings_site.policies.engine.schema.document import parse, parse_default_route
from recordings_site.policies.engine.snapshot import (
    ApplicationFacts,
    DestinationFacts,
    NumberFacts,
    PolicyFacts,
    Snapshot,
)
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.sinch import signing, svaml
from tests.house import ROOT

KEYS = "k1:" + base64.b64encode(b"k" * 32).decode()
SECRET = base64.b64encode(b"secret of the application").decode()
PATH = "/callbacks/sinch/"
MENU = {
    "action": "runMenu",
    "prompt": "One for sales",
    "options": [{"dtmf": "1", "route": {"action": "connectPstn", "number": "+46700000009", "cli": "{cli}"}}],
}


def in_force() -> Snapshot:
    """One application with a number that is recorded or refused, and one with a menu."""
    how = {"if_impossible": "refuse", "destination": 1}
    records = {"otherwise_record": True, "how": how, "route": {"action": "connectPstn", "number": "+46700000001"}}
    route = parse_default_route({"action": "connectPstn", "number": "+46700000002", "cli": "{cli}"})
    return Snapshot(
        revision=7,
        applications={"app": ApplicationFacts(1, "app", (SECRET,), route)},
        numbers={
            "46200000001": NumberFacts(1, "46200000001", "Support", 1, policy_id=1),
            "46200000002": NumberFacts(2, "46200000002", "Menu", 1, policy_id=2),
        },
        policies={
            1: PolicyFacts(1, "Records", 1, 1, parse(records)),
            2: PolicyFacts(2, "Menu", 2, 1, parse({"otherwise_record": False, "route": MENU})),
        },
        destinations={
            1: DestinationFacts(1, "Bucket", "s3", "", "bucket", "", "{recording}.{format}", "AKIA:canary:eu-west-1")
        },
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The sealed file of what is in force."""
    snapshot_file.write(snapshot_file.seal(in_force(), Keyring.parse(KEYS)), tmp_path / "snapshot")
    return tmp_path / "snapshot"


@pytest.fixture
def fallback(file: Path) -> Fallback:
    """The application on that file."""
    return Fallback(file, Keyring.parse(KEYS), PATH)


def post(
    fallback: Fallback, event: dict[str, Any], *, secret: str = SECRET, body: bytes | None = None
) -> tuple[int, bytes]:
    """Send an event as Sinch does; the status and the body that come back."""
    sent = json.dumps(event).encode()
    signed = {"body": sent, "content_type": "application/json", "x_timestamp": "2026-01-14T09:30:00Z"}
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent if body is None else body)),
        "HTTP_X_TIMESTAMP": "2026-01-14T09:30:00Z",
        "HTTP_AUTHORIZATION": signing.authorization("app", secret, method="POST", path=PATH, **signed),
        "wsgi.input": io.BytesIO(sent if body is None else body),
    }
    statuses: list[str] = []
    answer = b"".join(fallback(environ, lambda status, headers: statuses.append(status)))
    return int(statuses[0].split()[0]), answer


def ice(to: str, call_id: str = "c1") -> dict[str, Any]:
    """A call to one of our numbers."""
    return {
        "event": "ice",
        "callid": call_id,
        "timestamp": "2026-01-14T09:30:00Z",
        "cli": "+46733000001",
        "to": {"type": "did", "endpoint": to},
        "domain": "pstn",
    }


def action(answer: tuple[int, bytes], event: str) -> dict[str, Any]:
    """The action of an answer, which must be valid SVAML that records nothing."""
    status, body = answer
    assert status == 200
    found = json.loads(body)
    assert svaml.problems(found, event) == []
    assert svaml.recording_requests(found) == []
    assert b"canary" not in body
    chosen: dict[str, Any] = found["action"]
    return chosen


def test_a_call_goes_where_its_policy_sends_it_even_if_that_refuses_calls_it_cannot_record(fallback: Fallback) -> None:
    chosen = action(post(fallback, ice("+46200000001")), "ice")
    assert (chosen["name"], chosen["number"]) == ("connectPstn", "+46700000001")


def test_a_call_to_an_unknown_number_takes_the_applications_default_route(fallback: Fallback) -> None:
    assert action(post(fallback, ice("+1555")), "ice")["number"] == "+46700000002"


def test_a_menu_still_leads_where_it_should(fallback: Fallback) -> None:
    assert action(post(fallback, ice("46200000002")), "ice")["name"] == "runMenu"
    pie = {"event": "pie", "callid": "c1", "menuResult": {"menuId": "main", "type": "return", "value": "1"}}
    assert action(post(fallback, pie), "pie")["number"] == "+46700000009"


def test_an_answered_call_goes_on(fallback: Fallback) -> None:
    assert action(post(fallback, {"event": "ace", "callid": "unheard of"}), "ace") == {"name": "continue"}


@pytest.mark.parametrize("event", ["dice", "notify"])
def test_what_cannot_be_stored_is_not_acknowledged(fallback: Fallback, event: str) -> None:
    assert post(fallback, {"event": event, "callid": "c1"}) == (503, b"")


def test_what_is_not_signed_gets_no_answer(fallback: Fallback) -> None:
    assert post(fallback, ice("+46200000001"), secret=base64.b64encode(b"another").decode()) == (401, b"")
    assert post(fallback, ice("+46200000001"), body=json.dumps(ice("+46200000002")).encode()) == (401, b"")


def test_a_signed_body_that_is_no_event_is_malformed(fallback: Fallback) -> None:
    assert post(fallback, {"no": "event"})[0] == 400


def test_a_newer_file_is_read_and_a_broken_one_is_not(
    fallback: Fallback, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert action(post(fallback, ice("+1555")), "ice")["number"] == "+46700000002"
    file.write_text("k1.broken")
    assert action(post(fallback, ice("+1555")), "ice")["number"] == "+46700000002"
    route = parse_default_route({"action": "connectPstn", "number": "+46700000003", "cli": "{cli}"})
    changed = Snapshot(applications={"app": ApplicationFacts(1, "app", (SECRET,), route)})
    snapshot_file.write(snapshot_file.seal(changed, Keyring.parse(KEYS)), file)
    assert action(post(fallback, ice("+1555")), "ice")["number"] == "+46700000003"


def test_it_runs_without_django_and_without_a_database(file: Path) -> None:
    program = "import sys, recordings_site.fallback as f; f.configured(); print('django' in sys.modules)"
    environment = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS, "SNAPSHOT_FILE": str(file)}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_without_its_settings_it_says_what_is_missing() -> None:
    program = "import recordings_site.fallback as f; f.configured()"
    environment = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.startswith("SNAPSHOT_FILE is missing")


def test_its_metrics_tell_how_old_the_policies_are_and_what_it_answered(file: Path) -> None:
    found = Fallback(file, Keyring.parse(KEYS), PATH, "token")
    post(found, ice("+1555"))

    def ask(token: str) -> tuple[str, str]:
        statuses: list[str] = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics", "HTTP_AUTHORIZATION": f"Bearer {token}"}
        body = b"".join(found(environ, lambda status, headers: statuses.append(status)))
        return statuses[0], body.decode()

    status, text = ask("token")
    assert status == "200 OK"
    assert f"recordings_site_snapshot_file_timestamp_seconds {file.stat().st_mtime:.0f}" in text
    assert 'recordings_site_callbacks_total{outcome="fallback"}' in text
    assert ask("another") == ("404 Not Found", "")
    assert ask("é")[0] == "404 Not Found"


def run_start(**environment: str) -> "subprocess.CompletedProcess[str]":
    """What the fallback says when it starts in this environment."""
    program = "import recordings_site.fallback as f; f.application.start()"
    settings = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS, **environment}
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=settings, capture_output=True, text=True)


def test_without_a_snapshot_it_says_so_before_the_first_call(tmp_path: Path) -> None:
    done = run_start(SNAPSHOT_FILE=str(tmp_path / "none"))
    assert "NO CALL CAN BE ANSWERED" in done.stderr
    assert "SNAPSHOT_URL" in done.stderr
    assert done.returncode == 0


def test_settings_that_cannot_work_end_it_with_a_sentence(tmp_path: Path) -> None:
    done = run_start(SNAPSHOT_FILE=str(tmp_path / "none"), SNAPSHOT_URL="http://recordings.example.com/snapshot")
    assert "not https" in done.stderr
    assert "Traceback" not in done.stderr
    done = run_start(SNAPSHOT_FILE=str(tmp_path / "none"), CREDENTIALS_KEYS="k1:short")
    assert "CREDENTIALS_KEYS" in done.stderr
    assert "Traceback" not in done.stderr
