"""Fuzzes the places that Sinch, people and stores name: URLs of destinations, reported places, names of files."""

from datetime import UTC

import pytest

from recordings_site.sinch.errors import DestinationUrlError
from recordings_site.sinch.uploads import destination_url, object_keys, reported_place

_ENDPOINTS = [
    reported_place.Endpoint("s3", "", "bucket", "https://minio.example.com:9000/s3"),
    reported_place.Endpoint("azure", "account", "container", "http://10.0.0.5:10000/account"),
]
_NAME = "20260114093000_669E367E-6BBA-48AB-AF15-266871C28135_01234567-89ab-cdef-fedc-ba9876543210.mp3"
SEEDS = [
    each.encode()
    for each in (
        f"s3://bucket/a/{_NAME}",
        "s3://bucket/calls/",
        f"azure://account/container/{_NAME[:-4]}-transcript.json",
        "gs://bucket/år/ü b%20c.wav",
        "sdrive://x",
        f"https://bucket.s3.eu-central-1.amazonaws.com/a/{_NAME}?X-Amz-Signature=abc",
        f"https://s3.amazonaws.com/bucket/{_NAME}",
        f"https://account.blob.core.windows.net/container/a%252Fb/{_NAME}?sv=1&sig=x%3D",
        f"https://storage.googleapis.com/bucket/{_NAME}",
        f"https://user:pass@minio.example.com:9000/s3/bucket/{_NAME}",
        "http://10.0.0.5:10000/account/container/x.mp3",
        f"https://www.sinch.com/calling/v1/recording/{_NAME}",
        "wasbs://container@account.blob.core.windows.net/a.mp3",
        "abfss://container@account.dfs.core.windows.net/a//b.mp3",
        "http://[::1]:99999/a",
        "UTCDate_202601140930\\key\\call_257.wav",
        "a/../b.mp3",
        "https://www.sinch.com/calling/v1/recording/a.mp3 ?sig=x",
    )
]


def check(data: bytes) -> None:
    """Read a text as each of them; a place that is read is one that a store can have."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        place = destination_url.parse(text)
    except DestinationUrlError as problem:
        assert len(str(problem)) < 300
    else:
        assert destination_url.parse(place.url) == place
        assert place.is_folder or destination_url.is_usable_key(place.key)
    _check_reported(text)
    _check_name(text)
    assert object_keys.is_same(text, text)
    assert destination_url.is_transcript_key(destination_url.transcript_key(text))
    stem = destination_url.recording_stem(destination_url.transcript_key(text))
    assert destination_url.is_transcript_key(text) or destination_url.recording_stem(text) == stem


def _check_reported(text: str) -> None:
    safe = object_keys.without_secrets(text)
    assert object_keys.without_secrets(safe) == safe
    for endpoints in ([], _ENDPOINTS):
        places = reported_place.read(text, endpoints)
        assert len(places) <= 60
        for place in places:
            assert destination_url.is_usable_key(place.key), place
            assert place.kind in ("", *destination_url.SCHEMES)
        # Its secrets play no part in where it is.
        assert reported_place.read(safe, endpoints) == places
    named = reported_place.named_store(text)
    assert "@" not in named.host
    assert named.folder in ("", "/") or named.folder.endswith("/")


def _check_name(text: str) -> None:
    found = destination_url.parse_generated_name(text)
    if found is None:
        return
    assert found.call_id
    assert found.application_key
    if found.when is not None and found.when.year >= 1000:
        assert found.when.tzinfo is UTC
        made = destination_url.generated_name(found.when, found.application_key, found.call_id, found.format or "json")
        again = destination_url.parse_generated_name(made)
        assert again is not None
        assert (again.when, again.application_key, again.call_id) == (
            found.when, found.application_key, found.call_id,
        )  # fmt: skip


def plant(patch: pytest.MonkeyPatch) -> None:
    """A date of digits is believed to be one."""
    patch.setattr(destination_url, "ValueError", KeyError, raising=False)
