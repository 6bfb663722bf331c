"""What Sinch's REST API answers, read leniently: calls, participants, numbers, callback URLs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import signing
from ..errors import SinchError
from ..events import Endpoint
from ..json_fields import field as member
from ..json_fields import number_of, text_of


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What Sinch knows of a call. `status` is ONGOING or FINAL; `duration` is in seconds."""

    call_id: str
    status: str
    from_: Endpoint
    to: Endpoint
    domain: str
    result: str
    reason: str
    duration: float | None
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant of a conference; `call_id` is the participant's own call."""

    call_id: str
    cli: str
    duration: float | None
    muted: bool
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the account; `application_key` is empty while it isn't assigned."""

    number: str
    application_key: str
    capability: str


@dataclass(frozen=True, slots=True)
class CallbackUrls:
    """Where an application's callbacks go."""

    primary: str
    fallback: str = ""


def read_call_info(answer: dict[str, Any], call_id: str) -> CallInfo:
    """Read the answer to GET /calling/v1/calls/id/{callId}; what is missing or of another type is empty."""

    def end(name: str) -> Endpoint:
        value = member(answer, name)
        kind, endpoint = (member(value, "type"), member(value, "endpoint")) if isinstance(value, dict) else ("", value)
        return Endpoint(text_of(kind, limit=32).lower(), text_of(endpoint, limit=200))

    try:
        started_at = signing.parse_timestamp(text_of(member(answer, "timestamp"), limit=64))
    except SinchError:
        started_at = None
    return CallInfo(
        call_id=text_of(member(answer, "callId"), limit=200) or call_id,
        status=text_of(member(answer, "status"), limit=40).upper(),
        from_=end("from"),
        to=end("to"),
        domain=text_of(member(answer, "domain"), limit=40).lower(),
        result=text_of(member(answer, "result"), limit=40).upper(),
        reason=text_of(member(answer, "reason"), limit=40).upper(),
        duration=number_of(member(answer, "duration")),
        started_at=started_at,
    )


def read_participant(item: dict[str, Any]) -> Participant:
    """Read one of the participants of a conference."""
    return Participant(
        call_id=text_of(member(item, "id"), limit=200),
        cli=text_of(member(item, "cli"), limit=200),
        duration=number_of(member(item, "duration")),
        muted=member(item, "muted") is True,
        on_hold=member(item, "onhold") is True,
    )


def read_number(item: dict[str, Any]) -> Number:
    """Read one of the account's numbers."""
    return Number(
        number=text_of(member(item, "number"), limit=40),
        application_key=text_of(member(item, "applicationkey"), limit=200),
        capability=text_of(member(item, "capability"), limit=20).lower(),
    )
