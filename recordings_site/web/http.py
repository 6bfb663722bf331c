"""Typed requests, and one answer that is a page or, for htmx, a part of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from recordings_site.accounts.models import User


class Request(HttpRequest):
    """A request behind the sign-in: `user` is a person, `htmx` tells whether htmx asked."""

    user: "User"
    htmx: HtmxDetails


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser's window asks, not its player or a script."""
    return "text/html" in request.headers.get("Accept", "") and request.accepts("text/html")


def page_or_partial(
    request: Request, page: str, partial: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render `partial` when htmx targets its root element (whose id is the partial's name), else the whole `page`.

    A partial `templates/recordings/library/_list.html` has the root element `id="list"`; a request from htmx whose
    `HX-Target` is that id gets the partial alone. The answer varies by the two headers, so no cache mixes them.
    """
    target = partial.rsplit("/", 1)[-1].removesuffix(".html").lstrip("_")
    chosen = partial if request.htmx and request.htmx.target == target else page
    response = render(request, chosen, context, status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response
