"""The task of this room: send a message."""

from recordings_site.accounts.mail import letters
from recordings_site.tasks.registry import Task, task


@task("mail.send")
def send(job: Task) -> None:
    """Send the letter `job.subject`."""
    letters.send(int(job.subject))
