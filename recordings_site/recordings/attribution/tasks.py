"""The task of this room: assign a batch after another, or take them back."""

from recordings_site.recordings.attribution.actions import go_on
from recordings_site.tasks.registry import Task, task


@task("recordings.attribute")
def attribute(job: Task) -> None:
    """Resume the assignment `job.subject`."""
    while go_on(int(job.subject)):
        pass
