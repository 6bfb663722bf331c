"""When each process was last known to work, and how far retention has come."""

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
        """Return those of this kind that were seen in this time."""
        return self.filter(kind=kind, at__gte=timezone.now() - within)

    def delete_before(self, time: datetime, *, but: str = "") -> int:
        """Delete those of processes that ended long ago, except for one kind; return how many."""
        return self.filter(at__lt=time).exclude(kind=but).delete()[0]


class RetentionMarkQuerySet(models.QuerySet["RetentionMark"]):
    """Reads of how far retention has come."""

    def until(self, kind: str) -> int:
        """The id of the last row of this kind that was dealt with, 0 for none."""
        return self.filter(kind=kind).values_list("until", flat=True).first() or 0


class RetentionMark(models.Model):
    """Up to which row old ones of a kind were dealt with: they are not looked for again."""

    kind = models.CharField(max_length=20, unique=True)
    until = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    objects = RetentionMarkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.until}"


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
