"""The paths of Sinch's REST API, and which form of a path is signed.

A path holds ids that others chose, such as `room 1`. It is sent percent-encoded; whether that form is signed or the
decoded one is published nowhere, and Sinch's own SDKs differ. Without such ids both are the same.
"""

from urllib.parse import quote, unquote

NUMBERS = "/v1/configuration/numbers"


def call(call_id: str) -> str:
    """The path of a call."""
    return f"/calling/v1/calls/id/{quote(call_id, safe='')}"


def conference(conference_id: str) -> str:
    """The path of a conference."""
    return f"/calling/v1/conferences/id/{quote(conference_id, safe='')}"


def callbacks(application_key: str) -> str:
    """The path of an application's callback URLs."""
    return f"/v1/configuration/callbacks/applications/{quote(application_key, safe='')}"


def signed(path: str, *, decoded: bool) -> str:
    """Return what is signed for a path that is sent percent-encoded: itself, or with `decoded` what it stands for."""
    return unquote(path) if decoded else path
