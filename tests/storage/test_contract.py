"""What every store must do alike, whoever runs it."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from recordings_site.storage import CHUNK, ObjectChanged, ObjectMissing, Store, exists, iter_objects, read_whole

DATA = os.urandom(1_300_000)
KEY = "2026-11-23/+46701234567/call id_ü&%41.mp3"


def test_what_was_written_is_stated_and_read_back(store: Store) -> None:
    before = datetime.now(UTC) - timedelta(minutes=2)
    written = store.write(KEY, DATA, content_type="audio/mpeg")
    found = store.stat(KEY)
    assert (found.key, found.size, found.content_type) == (KEY, len(DATA), "audio/mpeg")
    assert found.etag == written.etag
    assert found.etag.startswith('"')
    assert before < found.modified < datetime.now(UTC) + timedelta(minutes=2)
    with store.read(KEY) as body:
        chunks = list(body)
    assert b"".join(chunks) == DATA
    assert max(map(len, chunks)) <= CHUNK


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (0, 1000), (123_456, 1_234_567), (1_299_999, 1_300_000), (700_000, None), (5, 5)]
)
def test_a_stretch_is_exactly_the_bytes_asked_for(store: Store, start: int, stop: int | None) -> None:
    stat = store.write(KEY, DATA, content_type="audio/mpeg")
    with store.read(KEY, start, stop, etag=stat.etag) as body:
        assert b"".join(body) == DATA[start:stop]


def test_a_file_object_can_be_written(store: Store) -> None:
    store.write(KEY, io.BytesIO(DATA), content_type="audio/mpeg")
    assert read_whole(store, store.stat(KEY)) == DATA


def test_an_empty_object_is_an_object(store: Store) -> None:
    store.write(KEY, b"", content_type="audio/mpeg")
    assert store.stat(KEY).size == 0
    with store.read(KEY) as body:
        assert list(body) == []


def test_nothing_there_is_object_missing(store: Store) -> None:
    assert not exists(store, "none.mp3")
    with pytest.raises(ObjectMissing):
        store.stat("none.mp3")
    with pytest.raises(ObjectMissing):
        store.read("none.mp3", 0, 5)


def test_an_overwritten_object_is_another_version(store: Store) -> None:
    first = store.write(KEY, b"first version", content_type="audio/mpeg")
    second = store.write(KEY, b"other version", content_type="audio/mpeg")
    assert first.etag != second.etag
    with pytest.raises(ObjectChanged):
        store.read(KEY, 0, 5, etag=first.etag)
    with store.read(KEY, 0, 5, etag=second.etag) as body:
        assert b"".join(body) == b"other"


def test_two_versions_never_mix_in_one_body(store: Store) -> None:
    stat = store.write(KEY, DATA, content_type="audio/mpeg")
    body = iter(store.read(KEY, 0, stat.size, etag=stat.etag))
    got = next(body)
    store.write(KEY, bytes(len(DATA)), content_type="audio/mpeg")
    try:
        got += b"".join(body)
    except ObjectChanged:
        assert DATA.startswith(got)
    else:
        assert got == DATA


def test_a_body_may_be_closed_early_and_twice(store: Store) -> None:
    store.write(KEY, DATA, content_type="audio/mpeg")
    body = store.read(KEY)
    next(iter(body))
    body.close()
    body.close()
    assert store.stat(KEY).size == len(DATA)


def test_listing_goes_page_by_page_in_key_order(store: Store) -> None:
    names = ["a/1.mp3", "a/2.mp3", "a-b.mp3", "a/b/3.mp3", "b.mp3"]
    for name in names:
        store.write(name, name.encode(), content_type="audio/mpeg")
    page = store.list("", limit=2)
    assert [found.key for found in page.objects] == ["a-b.mp3", "a/1.mp3"]
    assert page.next_token is not None
    rest = store.list("", token=page.next_token, limit=2)
    assert [found.key for found in rest.objects] == ["a/2.mp3", "a/b/3.mp3"]
    assert [found.key for found in store.list("", token=rest.next_token, limit=2).objects] == ["b.mp3"]
    assert [found.key for found in iter_objects(store, "a/")] == ["a/1.mp3", "a/2.mp3", "a/b/3.mp3"]
    assert store.list("nothing/").objects == ()


def test_a_listed_object_has_the_etag_and_size_of_its_stat(store: Store) -> None:
    written = store.write("x/one.mp3", DATA, content_type="audio/mpeg")
    (listed,) = store.list("x/").objects
    assert (listed.etag, listed.size) == (written.etag, written.size)


def test_deleting_is_idempotent(store: Store) -> None:
    store.write(KEY, b"x", content_type="audio/mpeg")
    store.delete(KEY)
    assert not exists(store, KEY)
    store.delete(KEY)
