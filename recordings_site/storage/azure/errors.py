"""Turns azure-storage-blob's errors into ours; distinguishes a refused signature from a wrong clock."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from recordings_site.storage import explanations
from recordings_site.storage.answers import clock_of, is_skewed
from recordings_site.storage.errors import (
    AccessDenied,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.explanations import Explanation

_NO_IDENTITY = Explanation(StoreMisconfigured, "This machine has no Azure identity.", "Enter a key or a SAS.")
_WRONG_KEY = Explanation(
    AccessDenied,
    "The account key or SAS is wrong or belongs to another account.",
    "Copy it again in full.",
)
_SAS_EXPIRED = Explanation(AccessDenied, "The SAS has expired.", "Create a new one.")
_SAS_NOT_YET = Explanation(
    AccessDenied,
    "The SAS is not yet valid, according to Azure’s clock.",
    "Create one without a start time, or one that starts 15 minutes ago, and check the clock where you create it.",
)
_SAS_TIME = Explanation(
    AccessDenied, "The SAS isn’t valid now, according to Azure’s clock.", "Create one that is valid from now."
)
_KEYS_OFF = Explanation(
    AccessDenied,
    "The storage account doesn’t accept account keys.",
    "Allow storage account key access in the account’s configuration. Sinch writes with a key.",
)
_FIREWALL = Explanation(
    AccessDenied,
    "The storage account’s firewall blocks this machine, or these credentials lack permission.",
    "Allow this machine’s address under Networking in the account, and check the permissions.",
)
_VAULT = (
    "KeyVaultEncryptionKeyNotFound",
    "KeyVaultVaultNotFound",
    "KeyVaultAccessTokenCannotBeAcquired",
    "KeyVaultKeyDisabled",
    "EncryptionKeyNotFound",
)
_EXPLANATIONS: Mapping[str, Explanation] = {
    "ContainerNotFound": Explanation(
        StoreMisconfigured, "Container not found: {bucket}.", "Check the name and the account."
    ),
    "InvalidResourceName": explanations.BAD_BUCKET_NAME,
    "ContainerBeingDeleted": Explanation(StoreMisconfigured, "The container {bucket} is being deleted."),
    "ContainerDisabled": Explanation(StoreMisconfigured, "The container {bucket} is disabled.", "Ask its owner."),
    "BlobArchived": explanations.ARCHIVED,
    "BlobBeingRehydrated": explanations.RESTORING,
    "AccountIsDisabled": explanations.ACCOUNT_BLOCKED,
    "KeyBasedAuthenticationNotPermitted": _KEYS_OFF,
    "AuthorizationSourceIPMismatch": _FIREWALL,
    **dict.fromkeys(
        ("AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch"),
        explanations.NOT_ALLOWED,
    ),
    "AuthorizationProtocolMismatch": Explanation(
        AccessDenied, "This SAS only works with https.", "Enter the endpoint with https://."
    ),
    **dict.fromkeys(_VAULT, explanations.KMS_DISABLED),
    "KeyVaultAccessDenied": explanations.KMS_DENIED,
}


_SIGNATURE = (
    "AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation", "AuthorizationFailure", "",
)  # fmt: skip


def translated(error: Exception, key: str, container: str, *, sas: str) -> StoreError:
    """Our error for one of the SDK's; `sas` is the one that was used, or ""."""
    match error:
        case HttpResponseError() if error.response is not None:
            return _refused(error, key, container, sas)
        case ClientAuthenticationError():
            return _NO_IDENTITY.as_error("")
        case AzureError() | OSError():
            return explanations.UNREACHABLE.as_error(type(error).__name__)
        case _:  # what the SDK's parsers raise
            return explanations.UNREADABLE.as_error("")


def _refused(error: HttpResponseError, key: str, container: str, sas: str) -> StoreError:
    named = getattr(error, "error_code", None) or ""
    code = str(getattr(named, "value", named))
    status, headers = error.status_code or 0, getattr(error.response, "headers", {})
    if found := explanations.refused(_EXPLANATIONS, code, bucket=container):
        return found
    if status >= 500 or status in (408, 429):
        return StoreUnavailable(f"The storage service is temporarily unavailable ({code or status}).", code=code)
    if status in (412, 416) or code == "ConditionNotMet":
        return ObjectChanged(f"{key} was replaced since it was first seen.", code=code)
    if status == 404:
        return ObjectMissing(f"No file at {key}.", code=code)
    if status in (301, 302, 303, 307, 308):
        return explanations.NOT_FOLLOWED.as_error(code)
    if status in (401, 403):
        return _why_refused(code, str(error.message), headers, sas).as_error(code)
    if guess := explanations.from_message(f"{code} {error.message}"):
        return guess.as_error(code)
    if isinstance(error, ClientAuthenticationError):
        return _NO_IDENTITY.as_error(code)
    if 200 <= status < 300:  # an answer that the SDK cannot read
        return explanations.UNREADABLE.as_error(code)
    return StoreMisconfigured(f"The storage service rejected the request ({code or status}).", code=code)


def _why_refused(code: str, said: str, headers: Mapping[str, str], sas: str) -> Explanation:
    """Why a signature was refused. A HEAD response has no text: the SAS's times and the clocks tell."""
    if code not in _SIGNATURE:
        return explanations.from_message(f"{code} {said}") or explanations.NOT_ALLOWED
    start, end = _times(sas)
    frame = _frame(said)
    now, start, end = frame.get("current") or clock_of(headers), frame.get("start") or start, frame.get("expiry") or end
    if now is not None and end is not None and now >= end:
        return _SAS_EXPIRED
    if now is not None and start is not None and now < start:
        return _SAS_NOT_YET
    words = said.lower()
    if is_skewed(headers) or "date header" in words or "too old" in words:
        return explanations.CLOCK
    if "not yet valid" in words:
        return _SAS_NOT_YET
    if "time frame" in words:
        return _SAS_TIME
    if re.search(r"\b(has|is|was)? ?expired\b", words):
        return _SAS_EXPIRED
    if code == "AuthorizationFailure" and "not authorized to perform" in words:
        return _FIREWALL
    return _WRONG_KEY if code else explanations.NOT_ALLOWED


def _frame(said: str) -> dict[str, datetime]:
    """The times in "Start [Wed, 12 Jan 2022 20:21:32 GMT] - Expiry […] - Current […]", by their names."""
    found = {}
    for name, text in re.findall(r"(?i)\b(start|expiry|current)\s*\[([^\]]{1,60})\]", said):
        try:
            found[name.lower()] = parsedate_to_datetime(text).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            continue
    return found


def _times(sas: str) -> tuple[datetime | None, datetime | None]:
    """The start and expiry of a SAS, if it states them (a stored policy may do so instead)."""
    stated = parse_qs(sas.lstrip("?"))
    return _time(stated.get("st", [""])[0]), _time(stated.get("se", [""])[0])


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
