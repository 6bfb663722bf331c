"""The address from which fallbacks, and nodes without a database, fetch the policies."""

import hashlib
import hmac
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_GET

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.snapshot_copies.copies import FETCHED
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file

log = logging.getLogger(__name__)
_NODE = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass
class _Sealed:
    """The last snapshot that was asked for, sealed: most who ask have it already."""

    snapshot: Snapshot | None = None
    text: str = ""
    etag: str = ""

    def of(self, known: Snapshot) -> tuple[str, str]:
        """The sealed text and its ETag."""
        if known is not self.snapshot:
            ring = Keyring.parse(settings.CREDENTIALS_KEYS)
            contents = f"{ring.first} {snapshot_file.to_dict(known)!r}".encode()
            text, etag = snapshot_file.seal(known, ring), f'"{hashlib.sha256(contents).hexdigest()[:32]}"'
            self.snapshot, self.text, self.etag = known, text, etag
            return text, etag
        return self.text, self.etag


_sealed = _Sealed()


@require_GET
def snapshot_of_policies(request: HttpRequest) -> HttpResponse:
    """The sealed snapshot, with the bearer SNAPSHOT_TOKEN; 404 without that setting, 503 when none is known.

    `Last-Modified` is when it was last known to be in force: a node whose database is away hands out what it has.
    """
    wanted = f"Bearer {settings.SNAPSHOT_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.SNAPSHOT_TOKEN or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    found = _known()
    if found is None:
        return HttpResponse(status=503)
    known, confirmed_at = found
    sealed, etag = _sealed.of(known)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(sealed, content_type="application/octet-stream")
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(confirmed_at)
    response.headers["Cache-Control"] = "no-store"
    _note(request)
    return response


def _known() -> tuple[Snapshot, float] | None:
    """The snapshot, and when it was last known to be in force, in seconds since 1970."""
    try:
        return snapshot.current(), snapshot.confirmed_at()
    except DatabaseError:
        connections.close_all()
    known = snapshot.latest()
    if known is None:
        return None
    if snapshot.is_loaded():
        return known, snapshot.confirmed_at()
    return known, Path(settings.SNAPSHOT_FILE).stat().st_mtime


def _note(request: HttpRequest) -> None:
    """Note for *Status* that this machine has the policies."""
    name = request.headers.get("X-Snapshot-Node", "")
    if not _NODE.fullmatch(name):
        return
    try:
        Heartbeat.objects.beat(FETCHED, process=name)
    except DatabaseError:
        log.warning("Cannot record in the database that %s has fetched the policies.", name)
        connections.close_all()
