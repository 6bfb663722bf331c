"""Reads, masks and fingerprints the storage credentials that travel to Sinch inside SVAML."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from recordings_site.base.formatting import either

from .errors import CredentialsError

MASK = "••••"

_PART = re.compile(r"[!-9;-~]{1,256}")
_REGION = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SHOWN_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """An Amazon access key with the region of its bucket."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str


@dataclass(frozen=True, slots=True)
class AzureCredentials:
    """A storage account's access key, Base64: full control over the account."""

    account_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GsCredentials:
    """A Cloud Storage interoperability (HMAC) key."""

    access_key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LocalCredentials:
    """The random token that allows writing to a local folder, in demos and tests."""

    token: str = field(repr=False)


Credentials = S3Credentials | AzureCredentials | GsCredentials | LocalCredentials


def parse(kind: str, text: str) -> Credentials:
    """Read the credentials of a store of `kind` (such as s3) in the grammar that Sinch documents for it.

    Raises CredentialsError, whose message says what is expected and never repeats `text`.
    """
    grammar = GRAMMARS.get(kind)
    if grammar is None:
        raise CredentialsError(f"The kind of storage must be {either(GRAMMARS)}.")
    return grammar(text.strip())


def masked(text: str) -> str:
    """Return the part of the credentials that may be shown: the end of an access key and the region, no secret."""
    parts = text.strip().split(":")
    if len(parts) == 1:
        return MASK
    access_key = parts[0]
    shown = [MASK + access_key[-4:] if len(access_key) >= 16 else MASK, MASK]
    if len(parts) == 3:
        shown.append(parts[2] if _SHOWN_REGION.fullmatch(parts[2]) else MASK)
    return ":".join(shown)


def fingerprint(text: str) -> str:
    """Return 12 hexadecimal digits that tell one secret from another without revealing it."""
    return hashlib.sha256(b"fingerprint:" + text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _s3(text: str) -> S3Credentials:
    access_key, secret_key, region = _parts(text, 3, "AccessKey:SecretKey:Region, such as AKIA…:…:eu-central-1")
    if not _REGION.fullmatch(region):
        raise CredentialsError("The region, after the last colon, must look like eu-central-1.")
    return S3Credentials(access_key, secret_key, region)


def _azure(text: str) -> AzureCredentials:
    message = "The credentials must be the storage account’s access key: Base64, without a colon."
    if ":" in text:
        raise CredentialsError(message)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CredentialsError(message) from None
    if len(key) < 32:
        raise CredentialsError("The storage account’s access key is too short. Copy the whole key.")
    return AzureCredentials(text)


def _gs(text: str) -> GsCredentials:
    access_key, secret = _parts(text, 2, "AccessKey:Secret, a Cloud Storage interoperability (HMAC) key")
    return GsCredentials(access_key, secret)


def _local(text: str) -> LocalCredentials:
    if not _TOKEN.fullmatch(text):
        raise CredentialsError("A local folder’s token has 16 to 128 letters, digits, '-' or '_'.")
    return LocalCredentials(text)


def _parts(text: str, count: int, grammar: str) -> list[str]:
    parts = text.split(":")
    if len(parts) != count or not all(_PART.fullmatch(part) for part in parts):
        problem = f"The credentials must be {grammar}: {count} parts separated by colons, with no spaces."
        raise CredentialsError(problem)
    return parts


GRAMMARS: Mapping[str, Callable[[str], Credentials]] = {"s3": _s3, "azure": _azure, "gs": _gs, "local": _local}
