"""Destinations at the real servers, made directly: for tests of what stands on them."""

from typing import Any

from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.kinds.base import ReadMode
from recordings_site.destinations.models import Destination
from tests.stores import azurite as azure
from tests.stores import swift as s3
from tests.stores.azurite import Azurite
from tests.stores.google import Google
from tests.stores.swift import Swift

Key = tuple[str, str]


def on_swift(
    swift: Swift, bucket: str, *, write: Key = s3.WRITER, read: Key = s3.READER, region: str = s3.REGION, **place: Any
) -> Destination:
    """An S3 destination with these keys."""
    place = {"name": f"Swift {bucket}", "region": region, "endpoint": swift.endpoint, "prefix": "calls/", **place}
    sets = CredentialSets(":".join([*write, region]), ":".join(read))
    return actions.create_destination(by=None, kind="s3", bucket=bucket, sets=sets, **place)


def on_azurite(azurite: Azurite, container: str, *, key: str = azure.KEY, read: str = "") -> Destination:
    """An Azure destination, read with a SAS unless `read` is given."""
    return actions.create_destination(
        by=None,
        name=f"Azurite {container}",
        kind="azure",
        account=azure.ACCOUNT,
        bucket=container,
        endpoint=azurite.endpoint,
        prefix="calls/",
        read_mode=ReadMode.KEYS if read else ReadMode.SAS,
        sets=CredentialSets(key, read or azurite.sas(container)),
    )


def on_interoperability(swift: Swift, bucket: str) -> Destination:
    """A Google destination whose two keys are interoperability keys; Swift stands in for Google's S3-style API."""
    return actions.create_destination(
        by=None,
        name=f"Interoperability {bucket}",
        kind="gs",
        bucket=bucket,
        region=s3.REGION,
        endpoint=swift.endpoint,
        prefix="calls/",
        read_mode=ReadMode.INTEROPERABILITY,
        sets=CredentialSets(":".join(s3.WRITER), ":".join(s3.READER)),
    )


def on_google(google: Google, bucket: str, *, write: str = "") -> Destination:
    """A Google destination that is read with a service account. The emulator knows no interoperability keys.

    With `write`, those keys: what is written with them has to be brought into the emulator's bucket by the test.
    """
    return actions.create_destination(
        by=None,
        name=f"Google {bucket}",
        kind="gs",
        bucket=bucket,
        endpoint=google.endpoint,
        prefix="calls/",
        read_mode=ReadMode.SERVICE_ACCOUNT,
        sets=CredentialSets(write or google.credentials, google.credentials),
    )
