"""Destination URLs: documented forms, all reported forms, generated names in all variants, transcripts."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch.errors import DestinationUrlError
from recordings_site.sinch.uploads import destination_url as urls
from recordings_site.sinch.uploads.destination_url import DestinationUrl

KEY = "669E367E-6BBA-48AB-AF15-266871C28135"
ID = "01234567-89ab-cdef-fedc-ba9876543210"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://sinch-storage/voice-recordings/my-recording.mp3",
         DestinationUrl("s3", "", "sinch-storage", "voice-recordings/my-recording.mp3")),
        ("s3://my-s3-bucket", DestinationUrl("s3", "", "my-s3-bucket", "")),
        ("S3://bucket_name/folder/", DestinationUrl("s3", "", "bucket_name", "folder/")),
        ("azure://my-account/test-container/my-recording.mp3",
         DestinationUrl("azure", "my-account", "test-container", "my-recording.mp3")),
        ("azure://account/container", DestinationUrl("azure", "account", "container", "")),
        ("gs://sinch-storage/a b/ü%20.mp3", DestinationUrl("gs", "", "sinch-storage", "a b/ü%20.mp3")),
        ("local://demo/2026/x.mp3", DestinationUrl("local", "", "demo", "2026/x.mp3")),
    ],
)  # fmt: skip
def test_destination_urls_are_read(text, expected):
    assert urls.parse(text) == expected
    assert urls.parse(expected.url) == expected
    assert expected.is_folder == (not expected.key or expected.key.endswith("/"))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "empty"), ("   ", "empty"), ("bucket/key", "s3://"), ("https://bucket.s3.amazonaws.com/x", "s3://"),
        ("ftp://bucket/x", "s3://"), ("s3://", "bucket"), ("s3:///key", "bucket"), ("azure://account", "container"),
        ("azure:///container/x", "account"), ("s3://bu cket/x", "bucket"), ("s3://bucket/a/../b", "“..”"),
        ("s3://bucket/..\\b", "“..”"), ("s3://bucket/a\nb", "control"), ("s3://bucket/\ud800", "control"),
        ("s3://bucket/" + "k" * 1025, "1024"), ("s3://bucket/" + "k" * 3000, "2048"),
    ],
)  # fmt: skip
def test_other_urls_are_refused_with_a_remedy(text, remedy):
    with pytest.raises(DestinationUrlError, match=remedy):
        urls.parse(text)


def test_the_placeholder_of_sinchs_page_is_refused_naming_the_three_real_schemes():
    with pytest.raises(DestinationUrlError, match=r"s3://, azure:// or gs://"):
        urls.parse("sdrive://my-recording.mp3")


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(DestinationUrlError):
        urls.parse(text)
    urls.parse_generated_name(text)
    urls.recording_stem(text)
    urls.transcript_key(text)


@given(
    st.datetimes(
        min_value=datetime(1000, 1, 2, tzinfo=UTC).replace(tzinfo=None), timezones=st.just(timezone(timedelta(hours=2)))
    ),
    st.uuids(),
    st.text(alphabet="abc0123456789-_.", min_size=1, max_size=40),
    st.sampled_from(["mp3", "wav"]),
)
def test_a_generated_name_is_read_back(when, key, call_id, format):
    name = urls.generated_name(when, str(key), call_id, format)
    read = urls.parse_generated_name(f"some/folder/{name}")
    assert read == urls.GeneratedName(
        when.astimezone(UTC).replace(microsecond=0), str(key), call_id, format, transcript=False
    )
    written = urls.parse_generated_name(urls.transcript_key(name))
    assert written == urls.GeneratedName(read.when, str(key), call_id, "", transcript=True)


@pytest.mark.parametrize(
    ("name", "when", "call_id"),
    [
        (f"20180101123456_{KEY}_{ID}.mp3", datetime(2018, 1, 1, 12, 34, 56, tzinfo=UTC), ID),
        (f"20180101123456\\{KEY}_{ID}_257.mp3", datetime(2018, 1, 1, 12, 34, 56, tzinfo=UTC), f"{ID}_257"),
        (f"201801011234_{KEY}_{ID}.mp3", datetime(2018, 1, 1, 12, 34, tzinfo=UTC), ID),
        (f"UTCDate_201801011234_{KEY}_{ID}.mp3", datetime(2018, 1, 1, 12, 34, tzinfo=UTC), ID),
        (f"UTCDate20180101123456\\{KEY}_{ID}.mp3", datetime(2018, 1, 1, 12, 34, 56, tzinfo=UTC), ID),
        (f"UTCDate201801011234_{KEY}_{ID}.mp3", datetime(2018, 1, 1, 12, 34, tzinfo=UTC), ID),
        ("UTCDate20180101000000\\key_call.mp3", datetime(2018, 1, 1, tzinfo=UTC), "call"),
        (f"UTCDate_{KEY}_{ID}.mp3", None, ID),
        (f"{KEY}_myConferenceId.mp3", None, "myConferenceId"),
        (f"99999999999999_{KEY}_{ID}.WAV", None, ID),
    ],
)
def test_each_variant_of_generated_names_is_read(name, when, call_id):
    read = urls.parse_generated_name(name)
    assert read is not None
    assert (read.when, read.call_id, read.transcript) == (when, call_id, False)
    assert read.application_key in {KEY, "key"}
    assert read.format in {"mp3", "wav"}


@pytest.mark.parametrize(
    "name", ["", "my-recording.mp3", "a_b.mp3", f"{ID}.mp3", "2018_a_b.mp3", f"20180101123456_{KEY}"]
)
def test_names_that_people_chose_are_not_taken_for_generated_ones(name):
    assert urls.parse_generated_name(name) is None


@pytest.mark.parametrize(
    ("recording", "transcript"),
    [
        ("a/b.c/x.mp3", "a/b.c/x-transcript.json"),
        ("x.mp3", "x-transcript.json"),
        ("a.b/x", "a.b/x-transcript.json"),
        (".mp3", ".mp3-transcript.json"),
    ],
)
def test_a_transcript_stands_beside_its_recording(recording, transcript):
    assert urls.transcript_key(recording) == transcript
    assert urls.is_transcript_key(transcript)
    assert not urls.is_transcript_key(recording)
    assert urls.recording_stem(transcript) == urls.recording_stem(recording)
