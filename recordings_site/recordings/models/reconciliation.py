"""Reconciliations: each run through a destination, its progress, and what it found."""

from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.formatting import sortable
from recordings_site.destinations.models import Destination


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    """Named reads of reconciliations."""

    def of(self, destination: Destination) -> "ReconciliationQuerySet":
        """Those of one destination, the latest first."""
        return self.filter(destination=destination).order_by("-id")

    def open(self) -> "ReconciliationQuerySet":
        """Those that have not ended."""
        return self.filter(done_at=None)

    def objects_last_time(self, destination: Destination) -> int | None:
        """How many objects the last whole run through this destination counted; None before the first one."""
        whole = self.filter(destination=destination, since=None).exclude(done_at=None).order_by("-id")
        counts = whole.values_list("counts", flat=True).first()
        return counts.get("objects") if counts else None


class Reconciliation(models.Model):
    """One run through a destination, page by page: the token says where the next page begins."""

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="reconciliations")
    # Only objects modified since, and recordings of calls since, are looked at; empty means all.
    since = models.DateTimeField(null=True)
    # Whether missing files were deleted on purpose, as a bucket's retention rules do it.
    gone_is_deleted = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.TextField(blank=True)
    # Transcripts that were listed before their recordings, carried to the next page.
    waiting: Any = models.JSONField(default=list)
    counts: Any = models.JSONField(default=dict)
    listed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # When somebody had it stop, until it is resumed.
    stopped_at = models.DateTimeField(null=True)
    # Since when it has been running now, how many objects it had counted by then, and when the last page was done.
    resumed_at = models.DateTimeField(null=True)
    resumed_from = models.PositiveIntegerField(default=0)
    progressed_at = models.DateTimeField(null=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("destination",), condition=models.Q(done_at=None), name="reconciliation_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.destination} {sortable(self.started_at)}"

    @property
    def is_running(self) -> bool:
        """Whether a worker has more to do for it."""
        return self.done_at is None and self.stopped_at is None

    @property
    def rate(self) -> float | None:
        """Objects a second, since it was begun or resumed; None while nothing can be said."""
        if self.resumed_at is None or self.progressed_at is None or self.progressed_at <= self.resumed_at:
            return None
        counted: int = self.counts.get("objects", 0) - self.resumed_from
        return counted / (self.progressed_at - self.resumed_at).total_seconds()

    def expected(self, last_time: int | None) -> int | None:
        """About how many objects there are, if the last whole run counted so many.

        None when that says nothing: this run counts only those of some days, or has found more already.
        """
        counted: int = self.counts.get("objects", 0)
        return None if self.since is not None or last_time is None or counted > last_time else last_time

    def seconds_left(self, expected: int | None) -> float | None:
        """About how long it will take if there are so many objects; None while nothing can be said."""
        left = (expected or 0) - self.counts.get("objects", 0)
        return left / self.rate if self.rate and left > 0 and self.listed_at is None else None

    def count(self, **found: int) -> None:
        """Add to the counts; the caller saves them."""
        self.counts = {**self.counts, **{name: self.counts.get(name, 0) + count for name, count in found.items()}}

    def was_stopped(self) -> bool:
        """Whether somebody had it stop, as the database says now."""
        self.refresh_from_db(fields=["stopped_at"])
        return self.stopped_at is not None
