"""The tasks of this room: mail people who were mentioned, reindex after a change of names."""

from recordings_site.recordings.annotations import actions
from recordings_site.tasks.registry import Task, task


@task("comment.notify_mentioned")
def notify_mentioned(job: Task) -> None:
    """Mail the users mentioned in the comment `job.subject`."""
    actions.notify_mentioned(int(job.subject))


@task("transcripts.index_number")
def index_number(job: Task) -> None:
    """Reindex the transcripts of the number `job.subject`."""
    actions.index_number(int(job.subject))
