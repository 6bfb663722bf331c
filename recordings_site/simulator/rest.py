"""The simulator's REST side: calls in progress, conferences, numbers and callback URLs, as Sinch's API gives them.

It verifies signatures, checks the SVAML that it is sent, and answers errors when it is told to.
"""

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from recordings_site.sinch import signing, svaml
from recordings_site.sinch.errors import SignatureError

MAX_BODY = 256 * 1024
MAX_AGE = timedelta(minutes=5)
NUMBERS_PER_REQUEST = 100


class Calls(Protocol):
    """The calls that the REST side speaks of: those of a switchboard."""

    def describe(self, call_id: str) -> dict[str, Any] | None:
        """A call as GET gives it, None for one that is not known."""

    def manage(self, call_id: str, document: dict[str, Any]) -> bool:
        """Obey SVAML that came for a call; False when it is not in progress."""

    def participants(self, conference_id: str) -> list[dict[str, Any]]:
        """Who is in a conference, as GET gives them; none when there is no such conference."""

    def leave(self, conference_id: str, call_id: str | None) -> bool:
        """Take one participant, or all, out of a conference; False when nobody was there."""


@dataclass(frozen=True)
class Refusal(Exception):
    """An error as Sinch answers it."""

    status: int
    code: int
    message: str


@dataclass
class Account:
    """What the simulated Sinch knows: secrets by application key, numbers with their application, callback URLs."""

    secrets: dict[str, str]
    numbers: dict[str, str] = field(default_factory=dict)
    callbacks: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: Calls | None = None
    # Answered once each, in this order, to the next requests: errors on demand.
    faults: list[Refusal] = field(default_factory=list)
    # By method: answered to every request of it until taken away.
    refused: dict[str, Refusal] = field(default_factory=dict)
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True)
class Asked:
    """One verified request."""

    application_key: str
    method: str
    path: str
    body: Any


Route = Callable[[Account, Asked, list[str]], tuple[int, Any]]


def answer(account: Account, asked: Asked) -> tuple[int, Any]:
    """Give status and JSON (None for an empty body) of a verified request. Raises Refusal."""
    with account.lock:
        account.seen.append((asked.method, asked.path, asked.body))
        if account.faults:
            raise account.faults.pop(0)
        if asked.method in account.refused:
            raise account.refused[asked.method]
    allowed = False
    for pattern, routes in _ROUTES:
        found = re.fullmatch(pattern, asked.path)
        if found is None:
            continue
        allowed = True
        route = routes.get(asked.method)
        if route is not None:
            return route(account, asked, [unquote(part) for part in found.groups()])
    raise Refusal(405, 40500, "Method not allowed") if allowed else Refusal(404, 40400, "Resource not found")


def verified(account: Account, method: str, path: str, headers: Any, body: bytes, now: datetime) -> Asked:
    """Check who signed a request, and when, and read its body. Raises Refusal."""
    try:
        given = signing.parse_authorization(headers.get("Authorization") or "")
        at = headers.get("x-timestamp") or ""
        age = abs(now - signing.parse_timestamp(at))
    except SignatureError as problem:
        raise Refusal(401, 40100, str(problem)) from None
    ours = account.secrets.get(given.application_key)
    signed = ours is not None and signing.verify(
        [ours],
        method=method,
        path=path,
        body=body,
        content_type=headers.get("Content-Type") or "",
        x_timestamp=at,
        signature=given.signature,
    )
    if not signed or age > MAX_AGE:
        raise Refusal(401, 40101, "Invalid signature")
    try:
        return Asked(given.application_key, method, path, json.loads(body) if body else None)
    except ValueError:
        raise Refusal(400, 40001, "The body is not JSON") from None


def _get_call(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    found = account.calls.describe(parts[0]) if account.calls else None
    if found is None:
        raise Refusal(404, 40400, "Call not found")
    return 200, found


def _patch_call(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    wrong = svaml.problems(asked.body, "manage")
    if wrong:
        raise Refusal(400, 40003, f"{wrong[0].path}: {wrong[0].message}")
    if not (account.calls and account.calls.manage(parts[0], asked.body)):
        raise Refusal(404, 40400, "Call not found")
    return 204, None


def _get_conference(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    found = account.calls.participants(parts[0]) if account.calls else []
    if not found:
        raise Refusal(404, 40400, "Conference not found")
    return 200, {"participants": found}


def _delete_conference(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    if not (account.calls and account.calls.leave(parts[0], parts[1] if len(parts) > 1 else None)):
        raise Refusal(404, 40400, "Conference not found")
    return 204, None


def _patch_participant(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    command = asked.body.get("command") if isinstance(asked.body, dict) else None
    if command not in {"mute", "unmute", "onhold", "resume"}:
        raise Refusal(400, 40003, "command must be mute, unmute, onhold or resume")
    if not any(each["id"] == parts[1] for each in (account.calls.participants(parts[0]) if account.calls else [])):
        raise Refusal(404, 40400, "Participant not found")
    return 204, None


def _get_numbers(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    listed = [
        {"number": number, "capability": "voice"} | ({"applicationkey": key} if key else {})
        for number, key in account.numbers.items()
    ]
    return 200, {"numbers": listed}


def _post_numbers(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    body = asked.body if isinstance(asked.body, dict) else {}
    numbers = body.get("numbers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= NUMBERS_PER_REQUEST:
        raise Refusal(400, 40002, f"numbers must list 1 to {NUMBERS_PER_REQUEST} numbers")
    if not all(number in account.numbers for number in numbers):
        raise Refusal(404, 40400, "Number not found")
    account.numbers.update(dict.fromkeys(numbers, str(body.get("applicationkey") or "")))
    return 204, None


def _get_callbacks(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    return 200, {"url": account.callbacks.get(_own(asked, parts), {})}


def _post_callbacks(account: Account, asked: Asked, parts: list[str]) -> tuple[int, Any]:
    given = asked.body.get("url") if isinstance(asked.body, dict) else None
    if not isinstance(given, dict) or not str(given.get("primary", "")).startswith(("http://", "https://")):
        raise Refusal(400, 40002, "url.primary must be a URL")
    account.callbacks[_own(asked, parts)] = {name: given[name] for name in ("primary", "fallback") if given.get(name)}
    return 204, None


def _own(asked: Asked, parts: list[str]) -> str:
    if parts[0] != asked.application_key:
        raise Refusal(403, 40300, "This is another application")
    return parts[0]


_CALL = r"/calling/v1/calls/id/([^/]+)"
_CONFERENCE = r"/calling/v1/conferences/id/([^/]+)"
_ROUTES: tuple[tuple[str, dict[str, Route]], ...] = (
    (_CALL, {"GET": _get_call, "PATCH": _patch_call}),
    (_CONFERENCE, {"GET": _get_conference, "DELETE": _delete_conference}),
    (_CONFERENCE + "/([^/]+)", {"PATCH": _patch_participant, "DELETE": _delete_conference}),
    (r"/v1/configuration/numbers", {"GET": _get_numbers, "POST": _post_numbers}),
    (r"/v1/configuration/callbacks/applications/([^/]+)", {"GET": _get_callbacks, "POST": _post_callbacks}),
)


@contextmanager
def serving(account: Account, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve the account over HTTP in a thread; gives the base URL, for calls and configuration alike."""
    server = ThreadingHTTPServer((host, port), _handler(account))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(account: Account) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
            path = urlsplit(self.path).path
            try:
                asked = verified(account, self.command, path, self.headers, body, datetime.now(UTC))
                status, said = answer(account, asked)
            except Refusal as refusal:
                reference = uuid.uuid4().hex
                status = refusal.status
                said = {"errorCode": refusal.code, "message": refusal.message, "reference": reference}
            content = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the one who runs the simulator watches the calls."""

    return Handler
