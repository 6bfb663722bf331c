"""Copies the database into a folder while the site runs, and back into an empty database."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from recordings_site.ops.backup.manifest import BackupError, Manifest, ask_default, describe, digest

SQLITE_DUMP, POSTGRESQL_DUMP = "database.sqlite3", "database.dump"
ANCHORS = "audit-anchors.jsonl"
# What of a connection's parameters PostgreSQL's programs take from the environment, where no process list shows it.
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def backup(folder: Path) -> Manifest:
    """Write a backup into a folder that is new or empty, for the owner alone. Raises BackupError.

    Rows are counted in the snapshot of the database that is copied, whatever is written meanwhile.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty. Name a new folder. Backups are never overwritten.")
        folder.chmod(0o700)
        copy = _backup_sqlite if connection.vendor == "sqlite" else _backup_postgresql
        manifest = copy(folder)
        anchors = Path(settings.AUDIT_ANCHOR_FILE)
        if anchors.is_file():
            shutil.copyfile(anchors, folder / ANCHORS)
        manifest.write(folder)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error}") from error
    return manifest


def restore(folder: Path) -> Manifest:
    """Bring a backup into the database of the settings, which has to be empty. Raises BackupError."""
    manifest = Manifest.read(folder)
    manifest.verify(folder)
    if manifest.vendor != connection.vendor:
        raise BackupError(f"The backup is from {manifest.vendor}, but DATABASE_URL is a {connection.vendor} database.")
    if unknown := {*manifest.migrations} - known_migrations():
        app, name = min(unknown)
        raise BackupError(
            f"The backup has the migration {app} {name}, which this release doesn’t have. "
            f"Restore it with release {manifest.release}, then upgrade."
        )
    if connection.introspection.table_names():
        raise BackupError("The database is not empty. Restore into a new one. Nothing is ever overwritten.")
    connection.close()
    restore_dump = _restore_sqlite if connection.vendor == "sqlite" else _restore_postgresql
    restore_dump(folder / manifest.dump)
    anchors, kept = Path(settings.AUDIT_ANCHOR_FILE), folder / ANCHORS
    # The one that is here is newer, and evidence.
    if kept.is_file() and not anchors.exists():
        anchors.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, anchors)
    return manifest


def known_migrations() -> set[tuple[str, str]]:
    """The migrations of this release, those that others replaced among them."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {pair for found in loader.disk_migrations.values() for pair in found.replaces}
    return {*loader.disk_migrations} | replaced


def _backup_sqlite(folder: Path) -> Manifest:
    dump = folder / SQLITE_DUMP
    dump.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{_sqlite_path()}?mode=ro", uri=True, timeout=60)) as source,
        closing(sqlite3.connect(dump)) as copy,
    ):
        # All pages at once: writers wait meanwhile, and the copy need not begin again because of them.
        source.backup(copy)
        return describe(
            lambda sql: copy.execute(sql).fetchall(), vendor="sqlite", dump=SQLITE_DUMP, sha256=digest(dump)
        )


def _backup_postgresql(folder: Path) -> Manifest:
    dump = folder / POSTGRESQL_DUMP
    dump.touch(mode=0o600)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        # Whoever restores it is the owner, under whatever name.
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}"]
        _run("pg_dump", *options)
        return describe(ask_default, vendor="postgresql", dump=POSTGRESQL_DUMP, sha256=digest(dump))


def _restore_sqlite(dump: Path) -> None:
    target = _sqlite_path()
    fresh = target.with_name(f".{target.name}.restoring")
    try:
        shutil.copyfile(dump, fresh)
        fresh.chmod(0o600)
        with closing(sqlite3.connect(fresh)) as copy:
            problem = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if problem != "ok":
            raise BackupError(f"The backup is damaged: {problem}")
        fresh.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"The backup cannot be restored: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _restore_postgresql(dump: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    # All or nothing: what is left of a restoration that failed would look like a site.
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={name}"]
    _run("pg_restore", *options, str(dump))
    # Without figures of its tables the first pages would be slow.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _run(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database of the settings. Raises BackupError with what it says."""
    parameters = connection.get_connection_params()
    given = {variable: str(parameters[key]) for key, variable in ENVIRONMENT.items() if parameters.get(key)}
    done = subprocess.run(  # noqa: S603 - programs of PostgreSQL, arguments of the settings and of the operator
        [_program(name), *arguments], check=False, capture_output=True, text=True, env=os.environ | given
    )
    if done.returncode:
        raise BackupError(f"{name}: {done.stderr.strip() or done.returncode}")


def _program(name: str) -> str:
    """The path of a program of PostgreSQL: Debian keeps the newest out of PATH."""
    found = max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default=None) or shutil.which(name)
    if not found:
        raise BackupError(f"{name} is missing. Install PostgreSQL’s client programs (Debian: postgresql-client).")
    return found
