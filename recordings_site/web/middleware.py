"""Gives sign-in and all other pages separate database connections."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from recordings_site.web.connections import Purpose, connections_for

View = Callable[[HttpRequest], HttpResponseBase]


def connections_by_address(get_response: View) -> View:
    """Middleware: addresses of accounts are for SIGN_IN, the others for PAGES. What an answer streams is WORK."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_sign_in = request.path_info.startswith("/accounts/")
        with connections_for(Purpose.SIGN_IN if is_sign_in else Purpose.PAGES):
            return get_response(request)

    return answer
