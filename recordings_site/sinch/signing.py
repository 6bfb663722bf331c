"""Signs requests and callbacks as Sinch does, and verifies signatures.

The scheme ("application" signing) is in Sinch's voice documentation under "Authentication":

    Signature    = Base64(HMAC-SHA256(Base64Decode(ApplicationSecret), UTF8(StringToSign)))
    StringToSign = METHOD \\n Content-MD5 \\n Content-Type \\n x-timestamp:<header verbatim> \\n <path>
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from .errors import SignatureError

MAX_HEADER = 1024

_AUTHORIZATION = re.compile(r"[ \t]*application[ \t]+([!-9;-~]{1,200}):([A-Za-z0-9+/]{43}=)[ \t]*", re.IGNORECASE)
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """What an Authorization header of the application scheme holds."""

    application_key: str
    signature: str


def decode_secret(secret: str) -> bytes:
    """Return the key bytes of an application secret: Base64, also URL-safe or without its padding.

    Raises SignatureError when it is none of these.
    """
    text = secret.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("The application secret is not Base64. Copy it again from the Sinch dashboard.") from None
    if not key:
        raise SignatureError("The application secret is empty.")
    return key


def sign(secret: str, *, method: str, path: str, body: bytes, content_type: str, x_timestamp: str) -> str:
    """Return the Base64 signature of a request.

    `content_type` and `x_timestamp` are the header values as they go over the wire; `path` is the absolute path of the
    URL without host and query, still percent-encoded. Raises SignatureError for a secret that is not Base64.
    """
    return _signature(decode_secret(secret), _string_to_sign(method, path, body, content_type, x_timestamp))


def authorization(
    application_key: str, secret: str, *, method: str, path: str, body: bytes, content_type: str, x_timestamp: str
) -> str:
    """Return the value of the Authorization header of a request; takes and raises what `sign` does."""
    signature = sign(secret, method=method, path=path, body=body, content_type=content_type, x_timestamp=x_timestamp)
    return f"application {application_key}:{signature}"


def parse_authorization(header: str) -> Authorization:
    """Read an Authorization header; the scheme's word may be in any case. Raises SignatureError."""
    found = _AUTHORIZATION.fullmatch(header) if len(header) <= MAX_HEADER else None
    if found is None:
        raise SignatureError("The Authorization header is not 'application <key>:<signature>'.")
    return Authorization(found[1], found[2])


def verify(
    secrets: Sequence[str],
    *,
    method: str,
    path: str,
    body: bytes,
    content_type: str,
    x_timestamp: str,
    signature: str,
) -> bool:
    """Return whether one of `secrets` (two during a rotation) made `signature`, in constant time.

    A secret that is not Base64 signs nothing, so that a broken one does not disable the other.
    """
    message = _string_to_sign(method, path, body, content_type, x_timestamp)
    given = _utf8(signature)
    matches = False
    for secret in secrets:
        try:
            key = decode_secret(secret)
        except SignatureError:
            continue
        # Every secret is tried, so the time taken doesn't reveal which one matched.
        matches |= hmac.compare_digest(_signature(key, message).encode(), given)
    return matches


def parse_timestamp(text: str) -> datetime:
    """Read ISO 8601 as Sinch writes it: up to 7 (here 12) digits of a fraction; without a zone it is UTC.

    Returns an aware datetime in UTC, cut to microseconds. Raises SignatureError.
    """
    found = _TIMESTAMP.fullmatch(text.strip()) if len(text) <= 64 else None
    if found is None:
        raise SignatureError("The timestamp is not ISO 8601, such as 2014-09-24T10:59:41Z.")
    year, month, day, hour, minute, second, fraction, sign_, zone_hours, zone_minutes = found.groups()
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
        if sign_:
            offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            at = at - offset if sign_ == "+" else at + offset
    except (ValueError, OverflowError):
        raise SignatureError("The timestamp isn’t a valid time.") from None
    return at


def format_timestamp(at: datetime) -> str:
    """Write an aware datetime as the value of an x-timestamp header."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed_path(url: str) -> str:
    """Return the part of `url` that is signed: its absolute path, "/" when it has none. Raises SignatureError."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        raise SignatureError("The URL isn’t valid.") from None


def _string_to_sign(method: str, path: str, body: bytes, content_type: str, x_timestamp: str) -> bytes:
    # MD5 is Sinch's choice for Content-MD5; the HMAC over it is what protects.
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() if body else ""
    return _utf8("\n".join([method.upper(), md5, content_type, f"x-timestamp:{x_timestamp}", path]))


def _signature(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def _utf8(text: str) -> bytes:
    # Header values can contain anything, even lone surrogates. These must not match, and must not raise either.
    return text.encode("utf-8", "surrogatepass")
