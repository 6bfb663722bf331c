"""The task of this room: forward callbacks that the upstream did not take."""

from datetime import datetime

from recordings_site.callbacks.relaying.actions import forward
from recordings_site.tasks.registry import Task, task


@task("upstream.forward")
def forward_waiting(job: Task) -> datetime | None:
    """Forward what waits for the upstream of the application `job.subject`."""
    return forward(int(job.subject))
