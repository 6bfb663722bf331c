"""Who: users, the teams that own numbers, and the audit trail."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Team(models.Model):
    """A group of people that owns phone numbers, and so the recordings of their calls."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do; which recordings they see follows from role and teams."""

    SUPPORT = "support", "Support"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


def role_choices() -> list[tuple[str, str]]:
    """The roles as choices; a callable keeps the list out of migrations."""
    return Role.choices


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address."""
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who signs in by e-mail."""

    Role = Role

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=10, choices=role_choices, default=Role.SUPPORT)
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # An IANA name; empty means TIME_ZONE.
    time_zone = models.CharField(max_length=50, blank=True)
    preferences = models.JSONField(default=dict, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("email",)
        constraints = (
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
        )

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def sees_all(self) -> bool:
        """Whether every recording is visible, whatever the team."""
        return self.role in (Role.ADMIN, Role.AUDITOR)

    @property
    def is_admin(self) -> bool:
        """Whether this person sets policies, numbers, destinations and people."""
        return self.role == Role.ADMIN

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which times are shown to this person."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)


class AuditEvent(models.Model):
    """One thing that somebody did. No foreign keys: the row outlives what it speaks of, and is never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_email = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=200, blank=True)
    data: Any = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    # HMAC over this row and the chain of the row before it: a row removed or altered breaks every later one.
    chain = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject_type", "subject_id", "id"), name="audit_subject"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_email} {self.action}"
