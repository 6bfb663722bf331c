"""Answers a failed request: with the error page, or, if the database wasn't available, with a page saying so."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

# What Django raises when no connection is available because the pool is exhausted, or when one breaks.
DATABASE_ERRORS = (OperationalError, InterfaceError)
SENTENCE = "The site’s database is busy or can’t be reached. This usually takes less than a minute. Try again."


def wants_page(request: HttpRequest) -> bool:
    """Whether the request comes from a browser window, not from its player or a script."""
    return "text/html" in request.headers.get("Accept", "") and request.accepts("text/html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when the database was not to be had. Players and scripts get a sentence, no page.

    Django asks for it wherever an exception got to, the middleware included.
    """
    if not isinstance(sys.exc_info()[1], DATABASE_ERRORS):
        return defaults.server_error(request)
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    if wants_page(request):
        return HttpResponse(get_template("503.html").render(), status=503, headers=headers)
    return HttpResponse(SENTENCE, status=503, headers=headers, content_type="text/plain; charset=utf-8")
