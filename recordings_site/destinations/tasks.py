"""The task of this room: check a destination now, and then once a day."""

from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.destinations.actions import check_destination
from recordings_site.destinations.models import Destination
from recordings_site.tasks.registry import Task, task


@task("destination.check")
def check_daily(job: Task) -> datetime | None:
    """Check the destination `job.subject` now and then once a day, while it is in use."""
    destination = Destination.objects.in_use().filter(pk=job.subject).first()
    if destination is None:
        return None
    check_destination(destination=destination)
    return timezone.now() + timedelta(days=1)
