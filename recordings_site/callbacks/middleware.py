"""Lets Sinch's callbacks in before sessions, sign-in and pages, which are for people: a call waits for the answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from recordings_site.callbacks.views import receive

View = Callable[[HttpRequest], HttpResponseBase]


def callbacks_first(get_response: View) -> View:
    """Middleware that answers callbacks itself and passes on all else. It stands behind the one that insists on https:
    an answer holds credentials.
    """
    path = reverse("callbacks")
    paths = frozenset({path, path.rstrip("/")})

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in paths:
            return get_response(request)
        response = receive(request)
        # As the middleware would that is passed by: without a length, gunicorn would send it in chunks.
        response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer
