"""Reads the whole body of a WSGI request, up to a limit, whether sent with a length or in chunks."""

from collections.abc import Mapping
from typing import Any


class BodyError(ValueError):
    """The body is too large, malformed, or ends too early."""


def read_body(environ: Mapping[str, Any], *, limit: int) -> bytes:
    """Return the whole body, `limit` bytes at most.

    A body in chunks (Transfer-Encoding: chunked) has no length; the server says that its input ends with it. Raises
    BodyError, and OSError when the body does not arrive in time.
    """
    announced = environ.get("CONTENT_LENGTH") or ""
    if not announced and environ.get("wsgi.input_terminated"):
        body = _read(environ, limit + 1)
        if len(body) > limit:
            raise BodyError(f"The body is larger than {limit} bytes.")
        return body
    # Python takes very long to read a number of very many digits.
    if not (announced or "0").isdecimal() or len(announced) > 12:
        raise BodyError("Content-Length isn’t a number.")
    length = int(announced or "0")
    if length > limit:
        raise BodyError(f"The body is larger than {limit} bytes.")
    body = _read(environ, length) if length else b""
    if len(body) < length:
        raise BodyError("The body is shorter than its Content-Length.")
    return body


def _read(environ: Mapping[str, Any], size: int) -> bytes:
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except OSError:
        raise
    except Exception as problem:  # servers raise errors of their own for a malformed chunk
        raise BodyError(f"The body cannot be read: {type(problem).__name__}.") from problem
    return body
