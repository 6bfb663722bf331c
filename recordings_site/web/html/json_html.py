"""Turns a JSON document into escaped, highlighted HTML in which no secret can be read."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Keys whose value is a secret anywhere in SVAML or a form; the value is never rendered.
SECRET_KEYS = frozenset({"credentials", "secret", "secrets", "authorization", "password", "token", "access_key"})
# Keys, and names of instructions, that make a recording: their lines are marked. A menu's options are a list.
RECORDING_KEYS = frozenset({"record", "recordingoptions"})
RECORDING_NAMES = frozenset({"startrecording", "stoprecording"})
MASK = "••••"


def highlighted(document: object) -> SafeString:
    """`document` (plain JSON) as spans for keys, strings, numbers and literals, two spaces deep a level."""
    return _value(document, 0)


def _value(value: object, depth: int) -> SafeString:
    """One value of any kind."""
    match value:
        case dict():
            return _block("{", "}", [_pair(key, item, depth + 1) for key, item in value.items()], depth)
        case list() | tuple():
            return _block("[", "]", [_value(item, depth + 1) for item in value], depth)
        case str():
            return format_html('<span class="j-str">{}</span>', _quoted(value))
        case bool() | None:
            return format_html('<span class="j-lit">{}</span>', {True: "true", False: "false", None: "null"}[value])
        case _:
            return format_html('<span class="j-num">{}</span>', value)


def _pair(key: object, value: Any, depth: int) -> SafeString:
    """`"key": value`, masked when the key names a secret, marked when it makes a recording."""
    name = str(key)
    if name.lower() in SECRET_KEYS and value:
        # What was masked before (a tail, a fingerprint) holds one of these signs, which no key of any cloud contains.
        shown = value if isinstance(value, str) and ("•" in value or "…" in value) else MASK
        return format_html('<span class="j-key">{}</span>: <span class="j-mask">{}</span>', _quoted(name), shown)
    body = format_html('<span class="j-key">{}</span>: {}', _quoted(name), _value(value, depth))
    recording = name.lower() in RECORDING_KEYS or (name == "options" and isinstance(value, dict))
    recording = recording or (name == "name" and str(value).lower() in RECORDING_NAMES)
    return format_html('<span class="j-rec">{}</span>', body) if recording else body


def _block(opening: str, closing: str, items: list[SafeString], depth: int) -> SafeString:
    """A list or object on several lines, or on one line when it is empty."""
    if not items:
        return format_html("{}{}", opening, closing)
    inner = "  " * (depth + 1)
    joined = format_html_join(format_html(",\n{}", inner), "{}", ((item,) for item in items))
    return format_html("{}\n{}{}\n{}{}", opening, inner, joined, "  " * depth, closing)


def _quoted(text: str) -> str:
    """A readable JSON string: only what JSON requires is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " else f"\\u{ord(char):04x}" for char in escaped) + '"'
