"""Keeps this node's snapshot file up to date: from the database, else from another node."""

import logging
import os
import socket
import threading
import time
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections

from recordings_site.base.deadline import Deadline
from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.snapshot_copies.copies import NODE
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot_copies.fetch import CONFIRM_SECONDS, SnapshotFetcher
from recordings_site.policies.revision.snapshot_loader import seal_to_file
from recordings_site.web.connections import Purpose, connections_for

log = logging.getLogger(__name__)

# Processes that answer calls look at the database anyway; this one is for the file.
KEEP_SECONDS = 5.0


class SnapshotFile:
    """Keeps the sealed file like the database."""

    def __init__(self) -> None:
        self._written: object = None
        self._confirm = Deadline(0)

    def write_if_changed(self) -> None:
        """Write the file if the revision has changed or the file is gone; its time is when it was last confirmed.

        Raises DatabaseError when the database does not tell, OSError when the file cannot be written.
        """
        if not settings.SNAPSHOT_FILE:
            return
        path = Path(settings.SNAPSHOT_FILE)
        revision = snapshot.current().revision
        if revision != self._written or not path.is_file():
            seal_to_file(path)
            self._written = revision
        elif self._confirm.expired:
            os.utime(path)
        else:
            return
        self._confirm = Deadline(CONFIRM_SECONDS)
        Heartbeat.objects.beat(NODE, process=socket.gethostname())


@cache
def fetcher() -> SnapshotFetcher | None:
    """What fetches the file from another node, None where no node is named."""
    if not settings.SNAPSHOT_URL or not settings.SNAPSHOT_FILE:
        return None
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    path = Path(settings.SNAPSHOT_FILE)
    return SnapshotFetcher(settings.SNAPSHOT_URL, settings.SNAPSHOT_TOKEN, path, ring, node=socket.gethostname())


def load_before_calls() -> None:
    """Load the policies into this process: from the database, else from the file. Say so loudly if there are none."""
    try:
        snapshot.current()
    # The server must start even without a database: the sealed file answers calls.
    except Exception as error:  # noqa: BLE001
        log.error("The policies cannot be read from the database yet: %s", error)
        if (found := fetcher()) is not None:
            found.fetch_and_log()
        if snapshot.latest() is None:
            log.critical(
                "NO CALL CAN BE ANSWERED: the database is away, and %s isn’t a policy snapshot. Each callback "
                "gets 503 until either is there. Repair the database, or set SNAPSHOT_URL and SNAPSHOT_TOKEN.",
                settings.SNAPSHOT_FILE or "SNAPSHOT_FILE",
            )
        else:
            log.warning("Calls are answered from %s, unrecorded, until the database is back.", settings.SNAPSHOT_FILE)
    finally:
        connections.close_all()


def keep_in_background() -> None:
    """Keep the file up to date as long as this process runs, in a thread of its own."""
    threading.Thread(target=_keep, name="snapshot", daemon=True).start()


class Round:
    """One look after the other. A problem is logged once, until it is another or over."""

    def __init__(self) -> None:
        self._file = SnapshotFile()
        self._problem = ""

    def look(self) -> None:
        """Bring the file up to date as well as can be."""
        problem = ""
        try:
            with connections_for(Purpose.HEALTH):
                self._file.write_if_changed()
        except DatabaseError:
            # Callbacks and health tell of that, louder.
            if (found := fetcher()) is not None:
                found.fetch_and_log()
        except OSError as error:
            problem = str(error)
        finally:
            connections.close_all()
        if problem and problem != self._problem:
            log.error("The snapshot file %s cannot be written: %s", settings.SNAPSHOT_FILE, problem)
        self._problem = problem


def _keep() -> None:
    following = Round()
    while True:
        try:
            following.look()
        # Whatever comes, the next round may end otherwise.
        except Exception:
            log.exception("Updating the snapshot file failed.")
        time.sleep(KEEP_SECONDS)
