"""The task of this room: replay past calls against a draft."""

from recordings_site.calls.models import Replay
from recordings_site.calls.replay import run
from recordings_site.tasks.registry import Task, task


@task("policy.replay")
def run_replay(job: Task) -> None:
    """Continue the replay `job.subject` from its cursor, unless it was cancelled."""
    replay = Replay.objects.open().select_related("policy").filter(pk=job.subject).first()
    if replay is not None:
        run(replay)
