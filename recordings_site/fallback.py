"""Answers Sinch's calls when all else is down: a WSGI application without a database. It connects, and never records.

It reads the sealed snapshot file: routes and the applications' secrets, no storage credentials. With SNAPSHOT_URL it
fetches that from the site, else the file is on a path shared with it.
Run it apart from the site, better on another machine, and give Sinch its URL as the fallback URL:
`gunicorn --config python:recordings_site.ops.fallback_config recordings_site.fallback:application`. It needs
CREDENTIALS_KEYS and SNAPSHOT_FILE in its environment.
"""

import hmac
import json
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest

from recordings_site.base import instruments
from recordings_site.base.lru import Lru
from recordings_site.base.wsgi_body import BodyError, read_body
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.policies.engine.answer import (
    DecisionFacts,
    answer_ace,
    answer_ice,
    answer_pie,
    call_facts,
    connect_only,
)
from recordings_site.policies.engine.decision import Reason
from recordings_site.policies.engine.snapshot import ApplicationFacts, Snapshot
from recordings_site.policies.engine.snapshot_copies import fetch as snapshot_fetch
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.engine.snapshot_copies.fetch import SnapshotFetcher
from recordings_site.sinch import events, formats, signing
from recordings_site.sinch.errors import EventError, SignatureError
from recordings_site.sinch.events import Ace, Ice, Pie

log = logging.getLogger(__name__)

StartResponse = Callable[[str, list[tuple[str, str]]], object]
# Calls whose decision is remembered for their ACE and PIE, which come within minutes.
REMEMBERED = 10_000


@dataclass(frozen=True)
class Reply:
    """A status line and a body; SVAML when there is one."""

    status: str
    body: bytes = b""
    content_type: str = "application/json"


UNSIGNED = Reply("401 Unauthorized")
MALFORMED = Reply("400 Bad Request")
# As the site has them: whether it lives, and whether it can answer calls.
LIVE = "/health/live"
HEALTH = (LIVE, "/health/calls")
METRICS = "/metrics"
# Nothing can be stored here: Sinch may tell the site again.
NOT_STORED = Reply("503 Service Unavailable")


class Fallback:
    """The application: `path` is the sealed file, `callback_path` the path that Sinch signs, `metrics_token` what
    opens its metrics ("" for nothing).
    """

    def __init__(self, path: Path, keyring: Keyring, callback_path: str, metrics_token: str = "") -> None:
        self._path = path
        self._metrics_token = metrics_token
        self._keyring = keyring
        self._signed_paths = (callback_path.rstrip("/") + "/", callback_path.rstrip("/"))
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._problem = ""
        self._decisions = Lru[str, DecisionFacts](REMEMBERED)

    @property
    def is_ready(self) -> bool:
        """Whether there is a snapshot to answer from."""
        return self._current() is not None

    @property
    def known_keys(self) -> Container[str]:
        """The keys of the applications in the snapshot that answered last."""
        return self._snapshot.applications if self._snapshot else ()

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        reply = self._reply(environ)
        headers = [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body)))]
        start_response(reply.status, headers)
        return [reply.body]

    def _reply(self, environ: Mapping[str, Any]) -> Reply:
        known = self._current()
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and environ.get("PATH_INFO") in HEALTH:
            is_well = known is not None or environ["PATH_INFO"] == LIVE
            return Reply("200 OK", b'{"status": "ok"}') if is_well else NOT_STORED
        if environ["REQUEST_METHOD"] == "GET" and environ.get("PATH_INFO") == METRICS:
            return self._metrics(environ)
        if environ["REQUEST_METHOD"] != "POST":
            return Reply("405 Method Not Allowed")
        if known is None:
            instruments.CALLBACKS.labels("no_snapshot").inc()
            return NOT_STORED
        try:
            application, body = self._verified(environ, known)
            event = events.parse(body)
        except SignatureError:
            return UNSIGNED
        except (EventError, BodyError, OSError):
            return MALFORMED
        svaml = self._answer(event, application, known)
        instruments.CALLBACKS.labels("fallback" if svaml else "not_stored").inc()
        return Reply("200 OK", json.dumps(svaml).encode()) if svaml else NOT_STORED

    def _metrics(self, environ: Mapping[str, Any]) -> Reply:
        wanted, given = f"Bearer {self._metrics_token}", environ.get("HTTP_AUTHORIZATION", "")
        if not self._metrics_token or not hmac.compare_digest(given.encode(), wanted.encode()):
            return Reply("404 Not Found")
        text = generate_latest(instruments.REGISTRY)
        if self._path.is_file():
            text += instruments.snapshot_file_line(self._path.stat().st_mtime).encode()
        return Reply("200 OK", text, "text/plain; version=0.0.4")

    def _verified(self, environ: Mapping[str, Any], known: Snapshot) -> tuple[ApplicationFacts, bytes]:
        # A stale clock is no reason to refuse here: nothing secret is in any answer.
        found = signing.parse_authorization(environ.get("HTTP_AUTHORIZATION", ""))
        application = known.applications.get(found.application_key)
        if application is None:
            raise SignatureError("No known application signed this.")
        body = read_body(environ, limit=events.MAX_BODY)
        if not any(
            signing.verify(
                application.secrets,
                method="POST",
                path=path,
                body=body,
                content_type=environ.get("CONTENT_TYPE", ""),
                x_timestamp=environ.get("HTTP_X_TIMESTAMP", ""),
                signature=found.signature,
            )
            for path in self._signed_paths
        ):
            raise SignatureError("The signature isn’t this application’s.")
        return application, body

    def _answer(self, event: events.Event, application: ApplicationFacts, known: Snapshot) -> dict[str, Any] | None:
        match event:
            case Ice():
                return self._answer_ice(event, application, known)
            case Ace():
                return answer_ace(self._decisions.get(event.call_id), known, may_record=False).svaml
            case Pie():
                chosen = event.menu_result.value if event.menu_result else ""
                return answer_pie(self._decisions.get(event.call_id), chosen, known, may_record=False).svaml
            case _:
                return None

    def _answer_ice(self, ice: Ice, application: ApplicationFacts, known: Snapshot) -> dict[str, Any]:
        call = call_facts(
            ice, received_at=datetime.now(UTC), application_key=application.key, country=application.country
        )
        try:
            answer = answer_ice(
                call,
                known,
                application_key=application.key,
                recording_id=uuid.uuid4(),
                may_record=False,
                refusal=Reason.FALLBACK,
            )
        # Whatever is wrong with a policy, the call has to be connected.
        except Exception:
            log.exception("A policy could not answer; the default route did.")
            return connect_only(call, application.default_route)
        self._decisions.put(ice.call_id, answer.decision)
        return answer.svaml

    def _current(self) -> Snapshot | None:
        """The file's snapshot, read again when the file changed; the last one that could be read, whatever comes."""
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino)
            if seen != self._seen:
                with self._lock:
                    self._snapshot = connecting(snapshot_file.read(self._path, self._keyring))
                    self._seen = seen
        # A file that cannot be read must not end the calls; and each call comes by here, so it is logged once.
        except Exception as error:  # noqa: BLE001
            problem = f"{type(error).__name__}: {error}"
            if problem != self._problem:
                log.error("The snapshot file %s cannot be read: %s", self._path, problem)
            self._problem = problem
        else:
            self._problem = ""
        return self._snapshot


def connecting(found: Snapshot) -> Snapshot:
    """The snapshot without any policy's wish to refuse calls that cannot be recorded: here none can."""
    policies = {}
    for key, policy in found.policies.items():
        how = replace(policy.document.how, if_impossible="connect")
        policies[key] = replace(policy, document=replace(policy.document, how=how))
    return replace(found, policies=policies)


@cache
def configured() -> Fallback:
    """The application as the environment configures it. Raises SystemExit that says what is missing."""
    path, keyring = Path(_setting("SNAPSHOT_FILE")), _keyring()
    formats.allow([name.strip() for name in os.environ.get("RECORDING_FORMATS", "").split(",") if name.strip()])
    fetcher()
    return Fallback(path, keyring, _setting("CALLBACK_PATH", "/callbacks/sinch/"), _setting("METRICS_TOKEN", ""))


@cache
def fetcher() -> SnapshotFetcher | None:
    """What fetches the snapshot, None when the file comes otherwise. Raises SystemExit when the settings are wrong."""
    url = _setting("SNAPSHOT_URL", "")
    if not url:
        return None
    token = _setting("SNAPSHOT_TOKEN", "")
    allowed = [host.strip() for host in os.environ.get("ADDRESSES_ALLOWED", "").split(",")]
    if problem := snapshot_fetch.problem_of(url, token, allowed=allowed):
        raise SystemExit(problem)
    return SnapshotFetcher(url, token, Path(_setting("SNAPSHOT_FILE")), _keyring(), node=socket.gethostname())


class Application:
    """The WSGI entry point: the application as the environment configures it when it is first needed."""

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return configured()(environ, start_response)

    def known_keys(self) -> Container[str]:
        """The keys of the applications that it answers for; does not wait."""
        return configured().known_keys

    def start(self) -> None:
        """Get the snapshot before the first call, keep it up to date, and say so loudly if there is none."""
        found = fetcher()
        if found is not None:
            found.fetch_and_log()
            found.keep()
        if not configured().is_ready:
            log.critical(
                "NO CALL CAN BE ANSWERED: %s contains no policy snapshot that CREDENTIALS_KEYS can decrypt. Each "
                "call gets 503 until it does. Set SNAPSHOT_URL and SNAPSHOT_TOKEN, or copy the file from the site.",
                _setting("SNAPSHOT_FILE"),
            )


application = Application()


def _keyring() -> Keyring:
    try:
        return Keyring.parse(_setting("CREDENTIALS_KEYS"))
    except SealingError as error:
        raise SystemExit(str(error)) from error


def _setting(name: str, default: str | None = None) -> str:
    """A setting of the environment, or of the file that NAME_FILE names; required when it has no default."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    value = os.environ.get(name, default)
    if not value and default is None:
        raise SystemExit(f"{name} is missing. The fallback answers only from the encrypted snapshot file.")
    return value or ""
