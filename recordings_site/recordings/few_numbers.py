"""Walks through the recordings of few numbers in the order of time, however many recordings other numbers have.

One index has all recordings in this order, another those of each number. Whoever sees few numbers, on which little
happens, would wait while the first is searched to its end: twelve seconds with five million recordings.
"""

from collections.abc import Callable

from django.db.models import OuterRef, Q, Subquery

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJobQuerySet

# Those who see more numbers see enough of all recordings to meet theirs soon.
FEW = 100
Walk = Callable[[Q, bool, int], RecordingJobQuerySet]


def walk(rows: RecordingJobQuerySet, user: User, facts: RecordingJobQuerySet) -> Walk | None:
    """How `keyset` finds the first of `rows` by the numbers of this person; None when an index of all serves better.

    `facts` are the same recordings, but for what this person may see: `rows` decides that, as everywhere.
    """
    if user.sees_all:
        return None
    numbers = list(PhoneNumber.objects.visible_to(user).order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(numbers) > FEW:
        return None

    def first(behind: Q, falling: bool, count: int) -> RecordingJobQuerySet:
        """Of `rows`, the first `count` that are `behind`, in no order."""
        order = ("-happened_at", "-id") if falling else ("happened_at", "id")
        behind_it = facts.filter(behind)
        of_one = behind_it.filter(number=OuterRef("pk")).order_by(*order).values("happened_at")[count - 1 : count]
        each = PhoneNumber.objects.filter(pk__in=numbers).order_by().values_list(Subquery(of_one), flat=True)
        found = behind_it.filter(number__in=numbers)
        # A number that has so many by itself tells how far back one has to look in the others.
        if enough := [moment for moment in each if moment is not None]:
            found = found.filter(Q(happened_at__gte=max(enough)) if falling else Q(happened_at__lte=min(enough)))
        keys = sorted(found.order_by().values_list("happened_at", "pk"), reverse=falling)
        return rows.filter(pk__in=[pk for _, pk in keys[:count]])

    return first
