"""An answer that streams holds no database connection while a piece is sent: a client may pause."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from recordings_site.accounts.models import User
from recordings_site.web import middleware
from recordings_site.web.middleware import connections_by_address

pytestmark = pytest.mark.django_db(transaction=True)


def answered(pieces: Callable[[], Iterator[bytes]]) -> StreamingHttpResponse:
    """The answer of a view that asks the database, and then streams these pieces."""

    def view(request: HttpRequest) -> StreamingHttpResponse:
        User.objects.exists()
        return StreamingHttpResponse(pieces())

    answer = connections_by_address(view)(RequestFactory().get("/"))
    assert isinstance(answer, StreamingHttpResponse)
    return answer


def test_neither_what_the_view_asked_nor_what_a_piece_asks_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[bool] = []
    monkeypatch.setattr(middleware, "release_connections", lambda: given_back.append(True))

    def pieces() -> Iterator[bytes]:
        yield b"from a store"
        User.objects.exists()
        yield b"from the database"

    answer = answered(pieces)
    for number, _ in enumerate(answer.streaming_content, start=1):
        assert len(given_back) == number


def test_a_stream_that_is_abandoned_is_closed() -> None:
    closed: list[bool] = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"1"
            yield b"2"
        finally:
            closed.append(True)

    answer = answered(pieces)
    next(iter(answer.streaming_content))
    answer.close()
    assert closed == [True]


def test_other_answers_are_left_alone() -> None:
    answer = HttpResponse(b"whole")
    assert connections_by_address(lambda request: answer)(RequestFactory().get("/")) is answer
