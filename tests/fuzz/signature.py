"""Fuzzes who signed a callback: only SignatureError leaves, and no other request has the same signature."""

import json
from pathlib import Path

import pytest

from recordings_site.sinch import signing
from recordings_site.sinch.errors import SignatureError

_VECTORS = json.loads((Path(__file__).parents[1] / "sinch" / "signatures.json").read_text())
_SECRET = "BeIukql3pTKJ8RGL5zo0DA=="


def _request(authorization: str, method: str, path: str, content_type: str, x_timestamp: str, body: str) -> bytes:
    """The parts of a request, one a line: no server lets a line break through in a header."""
    return "\n".join((authorization, method, path, content_type, x_timestamp, body)).encode()


SEEDS = [
    _request(f"application {each['key']}:{each['signature']}", *(each[part] for part in (
        "method", "path", "content_type", "x_timestamp", "body")))
    for each in _VECTORS
] + [
    _request("Application  key:" + "A" * 43 + "=", "post", "/callbacks/sinch/", "", "2026-01-14 09:30", ""),
    _request("", "GET", "https://host/a?b", "text/plain", "2026-01-14T09:30:00.1234567+05:30", "{}"),
]  # fmt: skip


def check(data: bytes) -> None:
    """Read the parts as headers, and compare the signature of these parts with that of the documentation's request."""
    parts = [part.decode("utf-8", "surrogateescape") for part in data.split(b"\n", 5)]
    authorization, method, path, content_type, x_timestamp, *_ = [*parts, *[""] * 5]
    body = data.split(b"\n", 5)[5] if len(parts) > 5 else b""
    try:
        read = signing.parse_authorization(authorization)
    except SignatureError:
        pass
    else:
        assert signing.parse_authorization(f"application {read.application_key}:{read.signature}") == read
    try:
        at = signing.parse_timestamp(x_timestamp)
    except SignatureError:
        pass
    else:
        assert signing.parse_timestamp(at.isoformat()) == at
        if at.year >= 1000:  # those of the first are not ours to write
            assert signing.parse_timestamp(signing.format_timestamp(at)) == at.replace(microsecond=0)
    try:
        signing.decode_secret(authorization)
        assert signing.signed_path(path)
    except SignatureError:
        pass
    _check_signature(method, path, body, content_type, x_timestamp)


def _check_signature(method: str, path: str, body: bytes, content_type: str, x_timestamp: str) -> None:
    given = {"method": method, "path": path, "body": body, "content_type": content_type, "x_timestamp": x_timestamp}
    signature = signing.sign(_SECRET, **given)
    assert signing.verify(["", "?", _SECRET], **given, signature=signature)
    assert not signing.verify(["", "?", "AAAA"], **given, signature=signature)
    for name, value in given.items():
        other = value + b"x" if isinstance(value, bytes) else value + "x"
        assert not signing.verify([_SECRET], **given | {name: other}, signature=signature), name


def plant(patch: pytest.MonkeyPatch) -> None:
    """A time that does not exist is no longer caught."""

    class Never(Exception):
        """Nobody raises it."""

    patch.setattr(signing, "ValueError", Never, raising=False)
    patch.setattr(signing, "OverflowError", Never, raising=False)
