"""When a request is here: a thread that takes it up then waits for nobody."""

from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.ops.serving.arrival import MAX_BODY, MAX_HEAD, Arrival

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"
BODY = b'{"event":"ice"}'
WITH_LENGTH = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
IN_CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\n12345\r\nB\r\n1\r\n2\r\n3\r\n\r\n\r\n0\r\n\r\n"
WITH_TRAILERS = IN_CHUNKS[:-2] + b"Digest: x\r\n\r\n"


def arrival(*parts: bytes, stranger: str = "") -> Arrival:
    """What is known after these parts arrived; who sends this Authorization header is a stranger."""
    arrived = Arrival(lambda authorization: authorization.strip() == stranger)
    for part in parts:
        arrived.add(part)
    return arrived


@pytest.mark.parametrize("request_", [HEAD + b"\r\n", WITH_LENGTH, IN_CHUNKS, WITH_TRAILERS])
def test_a_request_is_here_with_its_last_byte_however_it_is_cut(request_: bytes) -> None:
    for step in (1, 2, 3, 7, len(request_)):
        parts = [request_[start : start + step] for start in range(0, len(request_), step)]
        assert not arrival(*parts[:-1]).is_complete
        arrived = arrival(*parts)
        assert arrived.is_complete
        assert arrived.size == len(request_)
        assert arrived.taken() == request_


def test_what_is_sent_behind_it_is_given_away_with_it() -> None:
    assert arrival(WITH_LENGTH + b"GET / HT").taken() == WITH_LENGTH + b"GET / HT"


def test_empty_lines_before_it_are_no_head() -> None:
    arrived = arrival(b"\r\n\r\n", b"\r\n\r\n")
    assert not arrived.is_complete
    arrived.add(HEAD + b"\r\n")
    assert arrived.is_complete


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: five\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 9999999999999\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_of_a_malformed_head_no_body_is_awaited(head: bytes) -> None:
    assert arrival(HEAD + head + b"\r\n").is_complete


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"-1\r\n", b"\r\n", b"0x5\r\n", b"f" * 16 + b"\r\n", b" " * 8200])
def test_a_malformed_chunk_is_not_awaited(chunk: bytes) -> None:
    assert arrival(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk).is_complete


def test_of_a_large_body_and_a_large_head_only_the_beginning_is_awaited() -> None:
    head = HEAD + b"Content-Length: 100000000\r\n\r\n"
    assert not arrival(head, b"x" * (MAX_BODY - 1)).is_complete
    assert arrival(head, b"x" * MAX_BODY).is_complete
    chunk = HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"
    assert not arrival(chunk, b"x" * 1000).is_complete
    assert arrival(chunk, b"x" * MAX_BODY).is_complete
    assert arrival(HEAD + b"X: " + b"x" * MAX_HEAD).is_complete


def test_of_a_stranger_no_body_is_awaited() -> None:
    head = HEAD + b"AUTHORIZATION: application %s:A\r\nContent-Length: 9\r\n\r\n"
    assert arrival(head % b"unknown", stranger="application unknown:A").is_complete
    assert not arrival(head % b"known", stranger="application unknown:A").is_complete


def test_who_waits_to_be_told_is_told_once() -> None:
    head = b"\r\nexpect:  100-Continue\r\nContent-Length: 5\r\n\r\n"
    arrived = arrival(b"POST / HTTP/1.1" + head)
    assert arrived.wants_continue()
    assert not arrived.wants_continue()
    arrived.add(b"1234")
    assert not arrived.is_complete
    arrived.add(b"5")
    assert arrived.is_complete
    # The server that takes it up does not tell it again.
    assert arrived.taken() == b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345"
    assert not arrival(b"POST / HTTP/1.0" + head).wants_continue()
    assert not arrival(HEAD + b"Content-Length: 5\r\n\r\n").wants_continue()
    assert not arrival(b"POST / HTTP/1.1").wants_continue()


LINES = st.sampled_from(
    [b"Content-Length: 3", b"Content-Length: 0", b"content-length:\t10 ", b"Transfer-Encoding: chunked", b"X: y",
     b"TRANSFER-ENCODING:CHUNKED", b"Expect: 100-continue"]
)  # fmt: skip
PIECES = st.sampled_from(
    [b"3\r\nabc\r\n", b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"abc", b"1;x\r\n", b"a\r\n", b"\r\n", b"GET "]
)


@given(st.lists(LINES, max_size=3), st.lists(PIECES, max_size=6))
def test_what_is_here_gunicorn_reads_without_waiting(lines: list[bytes], pieces: list[bytes]) -> None:
    sent = b"POST / HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + b"".join(pieces)
    arrived = arrival(sent)
    waited = []

    def source() -> Iterator[bytes]:
        yield sent
        waited.append(True)

    try:
        next(RequestParser(Config(), source(), ("127.0.0.1", 1))).body.read()
        is_refused = False
    except Exception:  # noqa: BLE001 - gunicorn's own, whichever
        is_refused = True
    if arrived.is_complete:
        assert not waited
    elif not is_refused:
        assert waited


@pytest.mark.parametrize("name", [b"Content-Length", b"Transfer-Encoding", b"Expect", b"Authorization"])
@pytest.mark.parametrize("value", [b" " * 60_000 + b"\nb: c", b"a" + b" \t" * 30_000 + b"b", b" " * 60_000])
def test_a_long_row_of_blanks_in_a_head_is_read_in_no_time(name: bytes, value: bytes) -> None:
    # Tried from each of its blanks, such a row would take hours.
    assert arrival(HEAD + name + b":" + value + b"\r\n\r\n").has_head
