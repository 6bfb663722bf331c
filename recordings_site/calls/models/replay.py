"""A replay: a draft tried on past calls, with its progress and result."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from recordings_site.policies.models import Policy

DAYS = 30


def month_ago() -> Any:
    """Where a replay begins."""
    return timezone.now() - timedelta(days=DAYS)


class ReplayQuerySet(models.QuerySet["Replay"]):
    """Named reads of replays."""

    def open(self) -> "ReplayQuerySet":
        """Those still running."""
        return self.filter(finished_at=None, cancelled_at=None)

    def latest_of(self, policy: Policy) -> "Replay | None":
        """The newest one of a policy."""
        return self.filter(policy=policy).select_related("asked_by").order_by("-id").first()


class Replay(models.Model):
    """A document replayed over the calls of a policy's numbers. A worker walks on from `cursor`, page by page."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="replays")
    document: Any = models.JSONField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(default=month_ago)
    until = models.DateTimeField(default=timezone.now)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # The id of the last call that was looked at.
    cursor = models.BigIntegerField(default=0)
    # calls.replay.Outcome, growing page by page.
    outcome: Any = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = ReplayQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("policy", "-id"), name="replay_latest"),)

    def __str__(self) -> str:
        return f"{self.policy} over {DAYS} days"

    @property
    def is_open(self) -> bool:
        """Whether it is still running."""
        return self.finished_at is None and self.cancelled_at is None

    @property
    def percent(self) -> int:
        """Its progress."""
        return min(100, round(100 * self.done / self.total)) if self.total else 0
