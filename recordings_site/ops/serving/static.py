"""Collects the static files when one of them has changed, and says which of them were never collected."""

import hashlib
import logging
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command

log = logging.getLogger(__name__)

MARK = ".collected"


def collect_static_files() -> bool:
    """Update STATIC_ROOT; return whether anything had changed."""
    mark = Path(settings.STATIC_ROOT) / MARK
    wanted = fingerprint()
    if mark.is_file() and mark.read_text() == wanted:
        return False
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(wanted)
    return True


def fingerprint() -> str:
    """Return a value that changes when a static file is added, removed, renamed or changed."""
    found = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def missing_static_files() -> list[str]:
    """Return the static files that STATIC_ROOT does not have: a page that names one of them fails."""
    storage = storages["staticfiles"]
    if settings.DEBUG or not isinstance(storage, ManifestStaticFilesStorage):
        return []
    collected, _ = storage.load_manifest()
    return sorted(name for finder in get_finders() for name, _ in finder.list([]) if name not in collected)


def report_missing_static_files() -> None:
    """Log an error if pages would fail for lack of static files. Calls are answered without any."""
    if missing := missing_static_files():
        log.error(
            "%s static files are not in %s (%s): pages cannot be shown. Run: recordings-site collectstatic --no-input",
            len(missing),
            settings.STATIC_ROOT,
            ", ".join(missing[:3]),
        )
