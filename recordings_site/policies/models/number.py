"""Phone numbers: who owns each, and which policy answers its calls."""

from collections.abc import Iterable

from django.db import connection, models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from recordings_site.accounts.models import Team, User
from recordings_site.base.formatting import phone
from recordings_site.destinations.models import Destination
from recordings_site.policies.models.application import Application
from recordings_site.policies.models.policy import Policy, PolicyVersion
from recordings_site.sinch.ends import end_digits
from recordings_site.sinch.events import Endpoint

_ALL = 2**31  # a limit that no table reaches


class PhoneNumberQuerySet(models.QuerySet["PhoneNumber"]):
    """Named reads of numbers."""

    def visible_to(self, user: User) -> "PhoneNumberQuerySet":
        """The numbers whose recordings this person may see."""
        return self if user.sees_all else self.filter(team__in=user.teams.all())

    def ids_visible_to(self, user: User, *, most: int | None = None) -> set[int] | None:
        """The ids of `visible_to`; None for who sees all, and for more than `most`.

        Each search asks, so by SQL that takes Django no time.
        """
        if user.sees_all:
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.id FROM policies_phonenumber n JOIN accounts_user_teams t ON t.team_id = n.team_id"
                " WHERE t.user_id = %s LIMIT %s",
                [user.pk, _ALL if most is None else most + 1],
            )
            found = {row[0] for row in cursor.fetchall()}
        return found if most is None or len(found) <= most else None

    def destinations_visible_to(self, user: User) -> "models.QuerySet[Destination]":
        """The destinations to which calls of the numbers that this person may see are, or once were, recorded."""
        if user.sees_all:
            return Destination.objects.all()
        numbers = self.visible_to(user).order_by()
        versions = PolicyVersion.objects.filter(policy__in=Policy.objects.visible_to(user).order_by()).order_by()
        named = versions.annotate(place=Cast(KT("document__how__destination"), models.BigIntegerField())).values(
            "place"
        )
        own, past = numbers.values("destination"), numbers.values("past_destinations")
        return Destination.objects.filter(models.Q(pk__in=own) | models.Q(pk__in=past) | models.Q(pk__in=named))

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

    def having(
        self, *, application: Application | None = None, team: Team | None = None, policy: Policy | None = None
    ) -> "PhoneNumberQuerySet":
        """Those of this application, team and policy; None stands for any."""
        wanted = {"application": application, "team": team, "policy": policy}
        return self.filter(**{name: row for name, row in wanted.items() if row is not None})

    def overriding(self) -> "PhoneNumberQuerySet":
        """Those with a destination or a language of their own."""
        return self.exclude(destination=None, language="")

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
    # What answered its calls before, and where they were recorded to: who sees the number may know these names.
    past_policies = models.ManyToManyField(Policy, related_name="past_numbers")
    past_destinations = models.ManyToManyField(Destination, related_name="+")
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
