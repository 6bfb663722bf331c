"""Gives each request an id, measures it, and logs it in one line."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from recordings_site.base import instruments, trace
from recordings_site.web.postgresql.pools import figures

log = logging.getLogger("recordings_site.requests")

View = Callable[[HttpRequest], HttpResponseBase]
# A proxy's id is kept, if it is one.
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def measured(get_response: View) -> View:
    """Middleware that stands before all others. Addresses are logged by their route: they may hold one-time keys."""
    callbacks = reverse("callbacks").rstrip("/")

    def answer(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        began = time.perf_counter()
        with trace.traced(request=request_id):
            response = get_response(request)
            seconds = time.perf_counter() - began
            if request.path_info.rstrip("/") == callbacks:
                known = trace.ids()
                labels = known.get("event", "none"), known.get("outcome", "none")
                instruments.CALLBACK_SECONDS.labels(*labels).observe(seconds)
            elif not request.path_info.startswith("/health/"):
                instruments.PAGE_SECONDS.labels(_method(request), str(response.status_code)).observe(seconds)
                _measure_pools()
            # Of an address that is none of ours, the first part; “OPTIONS *” has no slash.
            first = request.path_info.partition("/")[2].partition("/")[0]
            route = request.resolver_match.route if request.resolver_match else first
            log.info("%s /%s %s in %.0f ms", _method(request), route, response.status_code, seconds * 1000)
        response.headers["X-Request-ID"] = request_id
        return response

    return answer


def _method(request: HttpRequest) -> str:
    """The method as a label: a stranger's inventions are one."""
    return request.method if request.method in ("GET", "HEAD", "POST") else "other"


def _measure_pools() -> None:
    for purpose, (in_use, waiting) in figures().items():
        instruments.POOL_CONNECTIONS.labels(purpose).set(in_use)
        instruments.POOL_WAITING.labels(purpose).set(waiting)
