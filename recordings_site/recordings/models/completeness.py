"""How complete the recordings of a number were on a day: counted once, so that no page reads all recordings."""

from django.db import models

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber


class NumberDayQuerySet(models.QuerySet["NumberDay"]):
    """Named reads of counted days."""

    def visible_to(self, user: User) -> "NumberDayQuerySet":
        """The days of the numbers that this person may see; of those without a number, too, for who sees all."""
        return self if user.sees_all else self.filter(number__in=PhoneNumber.objects.visible_to(user))


class NumberDay(models.Model):
    """What became of one number's recordings of one day (of the site's time zone), as of `counted_at`.

    The row without a number counts those that belong to none, and stands for the day itself: each counted day has it.
    """

    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    recorded = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    elsewhere = models.PositiveIntegerField(default=0)
    # Still to come, and not late yet: they count for nothing.
    pending = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()
    # Whether the admins were alerted that it fell below the target.
    alerted = models.BooleanField(default=False)

    objects = NumberDayQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("number", "day"), condition=models.Q(number__isnull=False), name="number_day_unique"
            ),
            models.UniqueConstraint(fields=("day",), condition=models.Q(number=None), name="number_day_of_none_unique"),
        )
        indexes = (models.Index(fields=("day", "number"), name="number_day_by_day"),)

    def __str__(self) -> str:
        return f"{self.number or 'No number'}, {self.day}"
