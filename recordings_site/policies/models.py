"""Which numbers are recorded and how: applications, numbers, policies and their immutable versions."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from recordings_site.accounts.models import Team, User
from recordings_site.base.formatting import phone
from recordings_site.destinations.models import Destination
from recordings_site.sinch.ends import end_digits
from recordings_site.sinch.events import Endpoint


class CallbackMode(models.TextChoices):
    """Who answers Sinch's callbacks."""

    ANSWER = "answer", "We answer"
    RELAY = "relay", "Relay to an upstream, add recording"


# Longer than this no call is kept waiting for an upstream, whatever an application says: Sinch's own patience is about
# 5 s.
MAX_UPSTREAM_MS = 3000
LONGEST_REASON = 300
# Callbacks may come by the thousand: when the last one came is written this often at most.
LAST_SEEN_EVERY = timedelta(minutes=1)


def callback_mode_choices() -> list[tuple[str, str]]:
    """The modes as choices; a callable keeps the list out of migrations."""
    return CallbackMode.choices


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Named reads of policies."""

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


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Named reads of applications."""

    def in_use(self) -> "ApplicationQuerySet":
        """Those not put away."""
        return self.filter(archived_at=None)

    def common_country(self) -> str:
        """The country that all of those in use have, "" when they differ: a policy may answer numbers of each."""
        found = set(self.in_use().values_list("country", flat=True))
        return found.pop() if len(found) == 1 else ""

    def listed(self) -> "ApplicationQuerySet":
        """Those not put away, with how many numbers each has."""
        used = models.Count("numbers", filter=models.Q(numbers__archived_at=None))
        return self.in_use().annotate(used_by=used)


class Application(models.Model):
    """A Sinch voice application: one callback URL, one key, up to two valid secrets while one is being rotated."""

    CallbackMode = CallbackMode

    name = models.CharField(max_length=100, unique=True)
    key = models.CharField(max_length=100, unique=True)
    # Sealed with the context "application|<pk>|<field>".
    secret = models.TextField(blank=True)
    secret_fingerprint = models.CharField(max_length=20, blank=True)
    second_secret = models.TextField(blank=True)
    second_secret_fingerprint = models.CharField(max_length=20, blank=True)
    # Sinch's region ("euc1", …), empty for the global host.
    region = models.CharField(max_length=10, blank=True)
    # Two letters, SE: where numbers without a country code belong. Empty: they are refused.
    country = models.CharField(max_length=2, blank=True)
    callback_mode = models.CharField(max_length=10, choices=callback_mode_choices, default=CallbackMode.ANSWER)
    # Where a call goes when nothing better can be decided: a route as in a policy's document.
    default_route: Any = models.JSONField()
    # Answers calls that were placed by our side (ACE without ICE).
    callout_policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    upstream_url = models.URLField(max_length=500, blank=True)
    upstream_timeout_ms = models.PositiveIntegerField(default=2000)
    # What Sinch said when it was last asked with this key: when, what was wrong, where the callbacks go.
    asked_sinch_at = models.DateTimeField(null=True)
    sinch_problem = models.CharField(max_length=300, blank=True)
    sinch_callback_url = models.CharField(max_length=500, blank=True)
    sinch_fallback_url = models.CharField(max_length=500, blank=True)
    first_callback_at = models.DateTimeField(null=True)
    last_callback_at = models.DateTimeField(null=True)
    # Callbacks with this key whose signature did not match: how many, when the last one came, and the path that it was
    # signed for, where that explains it.
    wrong_signatures = models.PositiveBigIntegerField(default=0)
    wrong_signature_at = models.DateTimeField(null=True)
    wrong_signature_path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(callback_mode__in=CallbackMode.values), name="application_callback_mode_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def has_signature_problem(self) -> bool:
        """Whether callbacks arrive whose signature does not match, and none since whose does."""
        if self.wrong_signature_at is None:
            return False
        return self.last_callback_at is None or self.last_callback_at + LAST_SEEN_EVERY < self.wrong_signature_at

    def context(self, field: str) -> str:
        """What a secret of this row is bound to."""
        return f"application|{self.pk}|{field}"


class PhoneNumberQuerySet(models.QuerySet["PhoneNumber"]):
    """Named reads of numbers."""

    def visible_to(self, user: User) -> "PhoneNumberQuerySet":
        """The numbers whose recordings this person may see."""
        return self if user.sees_all else self.filter(team__in=user.teams.all())

    def ids_visible_to(self, user: User) -> set[int]:
        """The ids of `visible_to` for who does not see all: each search asks, so by SQL that takes Django no time."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.id FROM policies_phonenumber n JOIN accounts_user_teams t ON t.team_id = n.team_id"
                " WHERE t.user_id = %s",
                [user.pk],
            )
            return {row[0] for row in cursor.fetchall()}

    def in_use(self) -> "PhoneNumberQuerySet":
        """Those not put away."""
        return self.filter(archived_at=None)

    def listed(self) -> "PhoneNumberQuerySet":
        """Those not put away, with all that a list shows of them."""
        return self.in_use().select_related("application", "team", "policy__published", "destination")

    def matching_any(self, ends: Iterable[Endpoint]) -> "PhoneNumber | None":
        """The first of a call's ends that is a number of ours."""
        sought = [found for end in ends if (found := end_digits(end.endpoint, end.type))]
        ours = {number.digits: number for number in self.in_use().filter(digits__in=sought)}
        return next((ours[each] for each in sought if each in ours), None)

    def recording_to(self, destination: Destination) -> "PhoneNumberQuerySet":
        """Those in use that override their policy's destination with this one."""
        return self.in_use().filter(destination=destination)

    def with_policy(self) -> "PhoneNumberQuerySet":
        """Those whose calls a published policy answers."""
        return self.filter(policy__published__isnull=False)

    def without_policy(self) -> "PhoneNumberQuerySet":
        """Those that nothing but the default route answers."""
        return self.in_use().filter(models.Q(policy=None) | models.Q(policy__published=None))

    def matching(self, text: str) -> "PhoneNumberQuerySet":
        """Those whose label or digits hold this text."""
        digits = "".join(character for character in text if character.isdigit())
        found = models.Q(label__icontains=text)
        return self.filter(found | models.Q(digits__contains=digits) if digits else found) if text else self


class PhoneNumber(models.Model):
    """A number of ours: who owns it and which policy answers its calls."""

    # Without the plus sign: Sinch writes the same number with and without one.
    digits = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=100, blank=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="numbers")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="numbers")
    policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="numbers")
    # Override the policy's destination and its transcription locale.
    destination = models.ForeignKey(
        Destination, null=True, blank=True, on_delete=models.PROTECT, related_name="numbers"
    )
    language = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    objects = PhoneNumberQuerySet.as_manager()

    class Meta:
        ordering = ("label", "digits")

    def __str__(self) -> str:
        return self.label or phone(self.digits)

    @property
    def e164(self) -> str:
        """The number with its plus sign."""
        return f"+{self.digits}"


class SnapshotRevision(models.Model):
    """One row that counts the changes after which the snapshot in each process must be rebuilt."""

    revision = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.revision)
