"""Decides what a query says of the recording itself: its number, policy, tags, time and length."""

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q

from recordings_site.accounts.models import User
from recordings_site.recordings import ids
from recordings_site.recordings.criteria.conditions import in_span, numbers_named
from recordings_site.recordings.criteria.criterion import Span
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.search import tree
from recordings_site.recordings.search.meaning import All, Fact, Meaning
from recordings_site.recordings.search.sql import Condition


class Facts:
    """The facts of one search, as one person may know them: names that they must not see match nothing."""

    def __init__(self, user: User) -> None:
        self.user = user

    def __call__(self, fact: Fact, /) -> Condition:
        """The condition that decides a fact, on the table of recordings."""
        match fact.field:
            case tree.Between(start, end):
                return as_sql(in_span(Span(start, end), self.user))
            case tree.Field(name, value):
                return as_sql(SEARCHED[name].condition(value, self.user))

    def numbers(self, value: str) -> list[int]:
        """The ids of the visible numbers that a value names."""
        return numbers_named(value, self.user)


def as_sql(condition: Q) -> Condition:
    """A condition on recordings without joins, as SQL that names their table."""
    query = RecordingJob.objects.order_by().filter(condition).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, parameters = query.where.as_sql(compiler, connection)
    except EmptyResultSet:
        return Condition("1 = 0")
    except FullResultSet:
        return Condition("1 = 1")
    return Condition(sql, list(parameters))


def id_range(meaning: Meaning) -> tuple[int | None, int | None]:
    """The ids between which every match lies, the upper one excluded, from the dates that all of it must hold to."""
    parts = meaning.parts if isinstance(meaning, All) else (meaning,)
    low: int | None = None
    high: int | None = None
    for part in parts:
        if isinstance(part, Fact) and isinstance(part.field, tree.Between):
            if part.field.start is not None:
                low = max(low or 0, ids.first_id(part.field.start))
            if part.field.end is not None:
                # An end within a second: the ids of that second are still candidates.
                bound = ids.first_id(part.field.end) + (ids.MOST if part.field.end.microsecond else 0)
                high = bound if high is None else min(high, bound)
    return low, high


def is_range(part: Meaning) -> bool:
    """Whether a part is a time that the ids decide, as they do for dates: those begin and end with a second."""
    if not isinstance(part, Fact) or not isinstance(part.field, tree.Between):
        return False
    return not any(end is not None and end.microsecond for end in (part.field.start, part.field.end))
