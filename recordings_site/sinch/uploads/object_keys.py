"""Compares and normalizes object keys: writers differ in percent-encoding, Unicode forms and slashes.

Nothing here decides that two spellings are one object where both exist: the exact spelling always goes first.
"""

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

from .destination_url import is_usable_key, recording_stem

# A proxy may encode a key that is already encoded.
MOST_ROUNDS = 3
_SLASHES = re.compile(r"/{2,}")
# The members of a signed URL: Azure's SAS, and the queries of Amazon, Google and CloudFront.
_SIGNED = (
    r"(?:sig|signature|s[a-z]{1,4}|x-(?:amz|goog)-[a-z-]+|awsaccesskeyid|googleaccessid|expires|policy|key-pair-id"
    r"|(?:access_|id_)?token)"
)
_QUERY = re.compile(
    rf"[?#].*|%(?:25)*(?:3f|23)[^/]*?(?:=|%(?:25)*3d).*|(?:[&;]|%(?:25)*(?:26|3b)){_SIGNED}(?:=|%(?:25)*3d).*",
    re.IGNORECASE | re.DOTALL,
)
_SECRET = re.compile(rf"\A\s*[a-z][a-z0-9+.-]*://|(?:[?#&;]|%(?:25)*(?:3f|23|26|3b)){_SIGNED}(?:=|%(?:25)*3d)", re.I)
_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://)([^/?#]*@)")
# Here the part before the sign is a container, not a user.
_WITH_CONTAINER = ("wasb://", "wasbs://", "abfs://", "abfss://")


def without_secrets(text: str) -> str:
    """A place as text without anything that grants access: query (a SAS), fragment, user, password.

    What remains may be stored and shown.
    """
    text = _QUERY.sub("", text).strip()
    user = _USER.match(text)
    if user is None or (user[1].lower() in _WITH_CONTAINER and ":" not in user[2]):
        return text
    return user[1] + text[user.end() :]


def without_signatures(value: Any) -> Any:
    """JSON that is safe to show: what looks like a place, or has a signed URL's parameters, is cut as above."""
    if isinstance(value, str):
        return without_secrets(value) if _SECRET.search(value) else value
    if isinstance(value, Mapping):
        return {key: without_signatures(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [without_signatures(member) for member in value]
    return value


def canonical(key: str) -> str:
    """The form used to compare keys: no query, percent-decoded, Unicode composed, single slashes.

    A plus sign stays one: a percent-encoded blank is never written so in a path. Never store what this returns.
    """
    key = _QUERY.sub("", key)
    for _ in range(MOST_ROUNDS):
        decoded = unquote(key, errors="surrogateescape")
        if decoded == key:
            break
        key = decoded
    return normalize("NFC", _SLASHES.sub("/", key).lstrip("/"))


def spellings(key: str) -> tuple[str, ...]:
    """The keys under which a store may hold `key`: unchanged, decoded, in either Unicode form.

    Those that no store takes are left out, so this may be empty.
    """
    decoded = unquote(key, errors="surrogateescape")
    forms = (key, decoded, normalize("NFC", decoded), normalize("NFD", decoded))
    return tuple(dict.fromkeys(form for form in forms if is_usable_key(form)))


def is_same(key: str, other: str) -> bool:
    """Whether two different spellings mean the same object."""
    return key == other or canonical(key) == canonical(other)


def is_named_by(name: str, key: str) -> bool:
    """Whether `key` ends with this name or end of a path."""
    name, key = canonical(name), canonical(key)
    return bool(name) and (key == name or key.endswith("/" + name))


def stem(key: str) -> str:
    """The canonical key shared by a recording and its transcript."""
    return recording_stem(canonical(key))
