"""The task of this room: alert the owners of saved searches."""

from recordings_site.recordings.saved import actions
from recordings_site.tasks.registry import Task, task


@task("saved.alerts")
def alert_owners(job: Task) -> None:
    """Alert the owners of searches that match the recording `job.subject`."""
    actions.alert(job.subject)
