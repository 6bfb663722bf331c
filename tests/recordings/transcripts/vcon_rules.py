"""The rules of the working group's JSON schema for vCon 0.4.0 (ietf-wg-vcon), as far as an export of ours reaches."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

VERSION = "0.4.0"
DIALOG_TYPES = {"recording", "text", "transfer", "incomplete", "recording-set"}
ENCODINGS = {"base64url", "json", "none"}
STRINGS = {
    "vcon": ("subject",),
    "parties": ("tel", "sip", "stir", "mailto", "name", "did", "validation", "gmlpos"),
    "dialog": ("mediatype", "filename", "application", "message_id"),
    "analysis": ("mediatype", "filename", "product", "schema"),
    "attachments": ("mediatype", "filename"),
}
REQUIRED = {"dialog": ("type", "start"), "analysis": ("type", "vendor"), "attachments": ("start", "party", "dialog")}


def problems(vcon: dict[str, Any]) -> list[str]:
    """What the schema refuses, as paths; empty for a valid container."""
    return [*_container(vcon), *(problem for name in ("parties", *REQUIRED) for problem in _objects(vcon, name))]


def _container(vcon: dict[str, Any]) -> Iterator[str]:
    if vcon.get("vcon", VERSION) != VERSION:
        yield "vcon"
    if not _is_uuid(vcon.get("uuid")):
        yield "uuid"
    if not _is_time(vcon.get("created_at")):
        yield "created_at"
    if "updated_at" in vcon and not _is_time(vcon["updated_at"]):
        yield "updated_at"
    yield from _strings(vcon, "vcon", "")


def _objects(vcon: dict[str, Any], name: str) -> Iterator[str]:
    for index, each in enumerate(vcon.get(name, [])):
        at = f"{name}[{index}]."
        yield from _strings(each, name, at)
        yield from (at + member for member in REQUIRED.get(name, ()) if member not in each)
        if "start" in each and not _is_time(each["start"]):
            yield at + "start"
        if "encoding" in each and each["encoding"] not in ENCODINGS:
            yield at + "encoding"
        if each.get("body") and ("encoding" not in each or (each["encoding"] != "json" and not _is_text(each["body"]))):
            yield at + "body"
        if name == "dialog":
            yield from _dialog(each, at, len(vcon.get("parties", [])))
        elif name == "analysis" and not _is_index(each.get("dialog", 0), len(vcon.get("dialog", []))):
            yield at + "dialog"


def _dialog(dialog: dict[str, Any], at: str, parties: int) -> Iterator[str]:
    if dialog.get("type") not in DIALOG_TYPES:
        yield at + "type"
    duration = dialog.get("duration", 0)
    if isinstance(duration, bool) or not isinstance(duration, int | float) or duration < 0:
        yield at + "duration"
    if "originator" in dialog and not _is_index(dialog["originator"], parties):
        yield at + "originator"
    given = dialog.get("parties", [])
    channels = given if isinstance(given, list) else [given]
    named = [party for each in channels for party in (each if isinstance(each, list) else [each])]
    if not all(party is None or _is_index(party, parties) for party in named):
        yield at + "parties"


def _strings(each: dict[str, Any], name: str, at: str) -> Iterator[str]:
    yield from (at + member for member in STRINGS[name] if member in each and not _is_text(each[member]))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_index(value: object, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def _is_uuid(value: object) -> bool:
    try:
        return str(uuid.UUID(str(value))) == value
    except ValueError:
        return False


def _is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
