"""Validates SVAML: what is allowed where, required fields and limits.

The tables are those of Sinch's voice documentation (SVAML actions and instructions, Manage Call).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import credentials as storage_credentials
from . import formats
from .errors import CredentialsError, DestinationUrlError
from .json_fields import field, number_of
from .uploads import destination_url

EVENTS = ("ice", "ace", "pie", "manage")

ACTIONS: dict[str, frozenset[str]] = {
    "hangup": frozenset(EVENTS),
    "continue": frozenset({"ace", "pie", "manage"}),
    "connectPstn": frozenset({"ice", "pie"}),
    "connectMxp": frozenset({"ice"}),
    "connectConf": frozenset({"ice", "ace", "pie"}),
    "connectSip": frozenset({"ice", "pie"}),
    "runMenu": frozenset({"ice", "ace", "pie"}),
    "park": frozenset({"ice", "manage"}),
}
INSTRUCTIONS: dict[str, frozenset[str]] = {
    "playFiles": frozenset(EVENTS),
    "say": frozenset(EVENTS),
    "sendDtmf": frozenset({"ice", "pie", "manage"}),
    "setCookie": frozenset(EVENTS),
    "answer": frozenset({"ice", "manage"}),
    "startRecording": frozenset(EVENTS),
    "stopRecording": frozenset(EVENTS),
}
# Sinch shows the record flag on these; whether it works on connectSip, runMenu and park is not published.
RECORD_FLAG = frozenset({"continue", "connectPstn", "connectMxp", "connectConf"})
MAX_SAY = 600
MAX_CONFERENCE_ID = 64
MAX_DURATION = 14_400
MOH = ("ring", "music1", "music2", "music3")

_ACTION_NAMES = {name.lower(): name for name in ACTIONS}
_INSTRUCTION_NAMES = {name.lower(): name for name in INSTRUCTIONS}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `path` such as "action.number" or "instructions[0].text", and a message with its remedy."""

    path: str
    message: str


def folded(item: Mapping[str, Any]) -> str:
    """Return the name of an action or instruction in lower case, "" when it has none."""
    name = field(item, "name")
    return name.strip().lower() if isinstance(name, str) else ""


def problems(svaml: object, event: str) -> list[Problem]:
    """Return what is wrong with `svaml` as an answer to `event`: ice, ace, pie, or manage for Manage Call. None: []."""
    if not isinstance(svaml, Mapping):
        return [Problem("", "SVAML must be an object with an action.")]
    found: list[Problem] = []
    action = field(svaml, "action")
    if not isinstance(action, Mapping):
        found.append(Problem("action", "SVAML needs exactly one action, an object. Instructions alone do nothing."))
        action = {}
    else:
        _check_action(action, event, found)
    instructions = field(svaml, "instructions")
    if instructions is not None and not isinstance(instructions, list):
        found.append(Problem("instructions", "Instructions must be a list."))
        instructions = None
    for index, instruction in enumerate(instructions or []):
        _check_instruction(instruction, f"instructions[{index}]", event, folded(action), found)
    return found


def _check_action(action: Mapping[str, Any], event: str, found: list[Problem]) -> None:
    name = _ACTION_NAMES.get(folded(action))
    if name is None:
        found.append(Problem("action.name", f"Unknown action. Use one of {', '.join(ACTIONS)}."))
        return
    if event not in ACTIONS[name]:
        allowed = ", ".join(known for known, where in ACTIONS.items() if event in where)
        found.append(Problem("action.name", f"{name} isn’t allowed {_at(event)}. Use {allowed}."))
    _CHECKS.get(name, _nothing)(action, "action", found)
    _limit(action, "action", "maxDuration", MAX_DURATION, found)
    _check_record(action, name, found)


def _check_record(action: Mapping[str, Any], name: str, found: list[Problem]) -> None:
    record, options = field(action, "record"), field(action, "recordingOptions")
    if record in (None, False) and options is None:
        return
    if name not in RECORD_FLAG:
        message = f"{name} has no record flag. Use a startRecording instruction, or {', '.join(sorted(RECORD_FLAG))}."
        found.append(Problem("action.record", message))
    elif record is True and not isinstance(options, Mapping):
        found.append(Problem("action.recordingOptions", "record needs recordingOptions."))
    elif record not in (True, False):
        found.append(Problem("action.record", "record must be true when recordingOptions are given."))
    if isinstance(options, Mapping):
        _check_options(options, "action.recordingOptions", found)


def _check_instruction(item: object, path: str, event: str, action: str, found: list[Problem]) -> None:
    if not isinstance(item, Mapping):
        found.append(Problem(path, "An instruction must be an object with a name."))
        return
    name = _INSTRUCTION_NAMES.get(folded(item))
    if name is None:
        found.append(Problem(f"{path}.name", f"Unknown instruction. Use one of {', '.join(INSTRUCTIONS)}."))
        return
    if event not in INSTRUCTIONS[name]:
        found.append(Problem(f"{path}.name", f"{name} isn’t allowed {_at(event)}."))
    if name in {"startRecording", "stopRecording"} and action == "connectmxp":
        found.append(Problem(f"{path}.name", f"{name} isn’t supported with connectMxp. Use the record flag."))
    _CHECKS.get(name, _nothing)(item, path, found)


def _check_options(options: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    url = field(options, "destinationUrl")
    if not isinstance(url, str) or not url:
        wrong = " (written 'destination' here)" if field(options, "destination") else ""
        found.append(Problem(f"{path}.destinationUrl", f"destinationUrl is missing{wrong}."))
    else:
        _check_place(url, field(options, "credentials"), path, found)
    format = field(options, "format")
    if format is not None and (not isinstance(format, str) or format.lower() not in formats.allowed()):
        names = ", ".join(formats.allowed())
        found.append(Problem(f"{path}.format", f"The format must be one of {names}. mp3 is the safe choice."))
    events = field(options, "notificationEvents")
    if events is not None and not isinstance(events, bool):
        found.append(Problem(f"{path}.notificationEvents", "notificationEvents must be true or false."))
    transcription = field(options, "transcriptionOptions")
    if transcription is None:
        return
    if not isinstance(transcription, Mapping):
        found.append(Problem(f"{path}.transcriptionOptions", "transcriptionOptions must be an object."))
    elif field(transcription, "enabled") is True and not field(transcription, "locale"):
        # With a wrong or missing locale there is no transcript and no event, so it must be caught here.
        found.append(Problem(f"{path}.transcriptionOptions.locale", "Transcription needs a locale, such as en-US."))


def _check_place(url: str, given: object, path: str, found: list[Problem]) -> None:
    try:
        place = destination_url.parse(url)
    except DestinationUrlError as problem:
        found.append(Problem(f"{path}.destinationUrl", str(problem)))
        return
    if not isinstance(given, str) or not given:
        found.append(
            Problem(f"{path}.credentials", "credentials are missing. Without them Sinch can’t store the file.")
        )
        return
    try:
        storage_credentials.parse(place.kind, given)
    except CredentialsError as problem:
        found.append(Problem(f"{path}.credentials", str(problem)))


def _check_pstn(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    number = field(item, "number")
    if number is not None and not isinstance(number, str):
        found.append(Problem(f"{path}.number", "number must be text in E.164, such as +46700000000."))


def _check_endpoint(kind: str, remedy: str) -> Callable[[Mapping[str, Any], str, list[Problem]], None]:
    def check(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
        destination = field(item, "destination")
        if not isinstance(destination, Mapping) or not field(destination, "endpoint"):
            found.append(Problem(f"{path}.destination", f"destination.endpoint is missing: {remedy}."))
        elif str(field(destination, "type") or "").lower() != kind:
            found.append(Problem(f"{path}.destination.type", f"destination.type must be {kind}."))

    return check


def _check_conference(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    _require(item, path, "conferenceId", found)
    identifier = field(item, "conferenceId")
    if isinstance(identifier, str) and len(identifier) > MAX_CONFERENCE_ID:
        message = f"A conference ID can have at most {MAX_CONFERENCE_ID} characters."
        found.append(Problem(f"{path}.conferenceId", message))
    moh = field(item, "moh")
    if moh is not None and moh not in MOH:
        found.append(Problem(f"{path}.moh", f"moh must be one of {', '.join(MOH)}."))
    options = field(item, "conferenceDtmfOptions")
    mode = field(options, "mode") if isinstance(options, Mapping) else None
    if mode is not None and str(mode).lower() not in {"ignore", "forward", "detect"}:
        found.append(Problem(f"{path}.conferenceDtmfOptions.mode", "mode must be ignore, forward or detect."))


def _check_menus(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    menus = field(item, "menus")
    if not isinstance(menus, list):
        if menus is not None:
            found.append(Problem(f"{path}.menus", "menus must be a list."))
        return
    for index, menu in enumerate(menus):
        place = f"{path}.menus[{index}]"
        if not isinstance(menu, Mapping):
            found.append(Problem(place, "A menu must be an object with an id."))
            continue
        _require(menu, place, "id", found)
        options = field(menu, "options")
        for number, option in enumerate(options if isinstance(options, list) else []):
            if not isinstance(option, Mapping) or not (field(option, "dtmf") and field(option, "action")):
                found.append(Problem(f"{place}.options[{number}]", "An option needs dtmf and action."))


def _check_say(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    text = field(item, "text")
    if isinstance(text, str) and len(text) > MAX_SAY:
        found.append(Problem(f"{path}.text", f"The text has {len(text)} characters; at most {MAX_SAY} are allowed."))


def _check_files(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    ids = field(item, "ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(name, str) for name in ids):
        found.append(Problem(f"{path}.ids", "ids must list at least one file or #tts prompt."))


def _check_start(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    options = field(item, "options")
    if isinstance(options, Mapping):
        _check_options(options, f"{path}.options", found)
    else:
        found.append(Problem(f"{path}.options", "startRecording needs options with a destinationUrl."))


def _require(item: Mapping[str, Any], path: str, name: str, found: list[Problem]) -> None:
    value = field(item, name)
    if not isinstance(value, str) or not value.strip():
        found.append(Problem(f"{path}.{name}", f"{name} is missing."))


def _limit(item: Mapping[str, Any], path: str, name: str, most: int, found: list[Problem]) -> None:
    value = field(item, name)
    if value is None:
        return
    number = number_of(value)
    if number is None or not 0 < number <= most:
        found.append(Problem(f"{path}.{name}", f"{name} must be between 1 and {most} seconds."))


def _nothing(item: Mapping[str, Any], path: str, found: list[Problem]) -> None:
    """Accept an action or instruction without required fields."""


def _at(event: str) -> str:
    return "in a Manage Call request" if event == "manage" else f"in answer to {event.upper()}"


_CHECKS: dict[str, Callable[[Mapping[str, Any], str, list[Problem]], None]] = {
    "connectPstn": _check_pstn,
    "connectMxp": _check_endpoint("username", "the name of an app user"),
    "connectSip": _check_endpoint("sip", "an address such as user@example.org"),
    "connectConf": _check_conference,
    "runMenu": _check_menus,
    "playFiles": _check_files,
    "say": _check_say,
    "startRecording": _check_start,
}
