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
