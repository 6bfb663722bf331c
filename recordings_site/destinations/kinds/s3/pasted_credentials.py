"""An access key and its secret in what people copy from Amazon's console, files and commands."""

import re

from recordings_site.destinations.kinds.pasted_credentials import Pasted, cleaned, first, json_kind, values_of
from recordings_site.sinch.errors import CredentialsError

# A form's input of one line joins the lines of a pasted file: then the next name follows a value at once.
_END = r"""(?=aws_|region\s*=|output\s*=|["'\s,;]|$)"""
_FILE = {
    name: re.compile(rf"""(?i:{name})["']?\s*[=:]\s*["']?([^\s"',;]+?){_END}""")
    for name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
}
_TWO = re.compile(r"((?:AKIA|ASIA)[A-Z0-9]{12,28})[\s:,]+([A-Za-z0-9/+=]{30,})(?::[a-z0-9-]+)?")


def take_apart(key: str, secret: str) -> Pasted:
    """The key and secret, entered each in its field or both in one. Raises CredentialsError with what to do."""
    key, secret = cleaned(key), cleaned(secret)
    for text in (key, secret):
        if not text:
            continue
        if "sharedaccesssignature" in text.lower() or "accountkey=" in text.lower().replace(" ", ""):
            raise CredentialsError(
                "These are Azure Blob Storage credentials. Enter an access key for this storage service."
            )
        if "-----BEGIN" in text:
            raise CredentialsError(f"This is {json_kind(text)}, not an access key. Enter the key and its secret.")
        if found := _both(text):
            return found
        if text.startswith(("http://", "https://", "arn:", "s3://", "{", "[")):
            raise CredentialsError("This is not an access key. Enter the access key and its secret in separate fields.")
    if key.startswith("ASIA"):
        raise CredentialsError(_TEMPORARY)
    return Pasted(key, secret)


_TEMPORARY = "These credentials are temporary and expire within hours. Enter the access key of an IAM user."


def _both(text: str) -> Pasted | None:
    """The two halves in one text."""
    values, lines = values_of(text), {name: found[1] for name, line in _FILE.items() if (found := line.search(text))}
    if "aws_session_token" in lines or first(values, "awssessiontoken", "sessiontoken"):
        raise CredentialsError(_TEMPORARY)
    key = lines.get("aws_access_key_id") or first(values, "accesskeyid", "accesskey", "accessid")
    secret = lines.get("aws_secret_access_key") or first(values, "secretaccesskey", "secretkey", "secret")
    if key or secret:
        if not (key and secret):
            raise CredentialsError("This is only half of the key. Paste the access key and its secret.")
        return Pasted(key, secret)
    two = _TWO.fullmatch(text)
    if two and two[1].startswith("ASIA"):
        raise CredentialsError(_TEMPORARY)
    return Pasted(two[1], two[2]) if two else None
