"""Sinch voice applications: their keys, secrets, default routes, and what was last heard of them."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.policies.models.policy import Policy

# Longer than this no call is kept waiting for an upstream, whatever an application says: the answer must be stored and
# given before a proxy asks another node (callbacks.transactions.deadline), and that one needs the rest of Sinch's 5 s.
MAX_UPSTREAM_MS = 2000
# Callbacks may come by the thousand: when the last one came is written this often at most.
LAST_SEEN_EVERY = timedelta(minutes=1)


class CallbackMode(models.TextChoices):
    """Who answers Sinch's callbacks."""

    ANSWER = "answer", "We answer"
    RELAY = "relay", "Relay to an upstream, add recording"


def callback_mode_choices() -> list[tuple[str, str]]:
    """The modes as choices; a callable keeps the list out of migrations."""
    return CallbackMode.choices


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Named reads of applications."""

    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """All for who sees all; others see none: nothing that is shown to them names an application."""
        return self if user.sees_all else self.none()

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
    callout_policy = models.ForeignKey(
        Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="callout_applications"
    )
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
    def relays(self) -> bool:
        """Whether an upstream answers its calls."""
        return self.callback_mode == CallbackMode.RELAY

    @property
    def has_signature_problem(self) -> bool:
        """Whether callbacks arrive whose signature does not match, and none since whose does."""
        if self.wrong_signature_at is None:
            return False
        return self.last_callback_at is None or self.last_callback_at + LAST_SEEN_EVERY < self.wrong_signature_at

    def context(self, field: str) -> str:
        """What a secret of this row is bound to."""
        return f"application|{self.pk}|{field}"
