"""What needs an admin's attention, read for the status page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from recordings_site.accounts import anchors
from recordings_site.accounts.models import AuditEvent
from recordings_site.callbacks.handlers import SUSPECT
from recordings_site.calls.models import BROKEN_BY_US, Call, CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.ops.health import queue_lag_seconds
from recordings_site.ops.snapshot_copies.copies import Copy, snapshot_copies
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob
from recordings_site.tasks.models import Task

RECENT = timedelta(days=7)
# Rows of each kind on the page.
ROWS_SHOWN = 50
COUNT_LIMIT = 1001


@dataclass(frozen=True)
class Status:
    """The state of the installation; counts are capped at COUNT_LIMIT."""

    queue_lag: float
    waiting: int
    dead: Collection[Task]
    suspect: Collection[CallbackDelivery]
    broken: Collection[Call]
    failing: Collection[Destination]
    alerts: Collection[Mapping[str, object]]
    trail: anchors.Trail
    overdue: int
    unattributed: int
    without_policy: int
    copies: Collection[Copy]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing needs attention."""
        needs = self.dead or self.suspect or self.broken or self.failing or self.overdue or self.unattributed
        return not (needs or self.trail.problem or any(copy.is_old for copy in self.copies))


def read_status() -> Status:
    """Read everything that the page shows, with bounded queries."""
    since = timezone.now() - RECENT
    suspect = CallbackDelivery.objects.filter(verdict__in=SUSPECT, applied_at=None, received_at__gte=since)
    broken = Call.objects.filter(dice_reason__in=BROKEN_BY_US, dice_received_at__gte=since)
    alerts = AuditEvent.objects.filter(action__startswith="alert.", at__gte=since)
    return Status(
        queue_lag=queue_lag_seconds(),
        waiting=Task.objects.filter(done_at=None, dead_at=None, next_at__lte=timezone.now())[:COUNT_LIMIT].count(),
        dead=Task.objects.filter(dead_at__isnull=False).order_by("-dead_at")[:ROWS_SHOWN],
        suspect=suspect.exclude(event__in=("ice", "ace", "pie")).order_by("-id")[:ROWS_SHOWN],
        broken=broken.select_related("number").order_by("-dice_received_at")[:ROWS_SHOWN],
        failing=Destination.objects.filter(failing_since__isnull=False, archived_at=None),
        alerts=[*alerts.values("action").annotate(times=Count("pk")).order_by("-times")],
        trail=anchors.trail(timezone.now()),
        overdue=RecordingJob.objects.overdue()[:COUNT_LIMIT].count(),
        unattributed=RecordingJob.objects.filter(number=None)[:COUNT_LIMIT].count(),
        without_policy=PhoneNumber.objects.without_policy()[:COUNT_LIMIT].count(),
        copies=snapshot_copies(),
    )
