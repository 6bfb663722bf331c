"""The task of this room: forget what is due, once a day."""

from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.ops.retention.actions import apply_retention
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import enqueue, task


@task("retention.apply")
def apply_daily(job: Task) -> datetime | None:
    """Forget what is due, now and then once a day."""
    apply_retention(timezone.now())
    return timezone.now() + timedelta(days=1)


def ensure_daily() -> None:
    """Queue the daily task where there is none."""
    if not Task.objects.filter(kind="retention.apply", done_at=None, dead_at=None).exists():
        enqueue("retention.apply", "all")
