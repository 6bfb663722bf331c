"""An interoperability (HMAC) key or a service account's JSON in what people copy from Google's console and commands."""

import json

from recordings_site.destinations.kinds.base import ReadMode
from recordings_site.destinations.kinds.pasted_credentials import Pasted, cleaned, first, json_kind, values_of
from recordings_site.sinch.errors import CredentialsError

_MAKE_HMAC = "Sinch writes with an interoperability (HMAC) key. Create one with: gcloud storage hmac create ACCOUNT."


def hmac_key(key: str, secret: str, *, why: str = _MAKE_HMAC) -> Pasted:
    """An interoperability key, its halves in their fields or both in one. Raises CredentialsError with what to do."""
    key, secret = cleaned(key), cleaned(secret)
    for text in filter(None, (key, secret)):
        values = values_of(text)
        access, half = first(values, "accessid", "accesskey"), first(values, "secret", "secretkey")
        if access and half:
            return Pasted(access, half, ReadMode.INTEROPERABILITY)
        if text.startswith("{"):
            raise CredentialsError(f"This is {json_kind(text)}. {why}")
        if text.startswith(("AIza", "ya29.")):
            raise CredentialsError(f"This is an API key or token, which gives no access to buckets. {why}")
        start, colon, rest = text.partition(":")
        if start.startswith("GOOG") and colon and rest:
            return Pasted(start, rest.strip(), ReadMode.INTEROPERABILITY)
    return Pasted(key, secret)


def service_account(key: str, text: str) -> Pasted:
    """A service account's JSON key. Raises CredentialsError with what it is instead, and what to do."""
    text = text.strip()
    if key.startswith("GOOG") or text.startswith(("GOOG", "metadata:")) or '"accessId"' in text:
        raise CredentialsError("This is an interoperability (HMAC) key. Choose that option above, or paste a JSON key.")
    if not text.startswith("{"):
        raise CredentialsError("This isn’t a service account’s JSON key. Paste the whole file.")
    try:
        kind = json.loads(text).get("type")
    except (ValueError, AttributeError, RecursionError):
        kind = None
    if kind not in (None, "service_account"):
        raise CredentialsError(f"This is {json_kind(text)}. Paste the JSON key of a service account.")
    if '"installed"' in text or '"web"' in text:
        raise CredentialsError(f"This is {json_kind(text)}. Paste the JSON key of a service account.")
    return Pasted(secret=text)
