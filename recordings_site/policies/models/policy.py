"""Policies and their immutable versions, and the count of changes by which each process rebuilds its snapshot."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.destinations.models import Destination

LONGEST_REASON = 300


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Named reads of policies."""

    def visible_to(self, user: User) -> "PolicyQuerySet":
        """The policies that answer, or once answered, calls of the numbers that this person may see."""
        if user.sees_all:
            return self
        teams = user.teams.all()
        now, before = models.Q(numbers__team__in=teams), models.Q(past_numbers__team__in=teams)
        callouts = models.Q(callout_applications__numbers__team__in=teams)
        return self.filter(now | before | callouts).distinct()

    def listed(self) -> "PolicyQuerySet":
        """Those not put away, with their published version and how many numbers each answers."""
        used = models.Count("numbers", filter=models.Q(numbers__archived_at=None), distinct=True)
        newer = PolicyVersion.objects.filter(policy=models.OuterRef("pk"), published_at=None).order_by("-number")
        found = self.filter(archived_at=None).select_related("published", "draft_by")
        return found.annotate(used_by=used, newest_unpublished=models.Subquery(newer.values("number")[:1]))

    def with_published(self) -> "PolicyQuerySet":
        """Those that have a published version, with it."""
        return self.filter(archived_at=None, published__isnull=False).select_related("published")

    def recording_to(self, destination: Destination) -> "PolicyQuerySet":
        """Those whose version in force names this destination."""
        return self.with_published().filter(published__document__how__destination=destination.pk)


class Policy(models.Model):
    """What is recorded, said once and shared by numbers; in force is its published version."""

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    published = models.ForeignKey(
        "PolicyVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="published_by_policy"
    )
    # The document being edited, if it differs from the published one.
    draft: Any = models.JSONField(null=True, blank=True)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    draft_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name

    @property
    def proposed(self) -> int | None:
        """The number of a version that is waiting for approval; of a policy that came from `listed`."""
        newest: int | None = getattr(self, "newest_unpublished", None)
        in_force = self.published.number if self.published else 0
        return newest if newest and newest > in_force else None


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Named reads of versions."""

    def with_people(self) -> "PolicyVersionQuerySet":
        """With who made and approved them, newest first."""
        return self.select_related("created_by", "approved_by", "policy").order_by("-number")

    def awaiting_approval_of(self, admin: User) -> "PolicyVersionQuerySet":
        """The newest version of each policy that was proposed by another person and is not in force."""
        newest = PolicyVersion.objects.filter(policy=models.OuterRef("policy")).order_by("-number").values("number")[:1]
        rows = self.filter(published_at=None, policy__archived_at=None, number=models.Subquery(newest))
        return rows.exclude(created_by=admin).with_people().order_by("-created_at")


class PolicyVersion(models.Model):
    """One immutable document of a policy (policies.engine.schema.document reads it)."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document: Any = models.JSONField()
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ("policy", "-number")
        constraints = (models.UniqueConstraint(fields=("policy", "number"), name="policy_version_number_unique"),)

    def __str__(self) -> str:
        return f"{self.policy.name} v{self.number}"

    @property
    def label(self) -> str:
        """`v7`."""
        return f"v{self.number}"

    @property
    def before(self) -> int:
        """The number of the version before it, 0 for the first."""
        return self.number - 1


class SnapshotRevision(models.Model):
    """One row that counts the changes after which the snapshot in each process must be rebuilt."""

    revision = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.revision)
