"""A backup is whole, is never overwritten and brings the same rows back; a drill proves them."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from pytest_django import Settings

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.ops.backup import database
from recordings_site.ops.backup.manifest import BackupError, Manifest, ask_default, counts
from recordings_site.recordings.models import RecordingJob
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

AUDIO = Path(__file__).parents[3] / "recordings_site" / "simulator" / "speech" / "audio" / "refund.mp3"


@pytest.fixture
def admin() -> User:
    return factories.admin()


@pytest.fixture
def recording(settings: Settings, tmp_path: Path) -> RecordingJob:
    """A recording whose file is in its store, on a site with a trail."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    settings.LOCAL_STORE_ROOT = tmp_path / "store"
    made = factories.recording()
    (tmp_path / "store" / made.destination.bucket / made.key).parent.mkdir(parents=True)
    (tmp_path / "store" / made.destination.bucket / made.key).write_bytes(AUDIO.read_bytes())
    RecordingJob.objects.filter(pk=made.pk).update(size=AUDIO.stat().st_size)
    factories.transcript(made, [(1.0, "Speaker 1", "Hello")])
    for name in ("first", "second"):
        audit.record(by=None, action="site.tried", data={"name": name})
    return made


class Elsewhere:
    """Another database, an empty one, as after a disaster."""

    def __init__(self, name: str) -> None:
        self.name = name

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let the settings name this one meanwhile."""
        before = connection.settings_dict["NAME"]
        self._go(self.name)
        try:
            yield
        finally:
            self._go(before)

    def _go(self, name: str) -> None:
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = name


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    if connection.vendor == "sqlite":
        yield Elsewhere(str(tmp_path / "restored.sqlite3"))
        return
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield Elsewhere(name)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(command: str, *arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_backup_brings_every_row_and_the_trail_back(
    recording: RecordingJob, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    said = run("backup", str(folder))
    assert "NOT included: CREDENTIALS_KEYS" in said
    manifest = Manifest.read(folder)
    with elsewhere():
        database.restore(folder)
        assert counts(ask_default) == manifest.counts
        assert RecordingJob.objects.get().pk == recording.pk
        rows = list(AuditEvent.objects.order_by("id"))
    assert audit.verify(rows).broken == ()
    assert (rows[-1].pk, rows[-1].chain) == (manifest.audit_id, manifest.audit_head)
    # The trail tells of the backup, after it.
    assert AuditEvent.objects.order_by("-id").first().action == "backup.made"  # type: ignore[union-attr]


def test_what_is_restored_forbids_to_change_audit_rows(
    recording: RecordingJob, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    run("backup", str(tmp_path / "backup"))
    with elsewhere():
        database.restore(tmp_path / "backup")
        with pytest.raises(DatabaseError, match="append-only"):
            AuditEvent.objects.update(action="forged")


def test_no_key_and_no_secret_is_in_a_backup_and_only_the_owner_reads_it(
    recording: RecordingJob, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    run("backup", str(folder))
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.iterdir():
        for secret in (site.CREDENTIALS_KEYS, site.AUDIT_KEY, factories.WRITE_CREDENTIALS, factories.SECRET):
            assert secret.encode() not in path.read_bytes()


def test_nothing_is_overwritten(recording: RecordingJob, elsewhere: Elsewhere, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    run("backup", str(folder))
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CommandError, match="not empty"):
        run("backup", str(folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    with pytest.raises(CommandError, match="not empty"):
        run("restore", str(folder))
    with elsewhere():
        database.restore(folder)
        with pytest.raises(BackupError, match="not empty"):
            database.restore(folder)


def test_what_is_no_whole_backup_is_refused_before_the_database_is_touched(
    recording: RecordingJob, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    run("backup", str(folder))
    manifest = folder / "manifest.json"
    whole = json.loads(manifest.read_text())

    def refused(**changed: object) -> str:
        manifest.write_text(json.dumps(whole | changed))
        with elsewhere(), pytest.raises(BackupError) as problem:
            database.restore(folder)
        return str(problem.value)

    assert "doesn’t have" in refused(migrations=[*whole["migrations"], ["calls", "9999_of_tomorrow"]])
    assert "outside" in refused(dump="../elsewhere")
    assert "different format" in refused(format=2)
    assert "DATABASE_URL is a" in refused(vendor="oracle")
    assert "cannot be read" in refused(counts="none", unknown=1)
    assert "truncated or altered" in refused(sha256="0" * 64)
    manifest.unlink()
    with elsewhere():
        with pytest.raises(BackupError, match="never finished"):
            database.restore(folder)
        assert connection.introspection.table_names() == []


def test_the_anchors_come_along_and_never_replace_newer_ones(
    recording: RecordingJob, elsewhere: Elsewhere, settings: Settings, tmp_path: Path
) -> None:
    anchors = Path(settings.AUDIT_ANCHOR_FILE)
    anchors.write_text("of the backup\n")
    run("backup", str(tmp_path / "backup"))
    anchors.unlink()
    with elsewhere():
        database.restore(tmp_path / "backup")
    assert anchors.read_text() == "of the backup\n"


def test_a_drill_proves_rows_trail_secrets_and_that_a_recording_plays(
    recording: RecordingJob, admin: User, tmp_path: Path
) -> None:
    run("backup", str(tmp_path / "backup"))
    said = run("drill", str(tmp_path / "backup"), "--as", admin.email)
    assert "FAILED" not in said
    assert "Proven" in said
    assert f"{recording.pk} plays (mp3" in said
    assert "Audit trail" in said
    # Who played is in the trail, as for everybody.
    assert AuditEvent.objects.filter(action="audio.opened", actor_id=admin.pk).exists()
    assert "Proven" in run("drill", "--as", admin.email)


def drilled(admin: User, folder: Path) -> str:
    """What a drill says that fails."""
    out = io.StringIO()
    with pytest.raises(CommandError, match="Not proven"):
        call_command("drill", str(folder), "--as", admin.email, stdout=out)
    return "\n".join(line for line in out.getvalue().splitlines() if "FAILED" in line)


def test_a_drill_names_what_is_wrong(recording: RecordingJob, admin: User, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    run("backup", str(folder))
    (tmp_path / "store" / recording.destination.bucket / recording.key).unlink()
    assert f"{recording.pk} doesn’t play" in drilled(admin, folder)
    (tmp_path / "store" / recording.destination.bucket / recording.key).write_bytes(b"\0" * AUDIO.stat().st_size)
    assert "doesn’t play: status" in drilled(admin, folder)
    (tmp_path / "store" / recording.destination.bucket / recording.key).write_bytes(AUDIO.read_bytes())
    recording.transcript.delete()
    assert "recordings.Transcript 0 of 1" in drilled(admin, folder)
    keys, settings.CREDENTIALS_KEYS = settings.CREDENTIALS_KEYS, "k9:" + "QUFB" * 10 + "QUE="
    assert "Check that CREDENTIALS_KEYS matches the site’s." in drilled(admin, folder)
    settings.CREDENTIALS_KEYS, settings.AUDIT_KEY = keys, "another key, as after a mistake while restoring it all"
    assert "Check that AUDIT_KEY matches the site’s." in drilled(admin, folder)


def test_a_drill_plays_as_an_admin_alone() -> None:
    support = factories.user()
    with pytest.raises(CommandError, match="isn’t an admin"):
        run("drill", "--as", support.email)
    with pytest.raises(CommandError, match="isn’t an admin"):
        run("drill", "--as", "nobody@example.com")


@pytest.mark.skipif("sqlite" not in site.DATABASES["default"]["ENGINE"], reason="a damaged file is SQLite's")
def test_a_damaged_copy_never_takes_the_place_of_the_database(
    recording: RecordingJob, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    run("backup", str(folder))
    dump = folder / database.SQLITE_DUMP
    dump.write_bytes(dump.read_bytes()[:8192])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"] = database.digest(dump)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with elsewhere(), pytest.raises(BackupError):
        database.restore(folder)
    assert Path(elsewhere.name).stat().st_size == 0
    assert not list(tmp_path.glob(".*.restoring"))
