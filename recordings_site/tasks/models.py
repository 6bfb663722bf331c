"""The queue as rows: work that outlives a request, with attempts, a next time and a lease."""

from django.db import models
from django.utils import timezone


class Task(models.Model):
    """One piece of work for a worker. Open until done or dead; at most one open task per kind and subject."""

    kind = models.CharField(max_length=60)
    # What the work is about, as the kind reads it: a recording's uuid, a delivery's id.
    subject = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    # Given up after the last attempt; an admin may replay it.
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=models.Q(done_at=None, dead_at=None),
                name="task_one_open_per_subject",
            ),
        )
        indexes = (
            models.Index(fields=("next_at",), condition=models.Q(done_at=None, dead_at=None), name="task_open"),
            models.Index(fields=("done_at",), condition=models.Q(done_at__isnull=False), name="task_done"),
            models.Index(fields=("dead_at",), condition=models.Q(dead_at__isnull=False), name="task_dead"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
