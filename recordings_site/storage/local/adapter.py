"""A folder on this machine as a store, for the demo and tests."""

import contextlib
import errno
import itertools
import mimetypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from recordings_site.storage.errors import (
    AccessDenied,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.factory import Location
from recordings_site.storage.port import Body, HandOff, ObjectPage, ObjectStat, Store, StoreFacts

PARTIAL = ".part-"


def open_at(location: Location, credentials: str | None) -> Store:
    """The folder of the bucket's name below the root that the endpoint names; it asks for no credentials."""
    return LocalStore(f"{location.endpoint}/{location.bucket}")


class LocalStore:
    """Objects are files under `root`; a key's slashes are folders."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root).resolve()

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if not key or any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise StoreMisconfigured(f"{key!r} isn’t a valid file name in a local folder.")
        path = self._root.joinpath(*parts)
        if not path.resolve().is_relative_to(self._root):
            raise AccessDenied(f"{key!r} leads outside the folder.")
        return path

    def stat(self, key: str) -> ObjectStat:
        """The file's facts; its ETag is made of inode, time and size."""
        with _plain_errors(key):
            found = self._path(key).stat()
        if not _is_file(found):
            raise ObjectMissing(f"No file at {key}.", code="ENOENT")
        return _stat(key, found)

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        """Bytes of the current file; a file that replaces it meanwhile is not mixed in."""
        with _plain_errors(key):
            file = self._path(key).open("rb", buffering=0)
        try:
            stat = _stat(key, os.fstat(file.fileno()))
            if etag is not None and stat.etag != etag:
                raise ObjectChanged(f"{key} was replaced since it was first seen.")
            stop = stat.size if stop is None else min(stop, stat.size)
            file.seek(start)
        except BaseException:
            file.close()
            raise
        source = _OneVersion(file, stat)
        return Body(source, start, stop, source.at)

    def list(self, prefix: str, *, token: str | None = None, limit: int = 1000) -> ObjectPage:
        """Files in key order; the token is the last key given."""
        after = token or ""
        keys = [*itertools.islice(_keys(self._root, "", prefix, after), limit + 1)]
        objects = []
        for key in keys[:limit]:
            with contextlib.suppress(ObjectMissing, AccessDenied):  # gone meanwhile, or a link that leads out
                objects.append(self.stat(key))
        return ObjectPage(tuple(objects), keys[limit - 1] if len(keys) > limit else None)

    def sign_url(self, key: str, *, seconds: int) -> str:
        """A file: URL; it does not expire."""
        return self._path(key).as_uri()

    def hand_off(self, key: str, *, etag: str, seconds: int) -> HandOff:
        """The signed URL; the version is pinned by If-Match."""
        return HandOff(self.sign_url(key, seconds=seconds), etag)

    def write(self, key: str, data: bytes | BinaryIO, *, content_type: str) -> ObjectStat:
        """Write beside and rename, so that readers see the old bytes or the new ones."""
        path = self._path(key)
        with _plain_errors(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    if isinstance(data, bytes):
                        file.write(data)
                    else:
                        shutil.copyfileobj(data, file)
                Path(partial).chmod(0o644)
                Path(partial).replace(path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise
        return self.stat(key)

    def delete(self, key: str) -> None:
        """Remove the file, and leave its folders."""
        with _plain_errors(key):
            self._path(key).unlink(missing_ok=True)

    def describe(self, probe: str = "") -> StoreFacts:
        """A folder has no versions, locks or rules; its clock is ours."""
        return StoreFacts(versioning=False, object_lock=False, lifecycle=(), clock=datetime.now(UTC))

    def close(self) -> None:
        """Nothing is held."""


class _OneVersion:
    """An open file that stops reading once it is no longer the version that was opened."""

    def __init__(self, file: BinaryIO, stat: ObjectStat) -> None:
        self._file, self._stat = file, stat

    def read(self, amount: int, /) -> bytes:
        with _plain_errors(self._stat.key):
            if self._file.closed:
                return b""
            chunk = self._file.read(amount)
            if _stat(self._stat.key, os.fstat(self._file.fileno())).etag != self._stat.etag:
                raise ObjectChanged(f"{self._stat.key} was changed while it was being read.")
            return chunk

    def at(self, offset: int) -> "_OneVersion":
        raise ObjectChanged(f"{self._stat.key} ended before byte {offset}.")

    def close(self) -> None:
        self._file.close()


def _keys(folder: Path, base: str, prefix: str, after: str) -> Iterator[str]:
    """Keys below `folder` (whose own key is `base`) in order, past `after`, without entering folders that hold none."""
    try:
        names = sorted(entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        key = base + name
        if name.endswith("/"):
            if (key.startswith(prefix) or prefix.startswith(key)) and (key > after or after.startswith(key)):
                yield from _keys(folder / name, key, prefix, after)
        elif key.startswith(prefix) and key > after and not name.startswith(PARTIAL):
            yield key


def _is_file(found: os.stat_result) -> bool:
    return (found.st_mode & 0o170000) == 0o100000


def _stat(key: str, found: os.stat_result) -> ObjectStat:
    return ObjectStat(
        key=key,
        size=found.st_size,
        etag=f'"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"',
        modified=datetime.fromtimestamp(found.st_mtime, UTC),
        content_type=mimetypes.guess_type(key)[0] or "application/octet-stream",
    )


@contextlib.contextmanager
def _plain_errors(key: str) -> Iterator[None]:
    """Translate the operating system's errors into the store's."""
    try:
        yield
    except StoreError:
        raise
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise ObjectMissing(f"No file at {key}.", code="ENOENT") from error
    except PermissionError as error:
        raise AccessDenied(f"The folder doesn’t give access to {key}.", code="EACCES") from error
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "")
        if name == "ENAMETOOLONG":
            raise StoreMisconfigured(f"The file name {key[:60]}… is too long.", code=name) from error
        raise StoreUnavailable(f"The folder could not be used: {error.strerror}.", code=name) from error
