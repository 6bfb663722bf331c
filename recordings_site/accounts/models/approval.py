"""Changes that wait for a second admin."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models.people import User

# A request that is undecided for this long is void.
GOOD_FOR = timedelta(days=14)


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Named reads of requests."""

    def waiting(self) -> "ApprovalQuerySet":
        """Return the undecided requests that are not void, oldest first."""
        since = timezone.now() - GOOD_FOR
        return self.filter(decided_at=None, requested_at__gt=since).select_related("requested_by").order_by("id")

    def waiting_for(self, user: User) -> "ApprovalQuerySet":
        """Those that this user may decide: an admin's, but not their own."""
        return self.waiting().exclude(requested_by=user) if user.is_admin else self.none()


class Approval(models.Model):
    """A change that one admin asked for and another carries out or refuses: `kind` names the change (see
    `accounts.approvals`), `data` are its values.
    """

    kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200, blank=True)
    data: Any = models.JSONField(default=dict)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(default=False)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("id",), condition=models.Q(decided_at=None), name="approval_waiting"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"
