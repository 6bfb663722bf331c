"""Every form in which a place is reported is known for what it is, and no secret of it is kept."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch.uploads import object_keys, store_hosts
from recordings_site.sinch.uploads.reported_place import Endpoint, Place, is_in, named_store, read

MINIO = Endpoint("s3", "", "calls", "https://minio.example.com:9000")
BEHIND_A_PATH = Endpoint("s3", "", "calls", "https://files.example.com/s3")
AZURITE = Endpoint("azure", "acct", "cont", "http://127.0.0.1:10000")
ENDPOINTS = (MINIO, BEHIND_A_PATH, AZURITE)
ID = "01234567-89ab-cdef-fedc-ba9876543210"
SECRETS = ("SECRETSIG", "SECRETUSER")


def s3(bucket: str, key: str, endpoint: str | None = "") -> Place:
    return Place("s3", "", bucket, key, endpoint)


def azure(key: str, endpoint: str | None = "", container: str = "cont") -> Place:
    return Place("azure", "acct", container, key, endpoint)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://recordings/a.mp3", s3("recordings", "a.mp3", None)),
        ("S3://recordings/a.mp3", s3("recordings", "a.mp3", None)),
        ("s3a://recordings/a.mp3", s3("recordings", "a.mp3", None)),
        ("local://demo/2026/x.mp3", Place("local", "", "demo", "2026/x.mp3")),
        ("https://b.s3.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3.eu-north-1.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3-eu-west-1.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://my.bucket.s3.eu-north-1.amazonaws.com/k/a.mp3", s3("my.bucket", "k/a.mp3")),
        ("https://b.s3.dualstack.eu-north-1.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3-accelerate.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3-accelerate.dualstack.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3-fips.us-gov-west-1.amazonaws.com/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://s3.amazonaws.com/b/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://s3.eu-north-1.amazonaws.com/b/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://s3.dualstack.eu-north-1.amazonaws.com:443/b/k/a.mp3", s3("b", "k/a.mp3")),
        ("HTTPS://S3.EU-NORTH-1.AMAZONAWS.COM/b/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com/b/k/a.mp3", s3("b", "k/a.mp3")),
        ("https://MINIO.example.com:9000/calls/k/a.mp3", s3("calls", "k/a.mp3", MINIO.url)),
        ("https://calls.minio.example.com:9000/k/a.mp3", s3("calls", "k/a.mp3", MINIO.url)),
        ("https://files.example.com/s3/calls/k/a.mp3", s3("calls", "k/a.mp3", BEHIND_A_PATH.url)),
        ("http://127.0.0.1:10000/acct/cont/k/a.mp3", azure("k/a.mp3", AZURITE.url)),
        ("azure://acct/cont/k/a.mp3", azure("k/a.mp3", None)),
        ("azure://acct.blob.core.windows.net/cont/k/a.mp3", azure("k/a.mp3", None)),
        ("wasbs://cont@acct.blob.core.windows.net/k/a.mp3", azure("k/a.mp3", None)),
        ("https://acct.blob.core.windows.net/cont/k/a.mp3", azure("k/a.mp3")),
        ("https://acct-secondary.blob.core.windows.net/cont/k/a.mp3", azure("k/a.mp3")),
        ("https://acct.z12.blob.storage.azure.net/cont/k/a.mp3", azure("k/a.mp3")),
        ("https://acct.dfs.core.windows.net/cont/k/a.mp3", azure("k/a.mp3")),
        ("https://acct.blob.core.chinacloudapi.cn/cont/k/a.mp3", azure("k/a.mp3")),
        ("https://acct.blob.core.windows.net/a.mp3", azure("a.mp3", container="$root")),
        ("gs://b/k/a.mp3", Place("gs", "", "b", "k/a.mp3")),
        ("https://storage.googleapis.com/b/k/a.mp3", Place("gs", "", "b", "k/a.mp3", "")),
        ("https://b.storage.googleapis.com/k/a.mp3", Place("gs", "", "b", "k/a.mp3", "")),
        ("https://storage.cloud.google.com/b/k/a.mp3", Place("gs", "", "b", "k/a.mp3", "")),
        ("https://www.googleapis.com/storage/v1/b/b/o/k%2Fa.mp3?alt=media", Place("gs", "", "b", "k/a.mp3", "")),
        ("https://www.sinch.com/calling/v1/recording/a.mp3", Place("", "", "", "a.mp3", "https://www.sinch.com")),
        ("https://recordings.example.org/x/a.mp3", Place("", "", "", "a.mp3", "https://recordings.example.org")),
        ("path/to/my.mp3", Place("", "", "", "path/to/my.mp3")),
        ("/path/to/my.mp3", Place("", "", "", "path/to/my.mp3")),
    ],
)
def test_each_form_of_a_place_is_read(text: str, expected: Place) -> None:
    assert read(text, ENDPOINTS)[0] == expected


@pytest.mark.parametrize(
    "text",
    ["", "/", "folder/", "../../etc/passwd", "http://[broken/x", "file:///etc/passwd", "ftp://x/y", "s3://b",
     "https://s3.amazonaws.com/", "https://h:99999/x", "a\0.mp3", "x" * 3000],
)  # fmt: skip
def test_what_names_no_file_gives_no_place(text: str) -> None:
    assert read(text, ENDPOINTS) == ()


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("https://b.s3.eu-north-1.amazonaws.com/k/a.mp3", "eu-north-1"),
        ("https://S3.EU-NORTH-1.AMAZONAWS.COM/b/k/a.mp3?X-Amz-Signature=SECRETSIG", "eu-north-1"),
        ("https://b.s3-eu-west-1.amazonaws.com/k/a.mp3", "eu-west-1"),
        ("https://b.s3.dualstack.ap-southeast-2.amazonaws.com/k/a.mp3", "ap-southeast-2"),
        ("https://b.s3-fips.us-gov-west-1.amazonaws.com/k/a.mp3", "us-gov-west-1"),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k/a.mp3", "cn-north-1"),
        ("https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com/b/k/a.mp3", "us-east-1"),
        ("https://eu-west-1.s3.amazonaws.com/k/a.mp3", ""),
        ("https://b.s3.amazonaws.com/k/a.mp3", ""),
        ("https://b.s3-accelerate.amazonaws.com/k/a.mp3", ""),
        ("https://acct.blob.core.windows.net/eu-north-1/k/a.mp3", ""),
        ("https://s3.eu-north-1.example.com/b/k/a.mp3", ""),
        ("s3://recordings/k/a.mp3", ""),
        ("s3://[b/k/a.mp3", ""),
    ],
)
def test_the_region_is_the_one_that_amazons_address_names(text: str, region: str) -> None:
    assert named_store(text).region == region


@pytest.mark.parametrize(
    "text",
    [
        "azure://acct/cont/a.mp3?sv=2024-11-04&sig=SECRETSIG%3D",
        "azure://acct/cont/a.mp3#sig=SECRETSIG",
        "azure://acct/cont/a.mp3%3Fsv%3D2024%26sig%3DSECRETSIG",
        "azure://acct/cont/a.mp3%253Fsig%253DSECRETSIG",
        "azure://acct/cont/a.mp3&sv=2024&sig=SECRETSIG",
        "azure://acct/cont/a.mp3;sig=SECRETSIG",
        "https://acct.blob.core.windows.net/cont/a.mp3?sp=r&sig=SECRETSIG",
        "https://SECRETUSER:SECRETSIG@acct.blob.core.windows.net/cont/a.mp3",
        "wasbs://SECRETUSER:SECRETSIG@acct.blob.core.windows.net/cont/a.mp3",
    ],
)
def test_what_opens_a_place_is_cut_off(text: str) -> None:
    kept = (
        f"{object_keys.without_secrets(text)} {read(text, ENDPOINTS)} {object_keys.without_signatures({'x': [text]})}"
    )
    assert not any(secret in kept for secret in SECRETS)
    assert "a.mp3" in kept
    assert all(place.key == "a.mp3" for place in read(text, ENDPOINTS))


@pytest.mark.parametrize("host", ["bucket.s3.eu" + "-7" * 60 + "_", "bucket.s3" + ".7-a" * 60 + "_", ".s3" * 20_000])
def test_a_host_of_many_parts_is_read_in_no_time(host: str) -> None:
    read(f"https://{host}/one.mp3")
    assert not store_hosts.is_of_vendor(host)
    assert store_hosts.amazon_region(host) == ""


def test_ordinary_text_is_shown_as_it_is() -> None:
    body = {"custom": "is it? yes; a&b=c #1", "n": 1, "list": ["s3://b/k.mp3", None], "+4670": "sig"}
    assert object_keys.without_signatures(body) == body


def test_a_scheme_is_spelled_exactly_first_and_a_url_decoded_first() -> None:
    assert [place.key for place in read("s3://b/Sales%20team/x.mp3")] == ["Sales%20team/x.mp3", "Sales team/x.mp3"]
    assert [place.key for place in read("https://b.s3.amazonaws.com/Sales%20team/x.mp3")] == [
        "Sales team/x.mp3",
        "Sales%20team/x.mp3",
    ]
    assert {place.key for place in read("s3://b/é.mp3")} == {"é.mp3", "e\u0301.mp3"}
    # Decoded it would leave its folder.
    assert [place.key for place in read("s3://b/%2e%2e/x.mp3")] == ["%2e%2e/x.mp3"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("rec/Sales team/x.mp3", "rec/Sales%20team/x.mp3", True),
        ("rec/Sales team/x.mp3", "rec/Sales%2520team/x.mp3", True),
        ("rec/Sales team/x.mp3", "rec/Sales+team/x.mp3", False),
        ("rec/+4670/x.mp3", "rec/%2B4670/x.mp3", True),
        ("rec/+4670/x.mp3", "rec/ 4670/x.mp3", False),
        ("rec/a/x.mp3", "rec%2Fa%2fx.mp3", True),
        ("rec/a/x.mp3", "/rec//a/x.mp3", True),
        ("rec/Malmö/x.mp3", "rec/Malmo\u0308/x.mp3", True),
        ("rec/Malmö/x.mp3", "rec/Malmo%CC%88/x.mp3", True),
        ("rec/Malmö/x.mp3", "rec/Malm%C3%B6/x.mp3", True),
        ("rec/%FF.mp3", "rec/%FE.mp3", False),
        ("rec/A.mp3", "rec/a.mp3", False),
        ("rec/a.mp3", "rec/b.mp3", False),
    ],
)
def test_spellings_of_one_key_are_the_same(one: str, other: str, same: bool) -> None:
    assert object_keys.is_same(one, other) is same
    assert object_keys.is_same(other, one) is same


@pytest.mark.parametrize(
    ("text", "place", "inside"),
    [
        ("azure://ACCT/Cont/a.mp3", ("azure", "acct", "cont", ""), True),
        ("https://Acct.blob.core.windows.net/cont/a.mp3", ("azure", "Acct", "Cont", ""), True),
        ("azure://other/cont/a.mp3", ("azure", "acct", "cont", ""), False),
        ("https://Calls.s3.amazonaws.com/a.mp3", ("s3", "", "Calls", ""), True),
        ("s3://Calls/a.mp3", ("s3", "", "calls", ""), False),
        ("https://calls.s3.amazonaws.com/a.mp3", ("s3", "", "calls", MINIO.url), False),
        ("https://calls.s3.amazonaws.com/a.mp3", ("s3", "", "calls", "https://s3.eu-north-1.amazonaws.com"), True),
        ("https://minio.example.com:9000/calls/a.mp3", ("s3", "", "calls", MINIO.url), True),
        ("https://minio.example.com/calls/a.mp3", ("s3", "", "calls", MINIO.url), False),
        ("s3://calls/a.mp3", ("s3", "", "calls", MINIO.url), True),
        ("https://www.sinch.com/calling/v1/recording/a.mp3", ("s3", "", "calls", ""), False),
    ],
)
def test_case_and_address_count_as_they_do_for_the_store(
    text: str, place: tuple[str, str, str, str], inside: bool
) -> None:
    kind, account, bucket, endpoint = place
    found = read(text, ENDPOINTS)[0]
    assert is_in(found, kind=kind, account=account, bucket=bucket, endpoint=endpoint) is inside


@given(st.text(max_size=80))
def test_any_text_is_read_without_harm(text: str) -> None:
    for scheme in ("", "s3://b/", "azure://a/", "https://", "https://b.s3.amazonaws.com/"):
        for place in read(scheme + text, ENDPOINTS):
            assert place.key
            assert "?" not in place.key
            place.key.encode()


@given(st.text(alphabet=string.ascii_letters + " +/åäö%-_.", min_size=1, max_size=30))
def test_a_key_is_the_same_in_every_encoding_of_itself(key: str) -> None:
    from urllib.parse import quote

    if "%" not in key:
        for safe in ("/", "/+", ""):
            assert object_keys.is_same(key, quote(key, safe=safe))
    assert object_keys.is_same(key, unicodedata.normalize("NFD", key))
