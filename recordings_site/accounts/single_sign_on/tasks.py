"""The task of this room: ask the provider whether a user still has access."""

from datetime import datetime

from django.utils import timezone

from recordings_site.accounts.single_sign_on import vouching
from recordings_site.tasks.registry import Task, task


@task("single_sign_on.check")
def check(job: Task) -> datetime | None:
    """Ask about the person `job.subject`, again and again while they are signed in."""
    return vouching.check(int(job.subject), timezone.now())
