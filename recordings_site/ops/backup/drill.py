"""Proves a restored site: its rows, its audit trail, its secrets, and that recordings play."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.urls import reverse

from recordings_site.accounts import anchors, append_only, audit
from recordings_site.accounts.anchor_places import AnchorFile, Broken, Unreachable
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.ops import sealed_secrets
from recordings_site.ops.backup.database import known_migrations
from recordings_site.ops.backup.manifest import Manifest, applied, ask_default, counts
from recordings_site.recordings.audio.sniff import sniff
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import accel
from recordings_site.recordings.playback.views import audio

# Of these, rows go by themselves.
PASSING = frozenset({"ops.Heartbeat", "sessions.Session", "tasks.Task", "accounts.Letter", "accounts.GuessCount"})
HEAD = 65_536
SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """What was tried, with figures, and what is wrong with it ("" for nothing)."""

    what: str
    problem: str = ""


def drill(folder: Path | None, *, by: User) -> Iterator[Finding]:
    """Yield a finding for each proof. `folder` is the backup; recordings are played as `by`, who must be an admin.

    Raises BackupError when the backup cannot be read.
    """
    manifest = Manifest.read(folder) if folder is not None else None
    yield _migrations()
    if manifest is not None:
        yield _rows(manifest)
    yield _trail(manifest)
    yield _triggers()
    yield _secrets()
    yield from _recordings(by)


def _migrations() -> Finding:
    if missing := known_migrations() - applied():
        app, name = min(missing)
        return Finding(
            "Migrations", f"{len(missing)} are not applied ({app} {name} and later). Run: recordings-site migrate"
        )
    return Finding("Migrations: all applied")


def _rows(manifest: Manifest) -> Finding:
    now = counts(ask_default)
    lost = [
        f"{name} {now.get(name, 0)} of {count}"
        for name, count in manifest.counts.items()
        if now.get(name, 0) < count and name not in PASSING
    ]
    if lost:
        return Finding("Rows", f"fewer than in the backup of {manifest.made_at}: {', '.join(lost)}")
    more = sum(now.values()) - sum(manifest.counts.values())
    since = f", {more} more since" if more > 0 else ""
    return Finding(f"Rows: all {sum(manifest.counts.values())} of the backup of {manifest.made_at}{since}")


def _trail(manifest: Manifest | None) -> Finding:
    try:
        anchor = AnchorFile().newest()
        # One that is newer than the backup tells nothing of it.
        if anchor is not None and (manifest is None or anchor.id <= manifest.audit_id):
            anchors.verify_since(anchor)
    except (Broken, Unreachable) as problem:
        return Finding("Audit trail", f"{problem} Check that AUDIT_KEY and AUDIT_ANCHOR_FILE match the site’s.")
    found = audit.verify(chain.from_iterable(AuditEvent.objects.batches()))
    if found.broken:
        return Finding(
            "Audit trail",
            f"row {found.broken[0]} doesn’t match the row before it. Check that AUDIT_KEY matches the site’s.",
        )
    if manifest is not None and manifest.audit_id:
        at = AuditEvent.objects.filter(pk=manifest.audit_id, chain=manifest.audit_head)
        if not at.exists():
            return Finding("Audit trail", f"row {manifest.audit_id}, the newest in the backup, differs or is missing")
    return Finding(f"Audit trail: {found.rows} rows, unbroken")


def _triggers() -> Finding:
    table = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    wanted = append_only.names(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608 - both are constants
        missing = wanted - {name for (name,) in cursor.fetchall()}
    if missing:
        return Finding("Audit rows", f"they can be changed, because the trigger {min(missing)} is missing")
    return Finding("Audit rows: protected by the database")


def _secrets() -> Finding:
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    opened, closed = 0, []
    for secret in sealed_secrets.secrets():
        try:
            ring.open(secret.text, secret.context)
            opened += 1
        except SealingError as problem:
            closed.append(f"{secret.name}: {problem}")
    if closed:
        more = f" and {len(closed) - SHOWN} more" if len(closed) > SHOWN else ""
        return Finding("Secrets", f"{'; '.join(closed[:SHOWN])}{more}. Check that CREDENTIALS_KEYS matches the site’s.")
    devices = Authenticator.objects.count()
    return Finding(f"Secrets: all {opened} can be decrypted, including two-step verification on {devices} devices")


def _recordings(by: User) -> Iterator[Finding]:
    """Play the newest recording of each destination, through the view of the player."""
    for destination in Destination.objects.filter(archived_at=None).order_by("name"):
        recording = RecordingJob.objects.available_in(destination).first()
        if recording is None:
            yield Finding(f"Recordings in {destination.name}: none is available")
        else:
            yield _played(recording, destination, by)


def _played(recording: RecordingJob, destination: Destination, by: User) -> Finding:
    what = f"Recordings in {destination.name}"
    response = audio(_request(recording, by), recording.pk)
    try:
        if not getattr(response, "streaming", False):
            return Finding(what, f"{recording.pk} doesn’t play: status {response.status_code}. Check the destination.")
        body = b"".join(response)
    finally:
        response.close()
    if len(body) != int(response["Content-Length"]):
        return Finding(what, f"{recording.pk} is cut off after {len(body)} bytes. Check the destination.")
    kind = sniff(body)
    if not kind:
        return Finding(what, f"{recording.pk} isn’t audio: its first {len(body)} bytes are something else.")
    return Finding(f"{what}: {recording.pk} plays ({kind}, its first {len(body)} bytes were read)")


def _request(recording: RecordingJob, by: User) -> WSGIRequest:
    """What the player sends first. With the header of nginx, the bytes come through the site in any case."""
    retry = f"HTTP_{accel.RETRY_HEADER.upper().replace('-', '_')}"
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": reverse("recording_audio", args=[recording.pk]),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "HTTP_RANGE": f"bytes=0-{HEAD - 1}",
            "HTTP_ACCEPT": "audio/*",
            retry: "1",
        }
    )
    request.user = by
    return request
