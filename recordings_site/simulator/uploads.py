"""Writes recordings and transcripts where the SVAML says, with its credentials, as Sinch does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from recordings_site.sinch.svaml import RecordingOptions
from recordings_site.sinch.uploads import destination_url
from recordings_site.sinch.uploads.destination_url import DestinationUrl
from recordings_site.storage import Location, open_store

TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}


@dataclass(frozen=True)
class Uploads:
    """`endpoints` names the address of a kind of store if not its vendor's; for "local", the root folder."""

    endpoints: Mapping[str, str] = field(default_factory=dict)

    def write(self, target: DestinationUrl, credentials: str, data: bytes, content_type: str) -> None:
        """Write one object. Raises StoreError; Sinch reports no such failure."""
        endpoint = self.endpoints.get(target.kind, "")
        location = Location(target.kind, target.account, target.bucket, endpoint=endpoint)
        open_store(location, credentials).write(target.key, data, content_type=content_type)


def recording_location(
    options: RecordingOptions, *, when: datetime, application_key: str, call_id: str, conference_id: str = ""
) -> DestinationUrl:
    """Return the object of a recording: the URL's own, or a generated name in its folder.

    A conference's generated name has no date, as in Sinch's documentation. Raises DestinationUrlError.
    """
    target = destination_url.parse(options.destination_url)
    if not target.is_folder:
        return target
    if conference_id:
        name = f"{application_key}_{conference_id}.{options.format}"
    else:
        name = destination_url.generated_name(when, application_key, call_id, options.format)
    return DestinationUrl(target.kind, target.account, target.bucket, target.key + name)


def transcript_location(recording: DestinationUrl) -> DestinationUrl:
    """Return the object of a recording's transcript, beside it."""
    key = destination_url.transcript_key(recording.key)
    return DestinationUrl(recording.kind, recording.account, recording.bucket, key)


def reported_as(target: DestinationUrl, report_format: str) -> str:
    """Return a location as notifications report it: "url", "sinch" (a URL of Sinch's with only the name) or "path"."""
    match report_format:
        case "sinch":
            return f"https://www.sinch.com/calling/v1/recording/{target.key.rpartition('/')[2]}"
        case "path":
            return target.key
        case _:
            return target.url
