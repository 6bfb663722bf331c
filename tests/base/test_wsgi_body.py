"""Reading the body of a WSGI request within its bound."""

import io
from typing import Any

import pytest

from recordings_site.base.wsgi_body import BodyError, read_body


def environ(body: bytes, length: str | None = None, **more: Any) -> dict[str, Any]:
    """What a server gives."""
    return {"wsgi.input": io.BytesIO(body)} | ({} if length is None else {"CONTENT_LENGTH": length}) | more


def test_a_body_of_known_length_is_read_so_far_and_no_further() -> None:
    assert read_body(environ(b"12345next request", "5"), limit=5) == b"12345"
    assert read_body(environ(b"next request", ""), limit=5) == b""


def test_a_body_without_a_length_is_read_only_if_the_server_ends_it() -> None:
    assert read_body(environ(b"12345", **{"wsgi.input_terminated": True}), limit=5) == b"12345"
    assert read_body(environ(b"12345"), limit=5) == b""


@pytest.mark.parametrize("length", ["-1", "+5", "five", "٥", "9" * 5000, "6", "5"])
def test_a_length_that_is_wrong_is_refused(length: str) -> None:
    with pytest.raises(BodyError):
        read_body(environ(b"1234", length), limit=5)


def test_more_than_the_limit_is_refused_without_a_length_too() -> None:
    with pytest.raises(BodyError):
        read_body(environ(b"123456", **{"wsgi.input_terminated": True}), limit=5)


@pytest.mark.parametrize(("raised", "comes_out"), [(TimeoutError, OSError), (ZeroDivisionError, BodyError)])
def test_what_the_server_raises_is_told_apart(raised: type[Exception], comes_out: type[Exception]) -> None:
    class Input:
        def read(self, size: int) -> bytes:
            raise raised

    with pytest.raises(comes_out):
        read_body(environ(b"", "5", **{"wsgi.input": Input()}), limit=5)
