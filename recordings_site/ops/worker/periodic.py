"""The worker's periodic tasks. Each may run in several workers at once without harm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from recordings_site.accounts import anchors
from recordings_site.accounts.mail import letters
from recordings_site.accounts.sessions import actions as sessions
from recordings_site.accounts.sign_in import guessing
from recordings_site.callbacks.follow_up import actions as follow_up
from recordings_site.destinations import anchor_bucket
from recordings_site.ops.models import Heartbeat
from recordings_site.ops.retention import tasks as retention
from recordings_site.ops.snapshot_copies import copies
from recordings_site.ops.snapshot_copies.keeping import SnapshotFile
from recordings_site.recordings.completeness import actions as completeness
from recordings_site.recordings.ingest import late_or_missing, transcripts

# A process that was not seen for this long was replaced.
HEARTBEATS_KEPT_FOR = timedelta(days=1)
# A few seconds of work, so that new tasks do not wait long.
INDEXED_AT_ONCE = 50


@dataclass(frozen=True)
class PeriodicTask:
    """A function that is called every `seconds`."""

    name: str
    seconds: float
    do: Callable[[], None]


def beat() -> None:
    """Note that this worker works, for health and metrics."""
    Heartbeat.objects.beat("worker")


def delete_expired() -> None:
    """Delete heartbeats, counted failures and mail of long ago; have the rest forgotten by a task, once a day."""
    Heartbeat.objects.delete_before(timezone.now() - HEARTBEATS_KEPT_FOR, but=copies.FETCHED)
    Heartbeat.objects.delete_before(timezone.now() - copies.SHOWN[copies.FETCHED])
    guessing.forget_old()
    letters.delete_old()
    sessions.delete_ended()
    retention.ensure_daily()


def queue_unapplied() -> None:
    """Queue callbacks that a process acknowledged, but did not apply before it ended."""
    follow_up.enqueue_unapplied()


def look_for_calls_without_end() -> None:
    """Queue the search for recordings of calls whose end was never received."""
    late_or_missing.enqueue_calls_without_end()


def reindex_outdated() -> None:
    """Queue the reindexing of transcripts that an older version indexed; `manage.py reindex` does all at once."""
    transcripts.enqueue_outdated(INDEXED_AT_ONCE)


def count_recordings() -> None:
    """Count how complete the recordings of each number and day are, where the figures are due."""
    completeness.count_due(timezone.now())


def anchor_audit() -> None:
    """Compare the audit trail with its anchors; once a day verify it from them and keep a new one."""
    anchors.anchor_if_due(timezone.now(), anchor_bucket.places())


PERIODIC_TASKS = (
    PeriodicTask("Recording the heartbeat", 10.0, beat),
    PeriodicTask("Queueing unapplied callbacks", 5.0, queue_unapplied),
    PeriodicTask("Checking calls with no end received", 3600.0, look_for_calls_without_end),
    PeriodicTask("Updating the fallback’s snapshot file", 1.0, SnapshotFile().write_if_changed),
    PeriodicTask("Updating the search index", 5.0, reindex_outdated),
    PeriodicTask("Counting complete recordings", 60.0, count_recordings),
    PeriodicTask("Anchoring the audit trail", 3600.0, anchor_audit),
    PeriodicTask("Tidying up", 3600.0, delete_expired),
)
