"""Reads and writes where recordings go: destination URLs, the names that Sinch generates, the names of transcripts."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import DestinationUrlError

MAX_URL = 2048
MAX_KEY = 1024
TRANSCRIPT_SUFFIX = "-transcript.json"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20})://(.*)", re.DOTALL)
_BUCKET = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]{0,221}")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# (UTC date)_(application key)_(call id).(format). Sinch's page prints a backslash after the date: read, never written.
_GENERATED = re.compile(
    r"(?:UTCDate[_\\]?)?(?P<date>[0-9]{14}|[0-9]{12})[_\\](?P<key>[^_\\]{1,200})[_\\](?P<call>.{1,200})"
    r"\.(?P<format>[A-Za-z0-9]{1,8})",
    re.IGNORECASE,
)
# Without a date only a key that is a UUID tells a generated name from any other.
_UNDATED = re.compile(
    r"(?:UTCDate[_\\]?)?(?P<key>[0-9A-F]{8}-?(?:[0-9A-F]{4}-?){3}[0-9A-F]{12})[_\\](?P<call>.{1,200})"
    r"\.(?P<format>[A-Za-z0-9]{1,8})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """What follows `scheme://`: the bucket, as the store calls it, for some behind the account's name."""

    bucket: str = "bucket"
    has_account: bool = False


SCHEMES = {"s3": Scheme(), "azure": Scheme("container", has_account=True), "gs": Scheme(), "local": Scheme()}


@dataclass(frozen=True, slots=True)
class DestinationUrl:
    """A place in a store. `account` is Azure's alone."""

    kind: str
    account: str
    bucket: str
    key: str

    @property
    def url(self) -> str:
        """The place as a URL for Sinch."""
        container = f"{self.account}/{self.bucket}" if SCHEMES[self.kind].has_account else self.bucket
        return f"{self.kind}://{container}/{self.key}"

    @property
    def is_folder(self) -> bool:
        """Whether Sinch will generate the file's name."""
        return not self.key or self.key.endswith("/")


@dataclass(frozen=True, slots=True)
class GeneratedName:
    """What a file name made by Sinch tells. `call_id` is all that follows the application key, opaque."""

    when: datetime | None
    application_key: str
    call_id: str
    format: str
    transcript: bool


def parse(text: str) -> DestinationUrl:
    """Read a destination URL: `s3://bucket[/key]`, `azure://account/container[/key]`, `gs://bucket[/key]`, `local://…`.

    A key that is empty or ends in "/" is a folder; nothing is percent-decoded. Raises DestinationUrlError.
    """
    check_text(text)
    found = _SCHEME.fullmatch(text)
    if found is None:
        raise DestinationUrlError("A destination URL begins with s3://, azure:// or gs://.")
    kind, rest = found[1].lower(), found[2]
    if kind == "sdrive":
        raise DestinationUrlError(
            "sdrive:// is a placeholder in Sinch’s documentation. Write s3://, azure:// or gs://."
        )
    scheme = SCHEMES.get(kind)
    if scheme is None:
        raise DestinationUrlError(f"Sinch can’t write to {kind}://. Use s3://, azure:// or gs://.")
    account = ""
    if scheme.has_account:
        account, _, rest = rest.partition("/")
        if not _ACCOUNT.fullmatch(account):
            raise DestinationUrlError("The account is missing. Write azure://account/container/…")
    bucket, _, key = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise DestinationUrlError(
            f"The {scheme.bucket} in the destination URL is missing or contains invalid characters."
        )
    _check_key(key)
    return DestinationUrl(kind, account, bucket, key)


def generated_name(when: datetime, application_key: str, call_id: str, format: str) -> str:
    """Return the file name that Sinch makes when the URL ends in a folder; `when` must be aware."""
    return f"{when.astimezone(UTC):%Y%m%d%H%M%S}_{application_key}_{call_id}.{format}"


def parse_generated_name(name: str) -> GeneratedName | None:
    """Read a name (or a key, whose last part counts) that Sinch generated, in all variants seen; None for others."""
    name = name.rsplit("/", 1)[-1][:600]
    transcript = name.lower().endswith(TRANSCRIPT_SUFFIX)
    if transcript:
        name = name[: -len(TRANSCRIPT_SUFFIX)] + ".json"
    found = _GENERATED.fullmatch(name) or _UNDATED.fullmatch(name)
    if found is None:
        return None
    when = _time(found.groupdict().get("date") or "")
    return GeneratedName(when, found["key"], found["call"], "" if transcript else found["format"].lower(), transcript)


def transcript_key(recording_key: str) -> str:
    """Return the key at which Sinch puts the transcript of a recording: same folder, stem + "-transcript.json"."""
    return _stem(recording_key) + TRANSCRIPT_SUFFIX


def recording_stem(transcript_key: str) -> str:
    """Return the key of a transcript's recording without its extension; of any other key, the key without its own."""
    if is_transcript_key(transcript_key):
        return transcript_key[: -len(TRANSCRIPT_SUFFIX)]
    return _stem(transcript_key)


def is_transcript_key(key: str) -> bool:
    """Tell whether a key is a transcript's."""
    return key.lower().endswith(TRANSCRIPT_SUFFIX)


def _stem(key: str) -> str:
    folder, slash, name = key.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return folder + slash + (stem if dot and stem else name)


def check_text(text: str) -> None:
    """Refuse what no URL of a place can be: empty, too long, with control characters. Raises DestinationUrlError."""
    if len(text) > MAX_URL:
        raise DestinationUrlError(f"A destination URL has at most {MAX_URL} characters.")
    if not text.strip():
        raise DestinationUrlError("The destination URL is empty.")
    if _CONTROL.search(text):
        raise DestinationUrlError("The destination URL contains control characters.")


def _check_key(key: str) -> None:
    if len(key.encode()) > MAX_KEY:
        raise DestinationUrlError(f"An object’s key has at most {MAX_KEY} bytes.")
    if any(part in {".", ".."} for part in re.split(r"[/\\]", key)):
        raise DestinationUrlError("The path in the destination URL must not contain “.” or “..” as a part.")


def is_usable_key(key: str) -> bool:
    """Return whether an object can have this key: not empty, not too long, no way out of its bucket."""
    try:
        check_text(key)
        _check_key(key)
    except (DestinationUrlError, UnicodeEncodeError):
        return False
    return True


def _time(date: str) -> datetime | None:
    if not date:
        return None
    try:
        return datetime.strptime(date.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
