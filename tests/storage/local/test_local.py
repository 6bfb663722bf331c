"""What is particular to a folder as a store."""

import io
import os
from pathlib import Path

import pytest

from recordings_site.storage import (
    AccessDenied,
    Body,
    Location,
    ObjectChanged,
    ObjectMissing,
    StoreMisconfigured,
    StoreUnavailable,
    open_store,
)
from recordings_site.storage.local.adapter import LocalStore


@pytest.mark.parametrize("key", ["", "../out.mp3", "a/../../out.mp3", "/etc/passwd", "a//b", "a/./b", "nul\0byte"])
def test_a_key_cannot_leave_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreMisconfigured):
        LocalStore(tmp_path / "root").stat(key)


def test_a_link_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("s")
    (root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(AccessDenied):
        LocalStore(root).read("link")


def test_a_prefix_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "root").mkdir()
    assert LocalStore(tmp_path / "root").list("../").objects == ()


def test_a_folder_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ObjectMissing):
        LocalStore(tmp_path).stat("folder")
    with pytest.raises(ObjectMissing):
        LocalStore(tmp_path).read("folder")


def test_a_file_that_is_written_to_in_place_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(bytes(200_000))
    body = iter(LocalStore(tmp_path).read("a.mp3"))
    next(body)
    with path.open("r+b") as file:
        file.write(b"other")
    os.utime(path, ns=(1, 1))
    with pytest.raises(ObjectChanged):
        next(body)


def test_a_file_that_is_being_written_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / ".part-xyz").write_text("half")
    assert LocalStore(tmp_path).list("").objects == ()


def test_too_long_a_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreMisconfigured, match="too long"):
        LocalStore(tmp_path).write("x" * 300, b"", content_type="audio/mpeg")


def test_one_store_is_kept_for_one_location(tmp_path: Path) -> None:
    location = Location("local", bucket="a", endpoint=str(tmp_path))
    assert open_store(location, "token") is open_store(location, "token")
    assert open_store(location, "token") is not open_store(location, "other")
    with pytest.raises(StoreMisconfigured, match="Choose s3, azure, gs or local"):
        open_store(Location("sdrive"), None)


class Breaking:
    """A source that breaks off after some bytes."""

    opened: list["Breaking"] = []

    def __init__(self, data: bytes, *, error: bool) -> None:
        self.data, self.error, self.closed = data, error, False
        self.opened.append(self)

    def read(self, amount: int, /) -> bytes:
        chunk, self.data = self.data[:amount], self.data[amount:]
        if not chunk and self.error:
            raise StoreUnavailable("The connection broke.")
        return chunk

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("error", [True, False])
def test_a_short_read_is_taken_up_where_it_broke_off(error: bool) -> None:
    whole = os.urandom(100)
    with Body(Breaking(whole[:30], error=error), 0, 100, lambda at: Breaking(whole[at : at + 40], error=error)) as body:
        assert b"".join(body) == whole


@pytest.mark.parametrize("error", [True, False])
def test_a_store_that_keeps_breaking_off_ends_in_an_error_and_leaks_nothing(error: bool) -> None:
    Breaking.opened = []
    body = Body(Breaking(b"abc", error=error), 0, 100, lambda at: Breaking(b"", error=error))
    got = []
    with pytest.raises(StoreUnavailable):
        got.extend(body)
    assert len(Breaking.opened) == 3
    assert all(source.closed for source in Breaking.opened)


def test_a_link_that_leads_out_spoils_no_list(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    store = LocalStore(tmp_path / "root")
    store.write("a.mp3", b"a", content_type="audio/mpeg")
    (tmp_path / "root" / "link.mp3").symlink_to(tmp_path / "secret")
    assert [found.key for found in store.list("").objects] == ["a.mp3"]


@pytest.mark.parametrize(("pause", "largest"), [(0.0, 64 * 1024), (1.0, 16 * 1024)])
def test_who_downloads_gets_large_chunks_and_who_listens_never_holds_one(
    monkeypatch: pytest.MonkeyPatch, pause: float, largest: int
) -> None:
    clock = [0.0]
    monkeypatch.setattr("recordings_site.storage.port.time.monotonic", lambda: clock[0])
    size = 6 * 1024 * 1024
    sizes: list[int] = []
    with Body(io.BytesIO(bytes(size)), 0, size, lambda _: io.BytesIO()) as body:
        for chunk in body:
            sizes.append(len(chunk))
            if sum(sizes) % (1024 * 1024) == 0:
                clock[0] += pause
    assert sum(sizes) == size
    assert (sizes[0], max(sizes)) == (16 * 1024, largest)
