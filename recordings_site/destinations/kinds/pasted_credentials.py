"""Takes apart what people paste as credentials: files, output of commands, and addresses that hold them."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from recordings_site.sinch.errors import CredentialsError

_PAIR = re.compile(
    r"""(?:^|[\s;,{\[])["']?(?:export\s+|set\s+|\$env:)?([A-Za-z][\w .-]{1,40}?)["']?[ \t]*[=:][ \t]*["']?"""
    r"""(?![A-Za-z]+:\s)([^\s"',;]+)""",
    re.MULTILINE,
)
WHOLE = re.compile(
    r"(?i)https?://|DefaultEndpointsProtocol|AccountKey\s*=|AccountName\s*=|SharedAccessSignature\s*=|aws_access_key_id"
    r"|aws_secret_access_key|accessId\s*:"
)
"""What none of the kinds' credentials contains once they were taken apart (a service account's JSON aside)."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """The credentials in what was pasted; `mode` is the ReadMode that they are of, "" for the one that was chosen."""

    key: str = ""
    secret: str = field(default="", repr=False)
    mode: str = ""


def cleaned(text: str) -> str:
    """Without the quotation marks, entities and prompts that copying adds."""
    return html.unescape(text).strip().strip("\"'`").strip()


def values_of(text: str) -> dict[str, str]:
    """Names and values in a text, whatever its form: JSON, name=value, name: value, or a table of two lines.

    Names have small letters and digits alone: "aws_access_key_id" and "Access key ID" both end in "accesskeyid".
    """
    try:
        found = dict(_flat(json.loads(text)))
    except (ValueError, RecursionError):
        found = _table(text) or {_name(name): value for name, value in _PAIR.findall(text)}
    return found


def first(values: dict[str, str], *names: str) -> str:
    """The value of the first of these names that there is."""
    return next((values[name] for name in names if values.get(name)), "")


def refuse_json(text: str) -> None:
    """Refuse a JSON document in the place of a key, by what it is."""
    if not text.startswith("{"):
        return
    raise CredentialsError(f"This is {json_kind(text)}, not a key. Enter the key and its secret.")


def json_kind(text: str) -> str:
    """What a JSON document of Google's or another vendor's is, in words."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "an incomplete JSON document"
    if not isinstance(found, dict):
        return "a JSON document"
    if "installed" in found or "web" in found:
        return "an OAuth client’s JSON file"
    return {
        "service_account": "a service account’s JSON key",
        "authorized_user": "a personal sign-in (gcloud auth)",
        "external_account": "a workload identity configuration",
        "impersonated_service_account": "a service account impersonation",
    }.get(str(found.get("type", "")), "a different kind of JSON document")


def _flat(found: object) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for name, value in found.items():
            if isinstance(value, str):
                yield _name(str(name)), value
            else:
                yield from _flat(value)
    elif isinstance(found, list):
        for each in reversed(found):  # the first of two keys counts
            yield from _flat(each)


def _table(text: str) -> dict[str, str]:
    """A CSV file of one row, as Amazon's console gives it."""
    lines = [line.strip().lstrip("\ufeff") for line in text.strip().splitlines() if line.strip()]
    if len(lines) != 2 or "," not in lines[0] or "=" in lines[0]:
        return {}
    names, values = lines[0].split(","), lines[1].split(",")
    return {_name(name): value.strip('"') for name, value in zip(names, values, strict=False)}


def _name(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())
