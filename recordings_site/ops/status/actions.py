"""What an admin does on the status page: retry a failed task, apply a suspect callback."""

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.callbacks.handlers import apply_delivery
from recordings_site.calls.models import CallbackDelivery
from recordings_site.tasks.models import Task


@transaction.atomic
def retry(*, task: Task, by: User) -> None:
    """Requeue a dead task as if it were new, unless the same task is queued already."""
    alive = Task.objects.filter(kind=task.kind, subject=task.subject, done_at=None, dead_at=None).exists()
    dead = Task.objects.select_for_update().filter(pk=task.pk, dead_at__isnull=False).first()
    if dead is None:
        return
    if alive:
        dead.delete()
    else:
        dead.dead_at, dead.error, dead.attempts, dead.next_at = None, "", 0, timezone.now()
        dead.save()
    audit.record(by=by, action="task.tried_again", subject=dead, name=f"{task.kind} {task.subject}")


@transaction.atomic
def apply_suspect(*, delivery: CallbackDelivery, by: User) -> CallbackDelivery:
    """Apply a suspect delivery on an admin's decision, and return it with its result."""
    applied = apply_delivery(delivery.pk, force=True)
    audit.record(by=by, action="callback.believed", subject=delivery, data={"result": applied.result_code})
    return applied
