"""Asks an application's upstream, the customer's own callback back end, as Sinch would: signed, within a limit."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import httpx2
from django.conf import settings

from recordings_site.base.addresses import AddressRefused
from recordings_site.base.circuit import Circuit
from recordings_site.base.deadline import Deadline
from recordings_site.base.guarded_transport import GuardedTransport
from recordings_site.callbacks.transactions.deadline import STORING, at_most
from recordings_site.calls.models import UpstreamOutcome
from recordings_site.policies.engine.snapshot import ApplicationFacts
from recordings_site.policies.models import MAX_UPSTREAM_MS, CallbackMode
from recordings_site.sinch import merge, signing
from recordings_site.sinch.errors import SinchError
from recordings_site.sinch.json_fields import read_object

log = logging.getLogger(__name__)

MAX_ANSWER = 64 * 1024
# Threads in which upstreams are asked; a call whose upstream hangs occupies one for as long as its limit.
THREADS = 32
# A worker has time.
NOTIFY_MS = 10_000
# After so many calls in a row that waited for nothing, calls go on without the upstream; one asks it every so many
# seconds.
FAILURES = 3
OPEN_SECONDS = 5.0
# How an upstream fails as a whole, and not for one call; the statuses are those of the proxies in front of it.
DOWN = frozenset({UpstreamOutcome.SLOW, UpstreamOutcome.UNREACHABLE})
DOWN_STATUSES = frozenset({502, 503, 504})
MOST_CIRCUITS = 1000


@dataclass(frozen=True)
class UpstreamReply:
    """What an upstream answered. `svaml` is None unless it is usable and not empty; `ms` is how long it took."""

    outcome: str
    svaml: dict[str, Any] | None = field(default=None, repr=False)
    status: int = 0
    ms: float = 0.0
    detail: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether the upstream's word counts; otherwise the number's own route answers."""
        return self.outcome == UpstreamOutcome.ANSWERED


def relays(application: ApplicationFacts) -> bool:
    """Whether an application's callbacks go to an upstream."""
    return application.mode == CallbackMode.RELAY and bool(application.upstream_url)


def ask(application: ApplicationFacts, *, event: str, body: bytes, content_type: str) -> UpstreamReply:
    """Relay an ICE, ACE or PIE, wait for its SVAML within the application's limit, and never raise.

    Other waiting may have left less than the limit: the callback's own deadline comes first.
    """
    limit = at_most(min(application.upstream_timeout_ms, MAX_UPSTREAM_MS) / 1000, leaving=STORING)
    circuit = _circuit_of(application.upstream_url)
    if not circuit.admits():
        detail = "Skipped, because it didn’t answer several times in a row. We retry every few seconds."
        return UpstreamReply(UpstreamOutcome.UNREACHABLE, detail=detail)
    if not _slots().acquire(blocking=False):
        return UpstreamReply(UpstreamOutcome.UNREACHABLE, detail="Too many callbacks are waiting for upstreams.")
    reply = _within(limit, lambda: _asked_upstream(application, event, body, content_type, limit))
    if reply.outcome in DOWN or reply.status in DOWN_STATUSES:
        circuit.failed()
    else:
        circuit.succeeded()
    return reply


def notify(application: ApplicationFacts, *, body: bytes, content_type: str) -> UpstreamReply:
    """Relay an event that wants no SVAML; never raises."""
    limit = NOTIFY_MS / 1000
    return _timed(lambda: _posted(application, body, content_type, limit))


def _within(limit: float, do: Callable[[], UpstreamReply]) -> UpstreamReply:
    """Run `do` in the pool, in an acquired slot, no longer than the limit: resolving a name counts, too."""
    started = time.perf_counter()
    try:
        future: Future[UpstreamReply] = _pool().submit(_in_pool, do)
    except RuntimeError:  # the process is going down
        _slots().release()
        return UpstreamReply(UpstreamOutcome.UNREACHABLE, detail="The server was shutting down.")
    try:
        return future.result(limit)
    except FutureTimeout:
        detail = f"No answer within {limit:g} s."
        return UpstreamReply(UpstreamOutcome.SLOW, ms=round((time.perf_counter() - started) * 1000, 2), detail=detail)


def _in_pool(do: Callable[[], UpstreamReply]) -> UpstreamReply:
    try:
        return _timed(do)
    finally:
        _slots().release()


def _timed(do: Callable[[], UpstreamReply]) -> UpstreamReply:
    started = time.perf_counter()
    try:
        reply = do()
    except httpx2.TimeoutException:
        reply = UpstreamReply(UpstreamOutcome.SLOW, detail="No answer in time.")
    except AddressRefused as problem:
        reply = UpstreamReply(UpstreamOutcome.UNREACHABLE, detail=str(problem))
    except (httpx2.HTTPError, httpx2.InvalidURL, SinchError) as problem:
        reply = UpstreamReply(UpstreamOutcome.UNREACHABLE, detail=f"Can’t be reached ({type(problem).__name__}).")
    except Exception:  # whatever is wrong with an upstream, the call goes on
        log.exception("Asking an upstream failed.")
        reply = UpstreamReply(UpstreamOutcome.UNREACHABLE, detail="The request failed. See the log.")
    ms = round((time.perf_counter() - started) * 1000, 2)
    return UpstreamReply(reply.outcome, reply.svaml, reply.status, ms, reply.detail)


def _asked_upstream(
    application: ApplicationFacts, event: str, body: bytes, content_type: str, limit: float
) -> UpstreamReply:
    reply, content = _exchange(application, body, content_type, limit)
    if not reply.is_usable:
        return reply
    if not content.strip() and event != "ice":
        return reply  # an empty answer lets the call go on
    try:
        svaml = merge.check(read_object(content, limit=MAX_ANSWER), event)
    except (ValueError, SinchError) as problem:
        return UpstreamReply(
            UpstreamOutcome.INVALID, status=reply.status, detail=f"The answer isn’t valid SVAML: {problem}"[:300]
        )
    return UpstreamReply(reply.outcome, svaml, reply.status, detail=merge.doubtful(svaml))


def _posted(application: ApplicationFacts, body: bytes, content_type: str, limit: float) -> UpstreamReply:
    return _exchange(application, body, content_type, limit)[0]


def _exchange(
    application: ApplicationFacts, body: bytes, content_type: str, limit: float
) -> tuple[UpstreamReply, bytes]:
    """Post, once more when a connection that was kept open had been closed: Sinch, too, may send an event twice."""
    until = Deadline(limit)
    try:
        return _post(application, body, content_type, until)
    except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
        return _post(application, body, content_type, until)


def _post(
    application: ApplicationFacts, body: bytes, content_type: str, until: Deadline
) -> tuple[UpstreamReply, bytes]:
    """Post once, signed for the upstream's own path; the outcome by its status, and its bounded body."""
    x_timestamp = signing.format_timestamp(datetime.now(UTC))
    secret = application.secrets[0] if application.secrets else ""
    authorization = signing.authorization(
        application.key, secret, method="POST", path=signing.signed_path(application.upstream_url), body=body,
        content_type=content_type, x_timestamp=x_timestamp,
    )  # fmt: skip
    headers = {"Authorization": authorization, "x-timestamp": x_timestamp, "Content-Type": content_type}
    collected = bytearray()
    timeout = httpx2.Timeout(_left(until))
    with _client().stream("POST", application.upstream_url, content=body, headers=headers, timeout=timeout) as response:
        status = response.status_code
        for chunk in response.iter_bytes():
            _left(until)
            collected += chunk
            if len(collected) > MAX_ANSWER:
                return UpstreamReply(
                    UpstreamOutcome.INVALID, status=status, detail="The answer is larger than 64 KiB."
                ), b""
    if status >= 500 or status == 429:
        return UpstreamReply(UpstreamOutcome.FAILED, status=status, detail=f"It answered with status {status}."), b""
    if not 200 <= status < 300:
        return UpstreamReply(UpstreamOutcome.REFUSED, status=status, detail=f"It answered with status {status}."), b""
    return UpstreamReply(UpstreamOutcome.ANSWERED, status=status), bytes(collected)


def _left(until: Deadline) -> float:
    """Seconds until then; TimeoutException when there are none.

    The client's own timeout is for each step alone, so that drops of an answer could hold a place for hours.
    """
    if until.expired:
        raise httpx2.TimeoutException("The time limit was exceeded.")
    return until.left()


@lru_cache(maxsize=MOST_CIRCUITS)
def _circuit_of(url: str) -> Circuit:
    return Circuit(failures=FAILURES, open_seconds=OPEN_SECONDS)


def forget() -> None:
    """Let what is being asked come to its end, given up by its caller or not, then close the connections kept open."""
    _circuit_of.cache_clear()
    _pool().shutdown()
    _pool.cache_clear()
    _client().close()
    _client.cache_clear()


@cache
def _client() -> httpx2.Client:
    """One for the process: its connections to upstreams stay open between calls."""
    limits = httpx2.Limits(max_connections=THREADS + 8, max_keepalive_connections=THREADS, keepalive_expiry=30)
    transport = GuardedTransport(lambda: settings.ADDRESSES_ALLOWED, limits=limits)
    return httpx2.Client(follow_redirects=False, trust_env=False, transport=transport)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="upstream")


@cache
def _slots() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(THREADS)
