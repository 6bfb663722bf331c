"""Headers of every response for which Django has no setting."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def same_origin_only(get_response: Answer) -> Answer:
    """Middleware: keep other sites from embedding anything of this one."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return answer


def nothing_is_stored(get_response: Answer) -> Answer:
    """Middleware: no browser and no cache keeps a page, so none shows it to the next person. Static files do not pass
    here.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer
