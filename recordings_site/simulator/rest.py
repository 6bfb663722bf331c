"""The simulator's REST API: calls in progress, conferences, numbers and callback URLs, like Sinch's.

It verifies signatures, validates SVAML, and answers errors on demand.
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


class CallControl(Protocol):
    """What the REST API asks of a switchboard."""

    def describe(self, call_id: str) -> dict[str, Any] | None:
        """Return a call as GET shows it, None for an unknown one."""

    def manage(self, call_id: str, document: dict[str, Any]) -> bool:
        """Execute SVAML on a call; return False when it is not in progress."""

    def participants(self, conference_id: str) -> list[dict[str, Any]]:
        """Return the participants of a conference as GET shows them."""

    def leave(self, conference_id: str, call_id: str | None) -> bool:
        """Remove one participant, or all, from a conference; return False when there was none."""


@dataclass(frozen=True)
class ErrorResponse(Exception):
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
    calls: CallControl | None = None
    # Answered once each, in this order, to the next requests: errors on demand.
    faults: list[ErrorResponse] = field(default_factory=list)
    # By method: answered to every request of it until taken away.
    errors_by_method: dict[str, ErrorResponse] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True)
class VerifiedRequest:
    """One verified request."""

    application_key: str
    method: str
    path: str
    body: Any


Route = Callable[[Account, VerifiedRequest, list[str]], tuple[int, Any]]


def answer(account: Account, request: VerifiedRequest) -> tuple[int, Any]:
    """Return status and JSON (None for an empty body) for a verified request. Raises ErrorResponse."""
    with account.lock:
        account.requests.append((request.method, request.path, request.body))
        if account.faults:
            raise account.faults.pop(0)
        if request.method in account.errors_by_method:
            raise account.errors_by_method[request.method]
    allowed = False
    for pattern, routes in _ROUTES:
        found = re.fullmatch(pattern, request.path)
        if found is None:
            continue
        allowed = True
        route = routes.get(request.method)
        if route is not None:
            return route(account, request, [unquote(part) for part in found.groups()])
    raise (
        ErrorResponse(405, 40500, "Method not allowed") if allowed else ErrorResponse(404, 40400, "Resource not found")
    )


def verified(account: Account, method: str, path: str, headers: Any, body: bytes, now: datetime) -> VerifiedRequest:
    """Verify the signature and time of a request, and parse its body. Raises ErrorResponse."""
    try:
        given = signing.parse_authorization(headers.get("Authorization") or "")
        at = headers.get("x-timestamp") or ""
        age = abs(now - signing.parse_timestamp(at))
    except SignatureError as problem:
        raise ErrorResponse(401, 40100, str(problem)) from None
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
        raise ErrorResponse(401, 40101, "Invalid signature")
    try:
        return VerifiedRequest(given.application_key, method, path, json.loads(body) if body else None)
    except ValueError:
        raise ErrorResponse(400, 40001, "The body is not JSON") from None


def _get_call(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    found = account.calls.describe(parts[0]) if account.calls else None
    if found is None:
        raise ErrorResponse(404, 40400, "Call not found")
    return 200, found


def _patch_call(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    wrong = svaml.problems(request.body, "manage")
    if wrong:
        raise ErrorResponse(400, 40003, f"{wrong[0].path}: {wrong[0].message}")
    if not (account.calls and account.calls.manage(parts[0], request.body)):
        raise ErrorResponse(404, 40400, "Call not found")
    return 204, None


def _get_conference(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    found = account.calls.participants(parts[0]) if account.calls else []
    if not found:
        raise ErrorResponse(404, 40400, "Conference not found")
    return 200, {"participants": found}


def _delete_conference(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    if not (account.calls and account.calls.leave(parts[0], parts[1] if len(parts) > 1 else None)):
        raise ErrorResponse(404, 40400, "Conference not found")
    return 204, None


def _patch_participant(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    command = request.body.get("command") if isinstance(request.body, dict) else None
    if command not in {"mute", "unmute", "onhold", "resume"}:
        raise ErrorResponse(400, 40003, "command must be mute, unmute, onhold or resume")
    if not any(each["id"] == parts[1] for each in (account.calls.participants(parts[0]) if account.calls else [])):
        raise ErrorResponse(404, 40400, "Participant not found")
    return 204, None


def _get_numbers(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    listed = [
        {"number": number, "capability": "voice"} | ({"applicationkey": key} if key else {})
        for number, key in account.numbers.items()
    ]
    return 200, {"numbers": listed}


def _post_numbers(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    body = request.body if isinstance(request.body, dict) else {}
    numbers = body.get("numbers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= NUMBERS_PER_REQUEST:
        raise ErrorResponse(400, 40002, f"numbers must list 1 to {NUMBERS_PER_REQUEST} numbers")
    if not all(number in account.numbers for number in numbers):
        raise ErrorResponse(404, 40400, "Number not found")
    account.numbers.update(dict.fromkeys(numbers, str(body.get("applicationkey") or "")))
    return 204, None


def _get_callbacks(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    return 200, {"url": account.callbacks.get(_own(request, parts), {})}


def _post_callbacks(account: Account, request: VerifiedRequest, parts: list[str]) -> tuple[int, Any]:
    given = request.body.get("url") if isinstance(request.body, dict) else None
    if not isinstance(given, dict) or not str(given.get("primary", "")).startswith(("http://", "https://")):
        raise ErrorResponse(400, 40002, "url.primary must be a URL")
    account.callbacks[_own(request, parts)] = {name: given[name] for name in ("primary", "fallback") if given.get(name)}
    return 204, None


def _own(request: VerifiedRequest, parts: list[str]) -> str:
    if parts[0] != request.application_key:
        raise ErrorResponse(403, 40300, "This is another application")
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
    """Serve the account over HTTP in a thread; yields the base URL, for calls and configuration alike."""
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
                request = verified(account, self.command, path, self.headers, body, datetime.now(UTC))
                status, said = answer(account, request)
            except ErrorResponse as error:
                reference = uuid.uuid4().hex
                status = error.status
                said = {"errorCode": error.code, "message": error.message, "reference": reference}
            content = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    return Handler
