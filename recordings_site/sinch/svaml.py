"""Builds, parses, checks and masks SVAML, the JSON that controls calls.

SVAML is a plain dict: `{"instructions": [...], "action": {...}}` with exactly one action. Names are written in
camelCase; when read, names and keys compare case-insensitively, as Sinch's own pages mix their case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal

from . import credentials as storage_credentials
from .errors import SvamlError
from .json_fields import field, text_of
from .svaml_rules import Problem, folded, problems
from .uploads.object_keys import without_signatures

__all__ = ["Problem", "problems"]

Svaml = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """How one recording is made and where it goes. `locale` counts only with `transcription`."""

    destination_url: str
    credentials: str = dataclass_field(repr=False)
    format: str = "mp3"
    notification_events: bool = True
    transcription: bool = False
    locale: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the options as Sinch reads them, every key written out."""
        options: dict[str, Any] = {
            "destinationUrl": self.destination_url,
            "credentials": self.credentials,
            "format": self.format,
            "notificationEvents": self.notification_events,
        }
        if self.transcription:
            options["transcriptionOptions"] = {"enabled": True, "locale": self.locale or "en-US"}
        return options

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> "RecordingOptions":
        """Parse options from any source; missing ones get Sinch's default."""
        transcription = field(options, "transcriptionOptions")
        transcription = transcription if isinstance(transcription, Mapping) else {}
        return cls(
            destination_url=text_of(field(options, "destinationUrl"), limit=4096),
            credentials=text_of(field(options, "credentials"), limit=4096),
            format=text_of(field(options, "format"), limit=16).lower() or "mp3",
            notification_events=not is_false(field(options, "notificationEvents")),
            transcription=is_true(field(transcription, "enabled")),
            locale=text_of(field(transcription, "locale"), limit=64),
        )


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """One recording requested by SVAML: of the conference or of the call."""

    origin: Literal["flag", "instruction"]
    conference: bool
    options: RecordingOptions


# Documents


def document(action: Mapping[str, Any], instructions: Sequence[Mapping[str, Any]] = ()) -> Svaml:
    """Return the SVAML of some instructions and one action."""
    svaml: Svaml = {"instructions": [dict(instruction) for instruction in instructions]} if instructions else {}
    svaml["action"] = dict(action)
    return svaml


def action_of(svaml: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the action of an SVAML, an empty dict when it has none."""
    action = field(svaml, "action")
    return action if isinstance(action, Mapping) else {}


def instructions_of(svaml: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the instructions of an SVAML that are objects, in order."""
    given = field(svaml, "instructions")
    return [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []


def name_of(item: Mapping[str, Any]) -> str:
    """Return the name of an action or instruction in lower case."""
    return folded(item)


def recording_requests(svaml: Mapping[str, Any]) -> list[RecordingRequest]:
    """Return the recordings that an SVAML starts, those of instructions first, as they start in that order."""
    found = []
    for instruction in instructions_of(svaml):
        options = field(instruction, "options", "recordingOptions")
        if name_of(instruction) == "startrecording" and isinstance(options, Mapping):
            found.append(RecordingRequest("instruction", False, RecordingOptions.from_dict(options)))
    action = action_of(svaml)
    options = field(action, "recordingOptions")
    if is_true(field(action, "record")) and isinstance(options, Mapping):
        conference = name_of(action) == "connectconf"
        found.append(RecordingRequest("flag", conference, RecordingOptions.from_dict(options)))
    return found


def masked(svaml: Mapping[str, Any]) -> Svaml:
    """Return a copy of an SVAML in which no credentials and no signed URL can be read."""
    return {key: _masked(key, value) for key, value in svaml.items()}


def is_true(value: object) -> bool:
    """Read a boolean that may have been written as text."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def is_false(value: object) -> bool:
    """Read a boolean that may have been written as text; a missing one is not false."""
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")


# Actions


def hangup() -> Svaml:
    """End the call."""
    return {"name": "hangup"}


def continue_() -> Svaml:
    """Let the call continue."""
    return {"name": "continue"}


def connect_pstn(
    number: str,
    *,
    cli: str = "",
    locale: str = "",
    max_duration: int | None = None,
    dial_timeout: int | None = None,
    suppress_callbacks: bool | None = None,
    dtmf: str = "",
    indications: str = "",
    amd: Mapping[str, Any] | None = None,
) -> Svaml:
    """Connect to a phone number (E.164); give `cli` too: integrations fail without. Times in seconds."""
    return _named(
        "connectPstn", number=number, locale=locale, maxDuration=max_duration, dialTimeout=dial_timeout, cli=cli,
        suppressCallbacks=suppress_callbacks, dtmf=dtmf, indications=indications, amd=amd,
    )  # fmt: skip


def connect_mxp(username: str, *, call_headers: Sequence[tuple[str, str]] = ()) -> Svaml:
    """Connect to an app user. Recording instructions are not supported with this action, the flag is."""
    destination = {"type": "username", "endpoint": username}
    return _named("connectMxp", destination=destination, callHeaders=_headers(call_headers))


def connect_conf(
    conference_id: str, *, moh: str = "", conference_dtmf_options: Mapping[str, Any] | None = None
) -> Svaml:
    """Join a conference, an id of at most 64 characters that one chooses freely."""
    return _named("connectConf", conferenceId=conference_id, conferenceDtmfOptions=conference_dtmf_options, moh=moh)


def connect_sip(
    address: str,
    *,
    cli: str = "",
    max_duration: int | None = None,
    transport: str = "",
    suppress_callbacks: bool | None = None,
    call_headers: Sequence[tuple[str, str]] = (),
    moh: str = "",
) -> Svaml:
    """Connect to a SIP address, such as user@example.org; `transport` is UDP, TCP or TLS."""
    return _named(
        "connectSip", destination={"type": "sip", "endpoint": address}, maxDuration=max_duration, cli=cli,
        transport=transport, suppressCallbacks=suppress_callbacks, callHeaders=_headers(call_headers), moh=moh,
    )  # fmt: skip


def run_menu(
    menus: Sequence[Mapping[str, Any]],
    *,
    main_menu: str = "",
    barge: bool | None = None,
    locale: str = "",
    enable_voice: bool | None = None,
) -> Svaml:
    """Run voice menus (each of `menu`); what the caller enters comes back as PIE."""
    return _named(
        "runMenu", barge=barge, locale=locale, mainMenu=main_menu, enableVoice=enable_voice,
        menus=[dict(menu) for menu in menus],
    )  # fmt: skip


def menu(
    id: str,
    *,
    main_prompt: str = "",
    repeat_prompt: str = "",
    repeats: int | None = None,
    max_digits: int | None = None,
    timeout_ms: int | None = None,
    max_timeout_ms: int | None = None,
    options: Sequence[tuple[str, str]] = (),
) -> Svaml:
    """One menu: prompts such as "#tts[Press 1]", and (dtmf, action) pairs such as ("1", "return(sales)")."""
    return _present(
        id=id, mainPrompt=main_prompt, repeatPrompt=repeat_prompt, repeats=repeats, maxDigits=max_digits,
        timeoutMills=timeout_ms, maxTimeoutMills=max_timeout_ms,
        options=[{"dtmf": dtmf, "action": action} for dtmf, action in options],
    )  # fmt: skip


def park(*, locale: str = "", intro_prompt: str = "", hold_prompt: str = "", max_duration: int | None = None) -> Svaml:
    """Put the call on hold with prompts."""
    return _named("park", locale=locale, introPrompt=intro_prompt, holdPrompt=hold_prompt, maxDuration=max_duration)


def recorded(action: Mapping[str, Any], options: RecordingOptions) -> Svaml:
    """Return `action` with the record flag and its options: Sinch wants both keys."""
    return {**action, "record": True, "recordingOptions": options.as_dict()}


# Instructions


def say(text: str, *, locale: str = "") -> Svaml:
    """Say a text of at most 600 characters."""
    return _named("say", text=text, locale=locale)


def play_files(ids: Sequence[str], *, locale: str = "") -> Svaml:
    """Play sound files or "#tts[…]" prompts one after the other."""
    return _named("playFiles", ids=list(ids), locale=locale)


def answer() -> Svaml:
    """Answer the call before anything is connected."""
    return {"name": "answer"}


def start_recording(options: RecordingOptions) -> Svaml:
    """Start a recording of the call (never of the conference) when the instruction before has ended."""
    return {"name": "startRecording", "options": options.as_dict()}


def stop_recording() -> Svaml:
    """Stop the call's recording."""
    return {"name": "stopRecording"}


def manage(command: Literal["start", "stop"], options: RecordingOptions | None = None) -> Svaml:
    """Return the body of a Manage Call request that starts or stops recording.

    Sinch documents several bodies; this is the only place that chooses one. Raises SvamlError to start without
    options.
    """
    if command == "stop":
        return document(continue_(), [stop_recording()])
    if options is None:
        raise SvamlError("Starting a recording requires its options.")
    return document(continue_(), [start_recording(options)])


def _named(name: str, **members: Any) -> Svaml:
    return {"name": name, **_present(**members)}


def _present(**members: Any) -> Svaml:
    return {key: value for key, value in members.items() if value is not None and value not in ("", [])}


def _headers(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs]


def _masked(key: object, value: Any) -> Any:
    if isinstance(key, str) and key.lower() == "credentials":
        return storage_credentials.masked(value) if isinstance(value, str) else storage_credentials.MASK
    if isinstance(value, Mapping):
        return {name: _masked(name, member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", member) for member in value]
    return without_signatures(value)
