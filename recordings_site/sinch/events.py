"""Parses the body of a callback into a frozen event: ICE, ACE, DiCE, PIE, notify, or an unknown one.

Enums are open: words are normalised in case and unknown ones are kept. `raw` holds all that was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .errors import EventError, SignatureError
from .json_fields import field, number_of, read_object, text_of
from .signing import parse_timestamp

MAX_BODY = 64 * 1024
MAX_ID = 200
MAX_TEXT = 2048
MAX_HEADERS = 64


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a call: `type` in lower case (did, number, username, sip, conference, …) and its address."""

    type: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as reported by Sinch."""

    currency: str
    amount: float | None


@dataclass(frozen=True, slots=True)
class Amd:
    """What answering machine detection found: status (human, machine, …), its reason, and seconds."""

    status: str
    reason: str
    duration: float | None


@dataclass(frozen=True, slots=True)
class MenuResult:
    """What the caller entered in a menu: `type` in lower case (return, sequence, timeout, hangup, invalidinput)."""

    menu_id: str
    type: str
    value: str
    input_method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    raw: Mapping[str, Any]
    call_id: str
    timestamp: datetime | None = None
    application_key: str = ""
    custom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ice(_Base):
    """Incoming call: must be answered with SVAML, else the call is disconnected."""

    call_resource_url: str = ""
    # The name of the app user who calls, from a Sinch SDK; `cli` is then what the called side is shown.
    user: str = ""
    cli: str = ""
    to: Endpoint | None = None
    domain: str = ""
    origination_type: str = ""
    rdnis: str = ""
    duration: float | None = None
    user_rate: Money | None = None
    call_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ace(_Base):
    """Answered call: SVAML decides how it continues."""

    amd: Amd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice(_Base):
    """Disconnected call. `result` and `reason` are in upper case; `duration` is in seconds, None unless answered."""

    reason: str = ""
    result: str = ""
    from_: str = ""
    to: Endpoint | None = None
    duration: float | None = None
    debit: Money | None = None
    user_rate: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pie(_Base):
    """Prompt input: what a caller chose in a menu."""

    menu_result: MenuResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(_Base):
    """A notification; `type` in lower case. It has a call id or a conference id, or (seen rarely) neither."""

    type: str = ""
    destination: str = ""
    conference_id: str = ""
    error_code: str = ""
    error_message: str = ""
    amd: Amd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(_Base):
    """An unknown event, which Sinch may have added since; kept, never rejected."""

    event: str = ""


Event = Ice | Ace | Dice | Pie | Notify | Unknown


def parse(body: bytes) -> Event:
    """Read the raw body of a callback (UTF-8 JSON of at most 64 KiB). Raises EventError and nothing else."""
    try:
        raw = read_object(body, limit=MAX_BODY)
    except ValueError as problem:
        raise EventError(f"The callback’s body cannot be read: {problem}.") from None
    event = text_of(field(raw, "event"), limit=64).strip().lower()
    if not event:
        raise EventError("The callback names no event.")
    match event:
        case "ice":
            return _ice(raw)
        case "ace":
            return Ace(**_common(raw, event), amd=_amd(raw))
        case "dice":
            return _dice(raw)
        case "pie":
            return Pie(**_common(raw, event), menu_result=_menu_result(raw))
        case "notify":
            return _notify(raw)
        case _:
            return Unknown(**_common(raw, event), event=event)


def _ice(raw: Mapping[str, Any]) -> Ice:
    return Ice(
        **_common(raw, "ice"),
        call_resource_url=_text(raw, "callResourceUrl"),
        user=_text(raw, "user", "userId").strip(),
        cli=_text(raw, "cli"),
        to=_endpoint(field(raw, "to")),
        domain=_text(raw, "domain").lower(),
        origination_type=_text(raw, "originationType").lower(),
        rdnis=_text(raw, "rdnis"),
        duration=_seconds(raw),
        user_rate=_money(field(raw, "userRate")),
        call_headers=_headers(field(raw, "callHeaders")),
    )


def _dice(raw: Mapping[str, Any]) -> Dice:
    return Dice(
        **_common(raw, "dice"),
        reason=_text(raw, "reason").upper(),
        result=_text(raw, "result").upper(),
        from_=_text(raw, "from"),
        to=_endpoint(field(raw, "to")),
        duration=_seconds(raw),
        debit=_money(field(raw, "debit")),
        user_rate=_money(field(raw, "userRate")),
    )


def _notify(raw: Mapping[str, Any]) -> Notify:
    return Notify(
        **_common(raw, "notify"),
        type=_text(raw, "type").strip().lower(),
        destination=_text(raw, "destination"),
        conference_id=_identifier(raw, "conferenceId"),
        error_code=_text(raw, "errorCode"),
        error_message=_text(raw, "errorMsg", "errorMessage"),
        amd=_amd(raw),
    )


def _common(raw: Mapping[str, Any], event: str) -> dict[str, Any]:
    call_id = _identifier(raw, "callid", "callId")
    if not call_id and event in {"ice", "ace", "dice", "pie"}:
        raise EventError(f"The {event} event has no call ID.")
    return {
        "raw": raw,
        "call_id": call_id,
        "timestamp": _timestamp(raw),
        "application_key": _text(raw, "applicationKey")[:MAX_ID],
        "custom": _text(raw, "custom"),
    }


def _identifier(raw: Mapping[str, Any], *names: str) -> str:
    text = _text(raw, *names).strip()
    if len(text) > MAX_ID:  # truncated, it would be the id of something else
        raise EventError(f"{names[0]} is longer than {MAX_ID} characters.")
    return text


def _text(raw: Mapping[str, Any], *names: str) -> str:
    return text_of(field(raw, *names), limit=MAX_TEXT)


def _seconds(raw: Mapping[str, Any]) -> float | None:
    seconds = number_of(field(raw, "duration"))
    return seconds if seconds is not None and seconds >= 0 else None


def _timestamp(raw: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_timestamp(_text(raw, "timestamp"))
    except SignatureError:
        return None


def _endpoint(value: object) -> Endpoint | None:
    if isinstance(value, str):
        return Endpoint("", value[:MAX_TEXT]) if value else None
    if not isinstance(value, Mapping):
        return None
    return Endpoint(_text(value, "type").strip().lower(), _text(value, "endpoint"))


def _money(value: object) -> Money | None:
    if not isinstance(value, Mapping):
        return None
    return Money(_text(value, "currencyId")[:8], number_of(field(value, "amount")))


def _amd(raw: Mapping[str, Any]) -> Amd | None:
    value = field(raw, "amd")
    if not isinstance(value, Mapping):
        return None
    return Amd(_text(value, "status").lower(), _text(value, "reason").lower(), _seconds(value))


def _menu_result(raw: Mapping[str, Any]) -> MenuResult | None:
    value = field(raw, "menuResult")
    if not isinstance(value, Mapping):
        return None
    return MenuResult(
        _text(value, "menuId"), _text(value, "type").lower(), _text(value, "value"), _text(value, "inputMethod").lower()
    )


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        return ()
    pairs = [item for item in value[:MAX_HEADERS] if isinstance(item, Mapping)]
    return tuple((_text(item, "key"), _text(item, "value")) for item in pairs)
