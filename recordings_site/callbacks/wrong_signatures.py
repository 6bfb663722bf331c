"""Counts callbacks that name an application of ours and are not signed by it, and writes the counts now and then.

Anyone can send them by the thousand, so none costs a write of its own. Those of the last seconds before a process ends
are not written.
"""

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import Error, connection

from recordings_site.policies.applications.actions_connect import note_wrong_signatures

log = logging.getLogger(__name__)

# Seconds from the first callback that is counted to the write.
WRITE_AFTER = 3.0


@dataclass(frozen=True)
class _Noted:
    """What is not written yet of one application."""

    times: int
    at: datetime
    path: str


_lock = threading.Lock()
_noted: dict[int, _Noted] = {}
_is_scheduled = threading.Event()


def note_wrong_signature(application_id: int, *, at: datetime, path: str) -> None:
    """Count one; `path` is the path that it was signed for, "" if unknown. With CALLBACK_THREADS = 0 no timer runs."""
    _add(application_id, _Noted(1, at, path))
    if settings.CALLBACK_THREADS and not _is_scheduled.is_set():
        _is_scheduled.set()
        timer = threading.Timer(WRITE_AFTER, _write_and_release)
        timer.daemon = True
        timer.start()


def write_counts() -> None:
    """Write what was counted; what the database does not take is kept for the next time."""
    with _lock:
        noted = _noted.copy()
        _noted.clear()
    for application_id, found in noted.items():
        try:
            note_wrong_signatures(application_id=application_id, times=found.times, at=found.at, path=found.path)
        except Error as problem:
            log.warning("Wrong signatures cannot be counted now: %s", problem)
            _add(application_id, found)


def _add(application_id: int, found: _Noted) -> None:
    with _lock:
        known = _noted.get(application_id)
        _noted[application_id] = replace(found, times=found.times + known.times) if known else found


def _write_and_release() -> None:
    _is_scheduled.clear()
    try:
        write_counts()
    finally:
        connection.close()
