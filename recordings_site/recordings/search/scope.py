"""Limits a query to the numbers and times in which it can match, which engines check without facts."""

from dataclasses import replace

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.criteria.conditions import numbers_named
from recordings_site.recordings.models import line_ids
from recordings_site.recordings.search.engines.port import ScopedQuery
from recordings_site.recordings.search.language.compiled_query import All, CompiledQuery, Fact
from recordings_site.recordings.search.language.query_tree import Between, Field


def scoped(query: CompiledQuery, user: User) -> ScopedQuery:
    """Return a query limited to what the user may see."""
    parts = query.parts if isinstance(query, All) else (query,)
    numbers = [number for number in map(_number, parts) if number]
    scope = PhoneNumber.objects.ids_visible_to(user)
    for each in numbers:
        named = set(numbers_named(each, user))
        scope = named if scope is None else scope & named
    low, high = _id_range(parts)
    rest = tuple(part for part in parts if not _is_range(part) and not _number(part))
    return ScopedQuery(rest, user, None if scope is None else tuple(sorted(scope)), low, high)


def within_one(query: ScopedQuery, pk: int) -> ScopedQuery:
    """Return a query limited to one recording of the index."""
    low, high = max(query.low or 0, pk), min(pk + 1 if query.high is None else query.high, pk + 1)
    return replace(query, low=low, high=high)


def _number(part: CompiledQuery) -> str:
    """The number that a part names, if it does."""
    field = part.field if isinstance(part, Fact) else None
    return str(field.value) if isinstance(field, Field) and field.name == "number" else ""


def _id_range(parts: tuple[CompiledQuery, ...]) -> tuple[int | None, int | None]:
    """The ids between which every match lies, from the dates that all of it must hold to."""
    low: int | None = None
    high: int | None = None
    for part in parts:
        if isinstance(part, Fact) and isinstance(part.field, Between):
            if part.field.start is not None:
                low = max(low or 0, line_ids.first_id(part.field.start))
            if part.field.end is not None:
                # An end within a second: the ids of that second are still candidates.
                bound = line_ids.first_id(part.field.end) + (line_ids.MOST if part.field.end.microsecond else 0)
                high = bound if high is None else min(high, bound)
    return low, high


def _is_range(part: CompiledQuery) -> bool:
    """Whether a part is a time that the ids decide, as they do for dates: those begin and end with a second."""
    if not isinstance(part, Fact) or not isinstance(part.field, Between):
        return False
    return not any(end is not None and end.microsecond for end in (part.field.start, part.field.end))
