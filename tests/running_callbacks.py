"""Signed callbacks as bytes on the wire, for a running site."""

import json
from datetime import UTC, datetime
from typing import Any

from recordings_site.sinch import signing
from tests.running_site import Site, request

PATH = "/callbacks/sinch/"
CONTENT_TYPE = "application/json; charset=utf-8"
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"

PREPARE = """
from tests import factories
how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
number = factories.number(policy=policy)
print(number.application.key, factories.SECRET, number.digits)
"""


class Signer:
    """Signs the callbacks of calls to a number of an application."""

    def __init__(self, key: str, secret: str, number: str) -> None:
        self.key, self.secret, self.number = key, secret, number

    def ice(self, call_id: str) -> bytes:
        """The call begins."""
        event = {"cli": "46733000001", "to": {"type": "did", "endpoint": self.number}, "domain": "pstn"}
        return self.signed("ice", call_id, event | {"originationType": "pstn"})

    def ace(self, call_id: str) -> bytes:
        """The call is answered."""
        return self.signed("ace", call_id, {})

    def dice(self, call_id: str) -> bytes:
        """The call ends."""
        event = {"reason": "CALLERHANGUP", "result": "ANSWERED", "duration": 60, "from": "46733000001"}
        return self.signed("dice", call_id, event)

    def finished(self, call_id: str) -> bytes:
        """Its recording is finished."""
        return self.signed("notify", call_id, {"type": "recording_finished"})

    def signed(self, event: str, call_id: str, fields: dict[str, Any]) -> bytes:
        """The whole request of a callback."""
        stamp = datetime.now(UTC).strftime(STAMP)
        said = {"event": event, "callid": call_id, "timestamp": stamp, "version": 1, **fields}
        return signed(self.key, self.secret, said)


class Caller(Signer):
    """Someone who calls a number of the site whose policy records every call."""

    def __init__(self, site: Site) -> None:
        super().__init__(*site.python(PREPARE).split())


def signed(key: str, secret: str, event: dict[str, Any]) -> bytes:
    """The whole request of an event, as it is."""
    body, stamp = json.dumps(event).encode(), datetime.now(UTC).strftime(STAMP)
    authorization = signing.authorization(
        key, secret, method="POST", path=PATH, body=body, content_type=CONTENT_TYPE, x_timestamp=stamp
    )
    headers = {"Content_Type": CONTENT_TYPE, "x_timestamp": stamp, "Authorization": authorization}
    return request("POST", PATH, body, **headers)
