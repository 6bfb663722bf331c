"""How the list of recordings is narrowed and ordered: read from the URL, which is the filter."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings import few_numbers
from recordings_site.recordings.filters import LATE, MISSING, NOBODYS, OVERDUE, BrowseForm
from recordings_site.recordings.models import (
    Comment,
    LineCorrection,
    Listening,
    RecordingJob,
    RecordingJobQuerySet,
    RecordingTag,
    Transcript,
)
from recordings_site.web import keyset

SORTS = {"": ("happened_at", True), "oldest": ("happened_at", False), "longest": ("duration", True)}
SORTS["shortest"] = ("duration", False)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use: what it is called, its value in words, and the query string without it."""

    label: str
    value: str
    without: str


# An index leads to what these let through; the others are looked for among so many rows at a time.
INDEXED = frozenset({"number", "state", "destination", "since", "until"})


def narrowed(rows: RecordingJobQuerySet, form: BrowseForm, *, by: Container[str] | None = None) -> RecordingJobQuerySet:
    """The rows that every filter of a form lets through, or those among them that are named."""
    for name, value in _values(form):
        if by is None or name in by:
            rows = rows.filter(_condition(name, value, form.user))
    return rows


def way(rows: QuerySet[RecordingJob, keyset.Row], form: BrowseForm, column: str) -> keyset.Way[keyset.Row] | None:
    """How to come soon to the first rows of a list that is narrowed by this form and ordered by this column."""
    used = {name for name, _ in _values(form)}
    numbers = few_numbers.of(form.user) if "number" not in used else None
    indexed = INDEXED
    if numbers is not None:
        # The index of each number knows nothing but its order.
        indexed = frozenset({"since", "until"} if column == "happened_at" else ())
    looked_at = ordered(narrowed(RecordingJob.objects.all(), form, by=indexed), column) if used - indexed else None
    if numbers is not None:
        facts = ordered(narrowed(RecordingJob.objects.all(), form), column)
        return few_numbers.ByNumber(rows, facts, numbers, column, looked_at)
    if looked_at is not None:
        return keyset.Portions(rows, looked_at.visible_to(form.user), (column, "id"))
    return None


def chips(form: BrowseForm, query: QueryDict) -> list[Chip]:
    """The filters in use, each with the way to remove it."""
    found = []
    for name, value in _values(form):
        rest = query.copy()
        for gone in (name, "cursor"):
            rest.pop(gone, None)
        shown = str(query.get(name, "")) if isinstance(value, float) else _shown(form, name, value)
        found.append(Chip(str(form[name].label), shown, f"?{rest.urlencode()}"))
    return found


def _shown(form: BrowseForm, name: str, value: object) -> str:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return str(value)


def _values(form: BrowseForm) -> Iterator[tuple[str, object]]:
    form.is_valid()
    return ((name, value) for name, value in form.cleaned_data.items() if value not in (None, ""))


def _condition(name: str, value: object, user: User) -> Q:
    match name:
        case "state" if value in (LATE, MISSING):
            return Q(overdue_since__isnull=False, overdue_kind=value)
        case "state" if value == OVERDUE:
            return Q(overdue_since__isnull=False)
        case "state" if value == NOBODYS:
            return Q(number=None)
        case "since":
            return Q(happened_at__gte=_midnight(value))
        case "until":
            return Q(happened_at__lt=_midnight(value) + timedelta(days=1))
        case "longer":
            return Q(duration__gte=value)
        case "shorter":
            return Q(duration__lte=value)
        case "caller":
            digits = "".join(each for each in str(value) if each.isdigit())
            return Q(caller__contains=digits) if digits else Q(caller__icontains=value)
        case "team":
            return Q(number__team=value)
        case "policy":
            return Q(decision__policy_version__policy=value)
        case "version":
            return Q(decision__policy_version__number=value)
        case "locale":
            return Q(locale__istartswith=value)
        case "tag":
            return _has(Exists(RecordingTag.objects.filter(recording=OuterRef("pk"), tag__name=str(value))), "yes")
        case "transcript":
            return _has(Exists(Transcript.objects.filter(recording=OuterRef("pk"))), value)
        case "comment":
            return _has(Exists(Comment.objects.filter(recording=OuterRef("pk"))), value)
        case "correction":
            return _has(Exists(LineCorrection.objects.filter(transcript__recording=OuterRef("pk"))), value)
        case "heard":
            heard = Listening.objects.filter(recording=OuterRef("pk"), user=user, heard_at__isnull=False)
            return _has(Exists(heard), value)
        case _:
            return Q(**{name: value})


def _has(condition: Exists, value: object) -> Q:
    return Q(condition) if value == "yes" else ~Q(condition)


def _midnight(day: object) -> datetime:
    """The beginning of a day in the zone of who looks."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))  # type: ignore[arg-type]


def ordered(rows: RecordingJobQuerySet, column: str) -> RecordingJobQuerySet:
    """The rows that have a place in an order: by length only those whose length is known."""
    return rows.filter(duration__isnull=False) if column == "duration" else rows


def sort_of(query: QueryDict) -> tuple[str, bool]:
    """The column to order by and whether it falls; newest first unless asked otherwise."""
    return SORTS.get(query.get("sort", ""), SORTS[""])


def link(query: QueryDict, **changes: str) -> str:
    """The query string with some values changed; an empty value takes its name out."""
    rest = {name: value for name, value in query.items() if name != "cursor"} | changes
    return "?" + urlencode({name: value for name, value in rest.items() if value})
