"""Gives sign-in and all other pages separate database connections, and answers that stream none while they are sent."""

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from recordings_site.web.connections import Purpose, connections_for, release_connections

View = Callable[[HttpRequest], HttpResponseBase]


def connections_by_address(get_response: View) -> View:
    """Middleware: addresses of accounts are for SIGN_IN, the others for PAGES. What an answer streams is WORK."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_sign_in = request.path_info.startswith("/accounts/")
        with connections_for(Purpose.SIGN_IN if is_sign_in else Purpose.PAGES):
            response = get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _released(cast(Iterable[bytes], response.streaming_content))
        return response

    return answer


def _released(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, with no connection held while one is sent: a client may take as long as it likes to read it."""
    for piece in pieces:
        release_connections()
        yield piece
