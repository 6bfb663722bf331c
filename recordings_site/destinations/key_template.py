"""The template of object keys: what may stand in it, why one is refused, and the key that it gives a recording."""

import re
from collections.abc import Mapping
from functools import lru_cache

FIELDS: Mapping[str, str] = {
    "date": "day the call began, UTC, such as 2026-11-23",
    "time": "time the call began, UTC, such as 140359",
    "number": "our number, digits only, or none",
    "caller": "the caller’s number, digits only, or none",
    "call_id": "Sinch’s ID of the call, or of the conference when that is recorded",
    "conference_id": "ID of the recorded conference, or a hyphen",
    "recording": "this site’s ID of the recording, always unique",
    "format": "mp3 or wav",
    "direction": "inbound, outbound or callout",
}
LONGEST = 300
_FIELD = re.compile(r"\{([^{}]*)\}")
_UNSAFE = re.compile(r"[^A-Za-z0-9.+=@ -]")


def problems(template: str) -> list[str]:
    """Why the template is refused, each a sentence with its remedy; empty when each recording gets a key of its own."""
    found = []
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown or set("{}") & set(_FIELD.sub("", template)):
        found.append("Only these placeholders can be used: " + ", ".join(f"{{{name}}}" for name in FIELDS) + ".")
    parts = template.removesuffix("/").split("/")
    if template and (any(part in ("", ".", "..") for part in parts) or re.search(r"[\\\x00-\x1f\x7f?#]", template)):
        found.append("Must be a path without a leading slash, empty parts, “.” or “..”, backslashes, “?” or “#”.")
    if len(template) > LONGEST:
        found.append(f"Use at most {LONGEST} characters.")
    if not names_the_file(template):
        return found
    if "{recording}" not in template:
        found.append(
            "Two recordings could get the same name, and Sinch overwrites existing files. The call ID alone isn’t "
            "unique, because a recording can be stopped and started again. Add {recording} to "
            "the name, or end with “/” to let Sinch name the file."
        )
    if not template.endswith(".{format}"):
        found.append("End with .{format}. Players and Sinch’s transcription rely on the file extension.")
    return found


def names_the_file(template: str) -> bool:
    """Whether we name the file; a template that is empty or ends in "/" leaves the name to Sinch."""
    return bool(template) and not template.endswith("/")


def render(template: str, values: Mapping[str, str]) -> str:
    """The key for these values. What a value holds beyond letters, digits and .+=@- becomes "-": it stays one part.

    Raises KeyError for a field without a value.
    """
    # Every second piece is the name of a field.
    return "".join(_part(values[text]) if place % 2 else text for place, text in enumerate(_parts(template)))


@lru_cache(maxsize=1024)
def _parts(template: str) -> tuple[str, ...]:
    return tuple(_FIELD.split(template))


def _part(value: str) -> str:
    return _UNSAFE.sub("-", value).strip(". ") or "-"
