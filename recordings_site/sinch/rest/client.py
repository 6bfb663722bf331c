"""Talks to Sinch's REST API: calls in progress, conferences, numbers and callback URLs. Signed, bounded, careful.

Hosts and paths are those of Sinch's voice documentation (Calls, Conferences, Configuration).
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from .. import signing
from ..errors import SinchError
from ..json_fields import field as member
from ..json_fields import read_object, text_of
from ..svaml import Svaml
from . import paths
from .answers import CallbackUrls, CallInfo, Number, Participant, read_call_info, read_number, read_participant

CALLING_URL = "https://calling.api.sinch.com"
CONFIGURATION_URL = "https://callingapi.sinch.com"
REGIONS = ("euc1", "use1", "sae1", "apse1", "apse2")
HOSTS = frozenset({"calling.api.sinch.com", "callingapi.sinch.com"} | {f"calling-{r}.api.sinch.com" for r in REGIONS})

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 6.0
MAX_ANSWER = 4 * 1024 * 1024
TRIES = 3
NUMBERS_PER_REQUEST = 100

_JSON = "application/json; charset=utf-8"


class ApiError(SinchError):
    """Sinch refused a request. `status` is 0 when it didn't answer. `code` and `reference` are Sinch's, or empty."""

    def __init__(self, message: str, *, status: int = 0, code: str = "", reference: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.reference = reference

    def __str__(self) -> str:
        about = [f"error {self.code}" if self.code else "", f"reference {self.reference}" if self.reference else ""]
        details = ", ".join(part for part in about if part)
        return f"{self.args[0]} ({details})" if details else str(self.args[0])


def allowed_base(resource_url: str, *, also: Sequence[str] = ()) -> str | None:
    """Return scheme and host of a `callResourceUrl` if they are Sinch's (or of the base URLs in `also`), else None.

    A callback brings that URL: what it says is used only to choose among hosts that are known already.
    """
    try:
        parts = urlsplit(resource_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    base = f"{parts.scheme}://{parts.netloc}"
    if base in {known.rstrip("/") for known in also}:
        return base
    return f"https://{host}" if parts.scheme == "https" and host in HOSTS and port in (None, 443) else None


def regional_url(region: str) -> str:
    """Return the calling API's base URL of a region ("euc1", …); of all regions for any other text."""
    return f"https://calling-{region}.api.sinch.com" if region in REGIONS else CALLING_URL


@dataclass
class Client:
    """One application's access to Sinch. Use it in a `with` block: it holds connections.

    Requests that change something are repeated only when they cannot have arrived, or when repeating them is the same
    as doing them once. Every method raises ApiError.
    """

    application_key: str
    secret: str = field(repr=False)
    calling_url: str = CALLING_URL
    configuration_url: str = CONFIGURATION_URL
    sign_decoded_paths: bool = False
    pause: float = 0.2
    tries: int = TRIES
    transport: httpx2.BaseTransport | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            follow_redirects=False,
            trust_env=False,
            transport=self.transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # Calls

    def call(self, call_id: str, *, resource_url: str = "") -> CallInfo | None:
        """Return Sinch's data about a call; None when it has none with this id (normal after a while)."""
        answer = self._request("GET", self._calls(resource_url), paths.call(call_id), missing_ok=True)
        return None if answer is None else read_call_info(answer, call_id)

    def update_call(self, call_id: str, svaml: Svaml, *, resource_url: str = "") -> None:
        """Tell a call in progress what to do next (Manage Call); PSTN and SIP calls only."""
        self._request("PATCH", self._calls(resource_url), paths.call(call_id), svaml)

    # Conferences

    def participants(self, conference_id: str) -> list[Participant] | None:
        """Return who is in a conference; None when there is no such conference now."""
        answer = self._request("GET", self.calling_url, paths.conference(conference_id), missing_ok=True)
        if answer is None:
            return None
        given = member(answer, "participants")
        return [read_participant(item) for item in given if isinstance(item, dict)] if isinstance(given, list) else []

    # Configuration

    def numbers(self) -> list[Number]:
        """Return the numbers of the account that this key may see."""
        answer = self._request("GET", self.configuration_url, paths.NUMBERS) or {}
        given = member(answer, "numbers")
        return [read_number(item) for item in given if isinstance(item, dict)] if isinstance(given, list) else []

    def assign_numbers(self, numbers: Sequence[str]) -> None:
        """Assign numbers (E.164) to this application, a hundred at a time."""
        for start in range(0, len(numbers), NUMBERS_PER_REQUEST):
            body = {
                "numbers": list(numbers[start : start + NUMBERS_PER_REQUEST]),
                "applicationkey": self.application_key,
                "capability": "voice",
            }
            self._request("POST", self.configuration_url, paths.NUMBERS, body, repeatable=True)

    def callbacks(self) -> CallbackUrls:
        """Return where this application's callbacks go now."""
        answer = self._request("GET", self.configuration_url, paths.callbacks(self.application_key)) or {}
        urls = member(answer, "url")
        urls = urls if isinstance(urls, dict) else {}
        return CallbackUrls(text_of(member(urls, "primary"), limit=2048), text_of(member(urls, "fallback"), limit=2048))

    def set_callbacks(self, urls: CallbackUrls) -> None:
        """Send this application's callbacks here from now on."""
        url = {"primary": urls.primary} | ({"fallback": urls.fallback} if urls.fallback else {})
        self._request(
            "POST", self.configuration_url, paths.callbacks(self.application_key), {"url": url}, repeatable=True
        )

    def _calls(self, resource_url: str) -> str:
        return allowed_base(resource_url, also=(self.calling_url,)) or self.calling_url

    def _request(
        self,
        method: str,
        base: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        missing_ok: bool = False,
        repeatable: bool = False,
    ) -> dict[str, Any] | None:
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        safe = repeatable or method == "GET"
        for last in [False] * (self.tries - 1) + [True]:
            try:
                status, answer, base = self._once(method, base, path, content)
            except httpx2.TransportError as problem:
                # Nothing was sent over a connection that was never made, so any request can be retried.
                if last or not (safe or isinstance(problem, httpx2.ConnectError | httpx2.ConnectTimeout)):
                    raise ApiError(_unreachable(base, problem)) from None
            else:
                if not (safe and not last and (status == 429 or status >= 500)):
                    return _result(status, answer, missing_ok)
            time.sleep(self.pause)
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, base: str, path: str, content: bytes) -> tuple[int, bytes, str]:
        """Send once, following Sinch's redirect to a region; status, bounded body, and the base that answered."""
        for _ in range(3):
            with self._sent(method, base.rstrip("/") + path, path, content) as response:
                location = response.headers.get("location", "") if response.status_code in (301, 302, 307, 308) else ""
                region = allowed_base(location, also=(self.calling_url, self.configuration_url)) if location else None
                if region is None or region == base:
                    return response.status_code, _bounded(response), base
                base = region
        raise ApiError("Sinch is redirecting in a loop.")

    @contextmanager
    def _sent(self, method: str, url: str, path: str, content: bytes) -> Iterator[httpx2.Response]:
        content_type = _JSON if content else ""
        x_timestamp = signing.format_timestamp(datetime.now(UTC))
        authorization = signing.authorization(
            self.application_key, self.secret, method=method, body=content,
            path=paths.signed(path, decoded=self.sign_decoded_paths),
            content_type=content_type, x_timestamp=x_timestamp,
        )  # fmt: skip
        headers = {"Authorization": authorization, "x-timestamp": x_timestamp, "Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        with self._http.stream(method, url, content=content or None, headers=headers) as response:
            yield response


def _bounded(response: httpx2.Response) -> bytes:
    collected = bytearray()
    for chunk in response.iter_bytes():
        collected += chunk
        if len(collected) > MAX_ANSWER:
            raise ApiError("Sinch’s answer is too large.", status=response.status_code)
    return bytes(collected)


def _result(status: int, answer: bytes, missing_ok: bool) -> dict[str, Any] | None:
    if status == 404 and missing_ok:
        return None
    try:
        read = read_object(answer, limit=MAX_ANSWER) if answer.strip() else {}
    except ValueError:
        if status < 300:
            raise ApiError("Sinch’s answer isn’t a JSON object.", status=status) from None
        read = {}
    if status < 300:
        return read
    message = text_of(member(read, "message"), limit=300) or _MESSAGES.get(status, "Sinch rejected the request")
    raise ApiError(
        f"{message.rstrip('.')} [{status}]",
        status=status,
        code=text_of(member(read, "errorCode"), limit=20),
        reference=text_of(member(read, "reference"), limit=100),
    )


_MESSAGES = {
    401: "Sinch doesn’t accept the key and secret",
    403: "Sinch doesn’t allow this with this key",
    404: "Not found at Sinch",
    429: "Sinch’s rate limit was reached. Try again shortly",
    503: "Sinch is unavailable",
}


def _unreachable(base: str, problem: Exception) -> str:
    host = urlsplit(base).netloc
    if isinstance(problem, httpx2.TimeoutException):
        return f"{host} didn’t answer in time."
    return f"{host} can’t be reached."
