"""Posts callbacks as Sinch does: JSON signed with an application's secret, to the site's own endpoint."""

import json
from datetime import UTC, datetime
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client

from recordings_site.policies.models import Application
from recordings_site.sinch import signing
from tests.factories import SECRET

PATH = "/callbacks/sinch/"
CALL_ID = "01234567-89ab-cdef-fedc-ba9876543210"


def signed(
    application: Application, body: bytes, *, at: datetime | None = None, secret: str = SECRET, path: str = PATH
) -> dict[str, str]:
    """The headers of a callback with this body, signed at `at` (now, unless given)."""
    stamp = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    content_type = "application/json; charset=utf-8"
    authorization = signing.authorization(
        application.key,
        secret,
        method="POST",
        path=path,
        body=body,
        content_type=content_type,
        x_timestamp=stamp,
    )
    return {"HTTP_AUTHORIZATION": authorization, "HTTP_X_TIMESTAMP": stamp, "CONTENT_TYPE": content_type}


def post(application: Application, event: dict[str, Any], **options: Any) -> HttpResponse:
    """Post one event and return the answer."""
    body = json.dumps(event).encode()
    return post_raw(body, signed(application, body, **options))


def post_raw(body: bytes, headers: dict[str, str], path: str = PATH) -> HttpResponse:
    """Post these very bytes and headers."""
    headers = dict(headers)
    content_type = headers.pop("CONTENT_TYPE", "application/json")
    return cast(HttpResponse, Client().generic("POST", path, body, content_type=content_type, **headers))


def ice(to: str, *, call_id: str = CALL_ID, **fields: Any) -> dict[str, Any]:
    """An ICE of a call from outside to the number `to`."""
    return {
        "event": "ice",
        "callid": call_id,
        "timestamp": "2026-01-14T09:30:00Z",
        "version": 1,
        "cli": "46733000001",
        "to": {"type": "did", "endpoint": to},
        "domain": "pstn",
        "originationType": "pstn",
    } | fields


def ace(*, call_id: str = CALL_ID, **fields: Any) -> dict[str, Any]:
    """The ACE of a call."""
    return {"event": "ace", "callid": call_id, "timestamp": "2026-01-14T09:30:05Z", "version": 1} | fields


def dice(*, call_id: str = CALL_ID, **fields: Any) -> dict[str, Any]:
    """The DiCE of a call that was answered and lasted a minute."""
    return {
        "event": "dice",
        "callid": call_id,
        "timestamp": "2026-01-14T09:31:05Z",
        "version": 1,
        "reason": "CALLERHANGUP",
        "result": "ANSWERED",
        "duration": 60,
        "from": "46733000001",
    } | fields


def notify(kind: str, destination: str = "", *, call_id: str = CALL_ID, **fields: Any) -> dict[str, Any]:
    """A notification of a call, or with `conferenceId=` and `call_id=""` of a conference."""
    told: dict[str, Any] = {"event": "notify", "version": 1, "type": kind} | fields
    if call_id:
        told["callid"] = call_id
    if destination:
        told["destination"] = destination
    return told
