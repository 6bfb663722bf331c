"""Assignments of many recordings without a number at once, by a rule; each can be undone."""

from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models.recording import RecordingJob


class AttributionQuerySet(models.QuerySet["Attribution"]):
    """Named reads of assignments."""

    def newest_first(self) -> "AttributionQuerySet":
        """With what they were about, the latest first."""
        return self.select_related("destination", "number", "started_by").order_by("-id")


class Attribution(models.Model):
    """One assignment: its rule, and how far it has come. Without a number, that in each file's key is meant."""

    destination = models.ForeignKey(Destination, null=True, on_delete=models.PROTECT, related_name="+")
    # The beginning of keys, or with asterisks a pattern of whole ones; empty means any.
    key_pattern = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    # How many recordings matched when it was asked for, and how many were checked so far, up to which.
    expected = models.PositiveIntegerField()
    checked = models.PositiveIntegerField(default=0)
    cursor = models.UUIDField(null=True)
    assigned = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    undo_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undo_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = AttributionQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Assignment {self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether a worker has more to do for it."""
        return self.undone_at is None and (self.done_at is None or self.undo_at is not None)


class AttributedRecording(models.Model):
    """One recording that an assignment gave a number, and whether its call and conference got it, too."""

    attribution = models.ForeignKey(Attribution, on_delete=models.CASCADE, related_name="recordings")
    recording = models.ForeignKey(RecordingJob, on_delete=models.CASCADE, related_name="+")
    number = models.ForeignKey(PhoneNumber, on_delete=models.PROTECT, related_name="+")
    # Ids of what was without a number until then: {"call": 7} or {"conference_session": 3}.
    also: Any = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("attribution", "recording"), name="attributed_once"),)

    def __str__(self) -> str:
        return f"{self.recording_id} to {self.number_id}"
