"""What a backup says of itself: of which release and database it is, its rows by kind, the audit trail's head."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

FILE = "manifest.json"
# A backup without one is not complete: it is written last.
FORMAT = 1
_CHUNK = 1024 * 1024
# A query without parameters, to its rows.
Ask = Callable[[str], Sequence[tuple[Any, ...]]]


class BackupError(Exception):
    """A backup, or its restoration, cannot go on. Says what to do."""


@dataclass(frozen=True)
class Manifest:
    """`counts` are rows by model, `migrations` what was applied, `head` the chain of the newest audit row."""

    format: int
    release: str
    made_at: str
    vendor: str
    dump: str
    sha256: str
    counts: Mapping[str, int]
    migrations: tuple[tuple[str, str], ...]
    audit_id: int
    audit_head: str

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a backup's manifest. Raises BackupError when the backup is none, is incomplete or was altered."""
        try:
            found = json.loads((folder / FILE).read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                raise BackupError(f"{folder} is a backup in a different format. Use the release that made it.")
            migrations = tuple((str(app), str(name)) for app, name in found.pop("migrations"))
            manifest = cls(**found, migrations=migrations)
        except FileNotFoundError as error:
            raise BackupError(f"{folder} has no {FILE}: it isn’t a backup, or was never finished.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{folder / FILE} cannot be read: {error}") from error
        if Path(manifest.dump).name != manifest.dump:
            raise BackupError(f"{folder / FILE} names a file outside the backup.")
        return manifest

    def write(self, folder: Path) -> None:
        """Write it beside the dump."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")

    def verify(self, folder: Path) -> None:
        """Raise BackupError unless the dump is the one that was made."""
        try:
            found = digest(folder / self.dump)
        except OSError as error:
            raise BackupError(f"{folder / self.dump} cannot be read: {error}") from error
        if found != self.sha256:
            raise BackupError(f"{folder / self.dump} isn’t the file that was backed up. It was truncated or altered.")


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def release() -> str:
    """The installed version of the site, "checkout" where it is not installed."""
    try:
        return version("recordings-site")
    except PackageNotFoundError:
        return "checkout"


def describe(ask: Ask, *, vendor: str, dump: str, sha256: str) -> Manifest:
    """The manifest of the database that `ask` reads, all of it as of one moment."""
    newest = ask("SELECT id, chain FROM accounts_auditevent ORDER BY id DESC LIMIT 1")
    audit_id, audit_head = newest[0] if newest else (0, "")
    return Manifest(
        format=FORMAT,
        release=release(),
        made_at=timezone.now().isoformat(timespec="seconds"),
        vendor=vendor,
        dump=dump,
        sha256=sha256,
        counts=counts(ask),
        migrations=tuple(sorted((app, name) for app, name in ask("SELECT app, name FROM django_migrations"))),
        audit_id=audit_id,
        audit_head=audit_head,
    )


def counts(ask: Ask) -> dict[str, int]:
    """Rows of each model."""
    managed = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables = {meta.label: meta.db_table for meta in managed if not meta.proxy}
    return {label: ask(f'SELECT count(*) FROM "{table}"')[0][0] for label, table in tables.items()}  # noqa: S608


def ask_default(sql: str) -> Sequence[tuple[Any, ...]]:
    """The rows of a query to the database of the settings."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def applied() -> set[tuple[str, str]]:
    """The migrations that were applied to the database of the settings."""
    return {*MigrationRecorder(connection).applied_migrations()}


def as_text(found: Mapping[str, Any]) -> str:
    """Counts in a line, the largest first, without those of which there are none."""
    largest = sorted(((count, name) for name, count in found.items() if count), reverse=True)
    return ", ".join(f"{name} {count}" for count, name in largest)
