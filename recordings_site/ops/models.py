"""When each process was last known to work."""

import os
import socket
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Reads and writes of heartbeats."""

    def beat(self, kind: str, *, process: str = "") -> None:
        """Note that this process (or another, by its name) works now. Raises DatabaseError when it is not written."""
        self.bulk_create(
            [Heartbeat(kind=kind, process=(process or f"{socket.gethostname()}:{os.getpid()}")[:100])],
            update_conflicts=True,
            unique_fields=["kind", "process"],
            update_fields=["at"],
        )

    def alive(self, kind: str, *, within: timedelta) -> "HeartbeatQuerySet":
        """Return those of this kind that were heard from in this time."""
        return self.filter(kind=kind, at__gte=timezone.now() - within)

    def delete_before(self, time: datetime, *, but: str = "") -> int:
        """Delete those of processes that ended long ago, except for one kind; return how many."""
        return self.filter(at__lt=time).exclude(kind=but).delete()[0]


class Heartbeat(models.Model):
    """The last sign of life of a process: `web` or `worker`, named by host and pid; or a copy of the policies."""

    kind = models.CharField(max_length=20)
    process = models.CharField(max_length=100)
    started_at = models.DateTimeField(default=timezone.now)
    at = models.DateTimeField(default=timezone.now)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "process"), name="heartbeat_one_per_process"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.process}"
