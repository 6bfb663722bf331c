"""People, their roles, and the teams that own numbers."""

from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class TeamQuerySet(models.QuerySet["Team"]):
    """Named reads of teams."""

    def visible_to(self, user: "User") -> Self:
        """The teams this person is in, or all."""
        return self if user.sees_all else self.filter(members=user)

    def listed(self) -> Self:
        """Every team by its name, with how many people are in it and how many numbers it owns."""
        people = models.Count("members", filter=models.Q(members__is_active=True), distinct=True)
        owned = models.Count("numbers", filter=models.Q(numbers__archived_at=None), distinct=True)
        return self.annotate(people=people, owned=owned).order_by("name")

    def named(self, name: str) -> Self:
        """Teams of this name, whatever its case."""
        return self.filter(name__iexact=name)


class Team(models.Model):
    """A group of people that owns phone numbers, and so the recordings of their calls."""

    name = models.CharField(max_length=100, unique=True)

    objects = TeamQuerySet.as_manager()

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


class UserQuerySet(models.QuerySet["User"]):
    """Named reads of people."""

    def listed(self) -> Self:
        """Everybody, those who may sign in first, with their teams and second factors at hand."""
        return self.order_by("-is_active", Lower("email")).prefetch_related("teams", "authenticator_set")

    def active_admins(self) -> Self:
        """Those who can sign in and set everything."""
        return self.filter(role=Role.ADMIN, is_active=True)

    def with_address(self, email: str) -> "User | None":
        """The person with this address, whatever its case, or None."""
        return self.filter(email__iexact=email.strip()).first()


class UserManager(BaseUserManager["User"]):
    """Finds people by email address, whatever its case; its reads are those of UserQuerySet."""

    def get_queryset(self) -> UserQuerySet:
        """Everybody."""
        return UserQuerySet(self.model, using=self._db)

    def listed(self) -> UserQuerySet:
        """See UserQuerySet."""
        return self.get_queryset().listed()

    def active_admins(self) -> UserQuerySet:
        """See UserQuerySet."""
        return self.get_queryset().active_admins()

    def with_address(self, email: str) -> "User | None":
        """See UserQuerySet."""
        return self.get_queryset().with_address(email)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address."""
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who signs in by email."""

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
    # Until then a password signs in although single sign-on is the only way in; by `manage.py break_glass`.
    password_until = models.DateTimeField(null=True, blank=True)

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
    def sees_technical_details(self) -> bool:
        """Whether pages show callbacks, SVAML, keys and paths: to those who set things up or look into them."""
        return self.role in (Role.ADMIN, Role.AUDITOR)

    @property
    def sees_all(self) -> bool:
        """Whether every recording is visible, whatever the team. Read by `visible_to` of a QuerySet, nowhere else."""
        return self.role in (Role.ADMIN, Role.AUDITOR)

    @property
    def sees_nothing(self) -> bool:
        """Whether no recording can be visible: the person is in no team, and the role sees only those of teams."""
        return not self.sees_all and not self.teams.exists()

    @property
    def oversees(self) -> bool:
        """Whether the pages of settings, people and activity are there: for admins to write, for auditors to read."""
        return self.role in (Role.ADMIN, Role.AUDITOR)

    @property
    def is_admin(self) -> bool:
        """Whether this person sets policies, numbers, destinations and people."""
        return self.role == Role.ADMIN

    @property
    def is_invited(self) -> bool:
        """Whether this person was invited and has not set a password yet."""
        return self.is_active and not self.has_usable_password() and self.last_login is None

    @property
    def standing(self) -> str:
        """Active, invited or deactivated."""
        if not self.is_active:
            return "deactivated"
        return "invited" if self.is_invited else "active"

    @property
    def may_use_password(self) -> bool:
        """Whether something else than single sign-on signs this person in."""
        return not settings.OIDC_ONLY or (self.password_until is not None and self.password_until > timezone.now())

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which times are shown to this person."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)
