"""A callback back end of the tests: checks each signature and answers with the SVAML that a test gives it."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recordings_site.simulator.engine import Engine, Options
from recordings_site.simulator.plan import CalledNumbers, plan
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application, HttpReply, Wire
from recordings_site.sinch import signing

KEY = "11111111-2222-3333-4444-555555555555"
SECRET = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
APPLICATION = Application(KEY, SECRET, "http://test.invalid/callbacks/sinch/")
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
PSTN = {"name": "connectPstn", "number": "+46700000001", "cli": "+46700000002"}

Svaml = dict[str, Any]


def recording(url: str = "local://calls/", **more: Any) -> Svaml:
    options = {"destinationUrl": url, "credentials": "token-of-the-tests", "format": "mp3", "notificationEvents": True}
    return options | more


def transcribed(locale: str = "en-US", **more: Any) -> Svaml:
    return recording(transcriptionOptions={"enabled": True, "locale": locale}, **more)


@dataclass
class Backend:
    """Answers each kind of event with a fixed SVAML, or with what a function makes of the event; None is a 500."""

    answers: Mapping[str, Svaml | Callable[[Svaml], Svaml | None] | None]
    events: list[Svaml] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
        given = signing.parse_authorization(headers["Authorization"])
        assert given.application_key == KEY
        assert signing.verify(
            [SECRET], method="POST", path="/callbacks/sinch/", body=body, content_type=headers["Content-Type"],
            x_timestamp=headers["x-timestamp"], signature=given.signature,
        )  # fmt: skip
        event = json.loads(body)
        self.events.append(event)
        answer = self.answers.get(event["event"], {})
        if callable(answer):
            answer = answer(event)
        return HttpReply(500, b"") if answer is None else HttpReply(200, json.dumps(answer).encode())

    def kinds(self, call_id: str | None = None) -> list[str]:
        """What was told, in order: "ice", "ace", …, a notification by its type."""
        return [
            event.get("type", event["event"])
            for event in self.events
            if call_id is None or event.get("callid") == call_id
        ]


def engine(backend: Backend, store: Path, **options: Any) -> Engine:
    return Engine(APPLICATION, Wire(APPLICATION, backend), Uploads({"local": str(store)}), Options(**options))


def groups(calls: int = 1, *, seed: int = 1, days: float = 10, **more: Any):
    numbers = more.pop("numbers", CalledNumbers(("46700000010", "46700000011")))
    return plan(seed=seed, calls=calls, days=days, now=NOW, numbers=numbers, **more)


def answered(planned):
    """The same gatherings, in which everybody takes the call."""
    from dataclasses import replace

    return [tuple(replace(call, result="ANSWERED") for call in group) for group in planned]
