"""Posts events to a callback URL as Sinch does: signed, with a fallback URL."""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from recordings_site.sinch.signing import authorization, signed_path

CONTENT_TYPE = "application/json"
TIMEOUT = 10.0


@dataclass(frozen=True)
class HttpReply:
    """A reply: HTTP status (0 when there was none) and body."""

    status: int
    body: bytes

    def svaml(self) -> Any:
        """The body as JSON, None unless the status is 200 and the body JSON."""
        try:
            return json.loads(self.body) if self.status == 200 else None
        except ValueError:
            return None


Post = Callable[[str, bytes, Mapping[str, str]], HttpReply]
"""Sends a body with headers to a URL. `over_http` is one; tests give Django's test client instead."""


@dataclass(frozen=True)
class Application:
    """A voice application at the simulated Sinch: its key, secret and callback URLs."""

    key: str
    secret: str
    url: str
    fallback_url: str = ""


class Wire:
    """Signs and posts the events of one application."""

    def __init__(self, application: Application, post: Post, *, clock: Callable[[], datetime] | None = None) -> None:
        self._application, self._post = application, post
        self._clock = clock or (lambda: datetime.now(UTC))
        self._last = datetime.min.replace(tzinfo=UTC)

    def send(self, event: Mapping[str, Any]) -> HttpReply:
        """Post one event, to the fallback URL as well if the first fails; the last reply is returned."""
        body = json.dumps(event).encode()
        reply = self._to(self._application.url, body)
        if reply.status != 200 and self._application.fallback_url:
            reply = self._to(self._application.fallback_url, body)
        return reply

    def flush(self) -> None:
        """Send what was held back; this wire holds nothing."""

    def _to(self, url: str, body: bytes) -> HttpReply:
        timestamp = self._timestamp()
        signature = authorization(
            self._application.key, self._application.secret, method="POST", path=signed_path(url), body=body,
            content_type=CONTENT_TYPE, x_timestamp=timestamp,
        )  # fmt: skip
        headers = {"Content-Type": CONTENT_TYPE, "x-timestamp": timestamp, "Authorization": signature}
        try:
            return self._post(url, body, headers)
        except OSError:
            return HttpReply(0, b"")

    def _timestamp(self) -> str:
        """Now, later by a microsecond than the last: two deliveries of one event have two signatures."""
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return sinch_time(self._last)


def sinch_time(at: datetime) -> str:
    """Format a time as Sinch's callbacks do, with seven decimals of a second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def over_http(*, chunked: bool = False) -> Post:
    """Return a `Post` that keeps connections open between posts; for one thread. Bodies may go out in chunks."""
    kept: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
        parts = urlsplit(url)
        place = (parts.scheme, parts.netloc)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        reused = place in kept
        try:
            connection = kept.setdefault(place, kind(parts.netloc, timeout=TIMEOUT))
            return _exchange(connection, target or "/", body, headers, chunked)
        except (http.client.HTTPException, OSError) as error:
            kept.pop(place).close()
            if not reused or isinstance(error, TimeoutError):
                raise ConnectionError(str(error)) from error
        # The other side had closed the kept connection.
        return post(url, body, headers)

    return post


def _exchange(
    connection: http.client.HTTPConnection, target: str, body: bytes, headers: Mapping[str, str], chunked: bool
) -> HttpReply:
    if chunked:
        halves = (body[: len(body) // 2], body[len(body) // 2 :])
        framed = {**headers, "Transfer-Encoding": "chunked"}
        connection.request("POST", target, iter(halves), framed, encode_chunked=True)
    else:
        connection.request("POST", target, body, dict(headers))
    response = connection.getresponse()
    return HttpReply(response.status, response.read())
