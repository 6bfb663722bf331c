"""What the strict servers refuse, and the words in which their refusal arrives."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_site.storage import (
    AccessDenied,
    Location,
    ObjectMissing,
    Store,
    StoreError,
    StoreMisconfigured,
    open_store,
)
from tests.stores import azurite as azure
from tests.stores import swift as s3
from tests.stores.azurite import Azurite
from tests.stores.google import Google
from tests.stores.swift import Swift

pytestmark = pytest.mark.stores
Names = Callable[[], str]


def opened(swift: Swift, bucket: str, key: tuple[str, str], region: str = s3.REGION) -> Store:
    return open_store(Location("s3", bucket=bucket, endpoint=swift.endpoint), ":".join([*key, region]))


def test_a_write_only_key_writes_and_neither_reads_nor_lists(swift: Swift, fresh_name: Names) -> None:
    bucket = swift.make_bucket(fresh_name())
    writer, reader = opened(swift, bucket, s3.WRITER), opened(swift, bucket, s3.READER)
    assert writer.write("a.mp3", b"12345", content_type="audio/mpeg").size == 5
    for refused in (lambda: writer.stat("a.mp3"), lambda: writer.read("a.mp3", 0, 5), lambda: writer.list("")):
        with pytest.raises(AccessDenied):
            refused()
    with reader.read("a.mp3", 1, 3) as body:
        assert b"".join(body) == b"23"
    with pytest.raises(AccessDenied):
        reader.write("b.mp3", b"", content_type="audio/mpeg")
    with pytest.raises(AccessDenied):
        reader.delete("a.mp3")


@pytest.mark.parametrize(
    ("key", "region", "error", "says"),
    [
        (
            ("NOSUCHKEY00000000001", "w0ng"),
            s3.REGION,
            AccessDenied,
            "Enter both again|doesn’t recognize this access key",
        ),
        ((s3.READER[0], "w0ng"), s3.REGION, AccessDenied, "secret key doesn’t match"),
    ],
)
def test_a_wrong_key_or_secret_is_told_on_s3(
    swift: Swift, fresh_name: Names, key: tuple[str, str], region: str, error: type[StoreError], says: str
) -> None:
    store = opened(swift, swift.make_bucket(fresh_name()), key, region)
    with pytest.raises(error, match=says) as told:
        store.list("")
    assert key[1] not in str(told.value)


def test_a_missing_bucket_is_not_a_missing_object(swift: Swift, azurite: Azurite, google: Google) -> None:
    stores = [
        opened(swift, "no-such-bucket", s3.OWNER),
        open_store(Location("azure", azure.ACCOUNT, "no-such-container", endpoint=azurite.endpoint), azure.KEY),
        open_store(Location("gs", bucket="no-such-bucket", endpoint=google.endpoint), google.credentials),
    ]
    for store in stores[:2]:
        for asked in (lambda s: s.stat("a"), lambda s: s.read("a", 0, 1, etag='"1"'), lambda s: s.list("")):
            with pytest.raises(StoreMisconfigured, match=r"(Bucket|Container) not found: no-such"):
                asked(store)
    with pytest.raises((StoreMisconfigured, ObjectMissing)):  # the emulator's 404 of a list names nothing
        stores[2].list("")


def test_azure_refuses_a_wrong_key_and_an_expired_or_narrow_sas(azurite: Azurite, fresh_name: Names) -> None:
    container = azurite.make_container(fresh_name())
    place = Location("azure", azure.ACCOUNT, container, endpoint=azurite.endpoint)
    open_store(place, azure.KEY).write("a.mp3", b"12345", content_type="audio/mpeg")
    wrong = azure.KEY[:-4] + "AAAA"
    with pytest.raises(AccessDenied, match="Copy it again"):
        open_store(place, wrong).list("")
    with pytest.raises(AccessDenied):
        open_store(place, azurite.sas(container, expiry="2020-01-01T00:00:00Z")).list("")
    reading = open_store(place, azurite.sas(container))
    with reading.read("a.mp3", 1, 3) as body:
        assert b"".join(body) == b"23"
    assert [found.key for found in reading.list("").objects] == ["a.mp3"]
    with pytest.raises(AccessDenied):
        reading.write("b.mp3", b"", content_type="audio/mpeg")


@pytest.mark.parametrize("store", ["s3", "interoperability", "azure"], indirect=True)
@pytest.mark.parametrize("key", ["a.mp3", "2026-11-23/+46701234567/call id_ü&%41.mp3"])
def test_a_signed_url_gives_the_object_until_it_ends(store: Store, key: str) -> None:
    store.write(key, b"0123456789", content_type="audio/mpeg")
    asked = urllib.request.Request(store.sign_url(key, seconds=60), headers={"Range": "bytes=2-4"})
    with urllib.request.urlopen(asked) as answer:
        assert (answer.status, answer.read()) == (206, b"234")
    with pytest.raises(urllib.error.HTTPError, match=r"40[013]"):
        urllib.request.urlopen(
            store.sign_url(key, seconds=60).replace("ignature=", "ignature=0").replace("sig=", "sig=0")
        )


def test_the_identity_of_the_machine_reads_where_no_key_was_entered(
    swift: Swift, google: Google, fresh_name: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.READER[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.READER[1])
    bucket = swift.make_bucket(fresh_name())
    opened(swift, bucket, s3.WRITER).write("a.mp3", b"12345", content_type="audio/mpeg")
    ambient = open_store(Location("s3", bucket=bucket, region=s3.REGION, endpoint=swift.endpoint), None)
    assert ambient.stat("a.mp3").size == 5
    (tmp_path / "account.json").write_text(google.credentials)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    place = Location("gs", bucket=google.make_bucket(fresh_name()), endpoint=google.endpoint)
    assert open_store(place, None).list("").objects == ()
