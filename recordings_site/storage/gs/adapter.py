"""Google Cloud Storage, through whichever of its two APIs accepts the credentials; only its library is loaded."""

from dataclasses import replace

from recordings_site.storage.factory import Location
from recordings_site.storage.port import Store

INTEROPERABILITY = "https://storage.googleapis.com"


def open_at(location: Location, credentials: str | None) -> Store:
    """The bucket seen with a service account's JSON, or, by the S3 protocol, with Sinch's kind of key."""
    if credentials is None or credentials.lstrip().startswith("{"):
        from recordings_site.storage.gs.json_api import GcsStore

        return GcsStore(location.bucket, endpoint=location.endpoint, credentials=credentials)
    from recordings_site.storage.s3 import adapter as s3

    endpoint, region = location.endpoint or INTEROPERABILITY, location.region or "auto"
    style = location.addressing or "path"  # Google takes both
    return s3.open_at(replace(location, endpoint=endpoint, region=region, addressing=style), credentials)
