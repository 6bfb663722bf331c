"""The task of this room: walk on through a store."""

from recordings_site.recordings.models import Reconciliation
from recordings_site.recordings.reconcile.walk import walk
from recordings_site.tasks.registry import Task, task


@task("destination.reconcile")
def reconcile(job: Task) -> None:
    """Resume the reconciliation `job.subject`, unless it has ended or was stopped."""
    run = Reconciliation.objects.open().filter(pk=job.subject).first()
    if run is not None and run.stopped_at is None:
        walk(run)
