"""An account key or a SAS in what people copy from Azure's portal and commands."""

from urllib.parse import parse_qs, urlsplit

from recordings_site.destinations.kinds.base import ReadMode
from recordings_site.destinations.kinds.pasted_credentials import Pasted, cleaned, first, refuse_json, values_of
from recordings_site.sinch.errors import CredentialsError

_ALONE = "Enter only the account key or the SAS."


def take_apart(text: str, *, account: str, container: str) -> Pasted:
    """The account key (KEYS) or SAS in a text; "" names are not known yet. Raises CredentialsError with what to do.

    A text that names another account or container than the destination is refused: it would never work there.
    """
    text = cleaned(text)
    if text.lower().startswith(("http://", "https://")):
        return _from_url(text, account=account, container=container)
    if "usedevelopmentstorage" in text.lower():
        raise CredentialsError("This is the emulator’s connection string. Enter an account key or a SAS.")
    values = values_of(text)
    if inner := values.get("connectionstring"):
        values, text = values_of(inner), inner
    if _is_connection_string(text):
        return _from_parts(_parts(text), account=account, container=container)
    if (key := first(values, "value")) and "keyname" in values:  # az storage account keys list
        return Pasted(secret=key, mode=ReadMode.KEYS)
    refuse_json(text)
    if "sig=" in text:
        return Pasted(secret=_sas(text), mode=ReadMode.SAS)
    if text.startswith(("AKIA", "GOOG")) or text.count(":") == 2:
        raise CredentialsError(f"This key is for a different kind of storage. {_ALONE}")
    return Pasted(secret=text)


def _is_connection_string(text: str) -> bool:
    folded = text.lower().replace(" ", "")
    names = ("defaultendpointsprotocol=", "accountkey=", "accountname=", "sharedaccesssignature=", "blobendpoint=")
    return any(folded.startswith(name) or f";{name}" in folded for name in names)


def _parts(text: str) -> dict[str, str]:
    """A connection string's parts; keys and signatures hold "=" themselves."""
    pairs = (part.partition("=") for part in text.replace("\n", "").split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _from_parts(parts: dict[str, str], *, account: str, container: str) -> Pasted:
    endpoint = parts.get("blobendpoint", "")
    named = parts.get("accountname") or (urlsplit(endpoint).hostname or "").partition(".blob.")[0]
    _same("account", named, account)
    if key := parts.get("accountkey"):
        return Pasted(secret=key, mode=ReadMode.KEYS)
    if sas := parts.get("sharedaccesssignature"):
        return Pasted(secret=_sas(sas), mode=ReadMode.SAS)
    raise CredentialsError(f"The connection string contains neither AccountKey nor SharedAccessSignature. {_ALONE}")


def _from_url(text: str, *, account: str, container: str) -> Pasted:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise CredentialsError(f"This address isn’t valid. {_ALONE}") from None
    if "sig=" not in parts.query:
        raise CredentialsError(f"This address contains no signature (sig=…). {_ALONE}")
    host, dot, _ = (parts.hostname or "").partition(".blob.")
    path = parts.path.strip("/").split("/")
    if dot:
        _same("account", host, account)
        _same("container", path[0], container)
    return Pasted(secret=_sas(parts.query), mode=ReadMode.SAS)


def _sas(text: str) -> str:
    """The signature's parameters, without the question mark before them."""
    text = text.partition("?")[2] or text
    if not parse_qs(text).get("sig"):
        raise CredentialsError("The signature (sig=…) is missing. Copy the whole SAS again.")
    return text.split("#")[0].strip()


def _same(what: str, named: str, wanted: str) -> None:
    if named and wanted and named.lower() != wanted.lower():
        raise CredentialsError(f"This is for the {what} {named[:63]}, but the destination uses {wanted}.")
