"""Turns the errors of google-cloud-storage into ours."""

from collections.abc import Mapping

import google.auth.exceptions
import requests.exceptions
from google.api_core import exceptions as google_errors

from recordings_site.storage import explanations
from recordings_site.storage.answers import is_skewed
from recordings_site.storage.errors import (
    AccessDenied,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.explanations import Explanation

_KEY_DELETED = Explanation(
    AccessDenied,
    "Google rejected the service account: its key was deleted, or the account is disabled.",
    "Create a new key and check that the account is enabled.",
)
_NO_RIGHT = Explanation(AccessDenied, "The service account doesn’t have permission for this in the bucket.")


def translated(error: Exception, key: str, bucket: str, headers: Mapping[str, str]) -> StoreError:
    """Our error for one of the SDK's; `headers` are those of the last answer."""
    match error:
        case google_errors.GoogleAPICallError():
            return _refused(error, key, bucket, headers)
        case google.auth.exceptions.RefreshError():
            return (explanations.from_message(str(error)) or _KEY_DELETED).as_error("")
        case requests.exceptions.TooManyRedirects():
            return explanations.NOT_FOLLOWED.as_error("")
        case requests.exceptions.InvalidJSONError() | requests.exceptions.ContentDecodingError():
            return explanations.UNREADABLE.as_error("")
        case google.auth.exceptions.TransportError() | requests.exceptions.RequestException() | OSError():
            return explanations.UNREACHABLE.as_error(type(error).__name__)
        case _:  # what the SDK's parsers raise
            return explanations.UNREADABLE.as_error("")


def _refused(error: google_errors.GoogleAPICallError, key: str, bucket: str, headers: Mapping[str, str]) -> StoreError:
    status, code, message = int(error.code or 0), type(error).__name__, str(error.message)
    if status >= 500 or status in (408, 429):
        return StoreUnavailable(f"The storage service is temporarily unavailable ({code}).", code=code)
    if status in (304, 412, 416):
        return ObjectChanged(f"{key} was replaced since it was first seen.", code=code)
    if status == 404 and "bucket" in message.lower() and "no such object" not in message.lower():
        return explanations.NO_BUCKET.as_error(code, bucket=bucket)
    if status == 404:
        return ObjectMissing(f"No file at {key}.", code=code)
    if guess := explanations.from_message(message):
        return guess.as_error(code)
    if status in (401, 403) and is_skewed(headers):
        return explanations.CLOCK.as_error(code)
    if status == 401:
        return AccessDenied("Google doesn’t accept the service account.", code=code, remedy="Create a new key.")
    if status == 403 and ("billing" in message.lower() or "disabled" in message.lower()):
        return explanations.ACCOUNT_BLOCKED.as_error(code)
    if status == 403:
        return _NO_RIGHT.as_error(code)
    return StoreMisconfigured(f"The storage service rejected the request ({code}).", code=code)
