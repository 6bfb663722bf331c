"""The tasks of this room: apply callbacks later, verify suspect ones, learn who made a callout, report broken calls."""

from recordings_site.callbacks.broken_calls import mail_broken_call
from recordings_site.callbacks.follow_up.actions import learn_callout, verify_suspect
from recordings_site.callbacks.handlers import apply_delivery
from recordings_site.tasks.registry import Task, task


@task("delivery.apply")
def apply(job: Task) -> None:
    """Apply the stored delivery `job.subject`, which the request could not apply."""
    apply_delivery(int(job.subject))


@task("delivery.verify")
def verify(job: Task) -> None:
    """Apply the suspect notification `job.subject` if the object that it names is there."""
    verify_suspect(int(job.subject))


@task("call.learn")
def learn(job: Task) -> None:
    """Learn which number the callout `job.subject` was made from."""
    learn_callout(int(job.subject))


@task("alert.call_broken")
def mail_broken(job: Task) -> None:
    """Write to the admins about the broken call `job.subject`."""
    mail_broken_call(int(job.subject))
