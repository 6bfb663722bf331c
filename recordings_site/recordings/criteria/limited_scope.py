"""Pages through the recordings or calls of a user who sees few numbers, however many rows other numbers have.

One index has all rows in the order of time, another those of each number. For a user with a few quiet numbers the first
would be scanned to its end: twelve seconds with five million recordings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.web import keyset
from recordings_site.web.keyset import Row

# With more numbers than this a user's rows are frequent enough in the index of all rows.
MOST_NUMBERS = 100


def numbers_of(user: User) -> list[int] | None:
    """Return the ids of the user's numbers if they are few; None for others: the index of all rows is faster then."""
    numbers = PhoneNumber.objects.ids_visible_to(user, most=MOST_NUMBERS)
    return None if numbers is None else sorted(numbers)


@dataclass(frozen=True, slots=True)
class PerNumberSource(Generic[Row]):
    """A source of pages of `rows` that uses the index of each number, in the order of this column.

    `facts` are the same rows without the check of visibility: `rows` decides that, as everywhere. Where a filter is not
    supported by the index, `scanned` are the rows without it, of which a bounded number is checked per page.
    """

    rows: QuerySet[Any, Row]
    facts: QuerySet[Any]
    numbers: Sequence[int]
    column: str
    scanned: QuerySet[Any] | None = None

    def end(self, beyond: Q, *, descending: bool) -> Model | None:
        """Return the last row that may be scanned: before it no number has more than its share."""
        if self.scanned is None or not self.numbers:
            return None
        rows = self.scanned.filter(beyond)
        share = max(1, keyset.SCAN_LIMIT // len(self.numbers))
        names = keyset.order_columns((self.column, "id"), descending=descending)
        found = rows.filter(pk__in=self._nth_of_each(rows, share, names, "pk"))
        return found.order_by(*names).only(self.column, "id").first()

    def first(self, beyond: Q, count: int, *, descending: bool) -> QuerySet[Any, Row]:
        """Return the first `count` rows."""
        names = keyset.order_columns((self.column, "id"), descending=descending)
        facts_beyond = self.facts.filter(beyond)
        found = facts_beyond.filter(number__in=self.numbers)
        # A number with a full page of its own bounds the search in the others.
        if self.scanned is None and (enough := self._nth_of_each(facts_beyond, count, names, self.column)):
            up_to = {f"{self.column}__gte": max(enough)} if descending else {f"{self.column}__lte": min(enough)}
            found = found.filter(**up_to)
        keys = sorted(found.order_by().values_list(self.column, "pk"), reverse=descending)
        return self.rows.filter(pk__in=[pk for _, pk in keys[:count]])

    def _nth_of_each(self, rows: QuerySet[Any], nth: int, names: Sequence[str], value: str) -> list[Any]:
        """Return a value of the nth row of each number that has n rows."""
        of_one = rows.filter(number=OuterRef("pk")).order_by(*names).values(value)[nth - 1 : nth]
        each = PhoneNumber.objects.filter(pk__in=self.numbers).order_by().values_list(Subquery(of_one), flat=True)
        return [found for found in each if found is not None]
