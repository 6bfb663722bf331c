"""Filters and orders the list of recordings by its URL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Model, QuerySet

from recordings_site.base.formatting import day, day_and_time
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.criteria.criterion import Criterion, Value
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.criteria.registry import LISTED
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.web import keyset

SORTS = {"": ("happened_at", True), "oldest": ("happened_at", False), "longest": ("duration", True)}
SORTS["shortest"] = ("duration", False)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use: its label, its value in words, and the query string without it."""

    label: str
    value: str
    without: str


def narrowed(
    rows: RecordingJobQuerySet, form: FilterForm, *, by: Iterable[Criterion] | None = None
) -> RecordingJobQuerySet:
    """Apply every filter of a form, or those of the given criteria; while one is wrong nothing passes."""
    if form.errors:
        return rows.none()
    for criterion, value in form.values():
        if by is None or criterion in by:
            rows = rows.filter(criterion.condition(value, form.user))
    return rows


def page_source(
    rows: QuerySet[RecordingJob, keyset.Row], form: FilterForm, column: str
) -> keyset.PageSource[keyset.Row] | None:
    """Return a faster source of pages for a list filtered by this form and ordered by this column, if any."""
    if form.errors:
        return None
    used = [criterion for criterion, _ in form.values()]
    indexed = [criterion for criterion in used if criterion.indexed]
    numbers = limited_scope.numbers_of(form.user) if LISTED["number"] not in used else None
    if numbers is not None:
        # The index of each number knows nothing but its order.
        indexed = [LISTED[name] for name in ("since", "until")] if column == "happened_at" else []
    scanned = None
    if any(criterion not in indexed for criterion in used):
        scanned = ordered(narrowed(RecordingJob.objects.all(), form, by=indexed), column)
    if numbers is not None:
        facts = ordered(narrowed(RecordingJob.objects.all(), form), column)
        return limited_scope.PerNumberSource(rows, facts, numbers, column, scanned)
    if scanned is not None:
        return keyset.BoundedScan(rows, scanned.visible_to(form.user), (column, "id"))
    return None


def chips(form: FilterForm) -> list[Chip]:
    """Return the filters in use."""
    query = form.query()
    return [
        Chip(criterion.label, _shown(criterion, value, form), link(query, **{criterion.name: ""}))
        for criterion, value in form.values()
    ]


def _shown(criterion: Criterion, value: Value | Model, form: FilterForm) -> str:
    """Return a value in words: the label of a choice, the name of a row, else what was typed."""
    if criterion.choices is not None:
        return dict(criterion.choices(form.user)).get(str(value), str(value))
    if isinstance(value, Model):
        return str(value)
    typed = str(form.data[criterion.name])
    return _shown_time(typed) if criterion.input == "date" else typed


def _shown_time(typed: str) -> str:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return day_and_time(at) if "T" in typed else day(at)


def ordered(rows: RecordingJobQuerySet, column: str) -> RecordingJobQuerySet:
    """Return the rows that have a place in an order: by length only those whose length is known."""
    return rows.filter(duration__isnull=False) if column == "duration" else rows


def sort_order(query: Mapping[str, str]) -> tuple[str, bool]:
    """Return the column to order by and whether it descends; newest first by default."""
    return SORTS.get(query.get("sort", ""), SORTS[""])


def link(query: Mapping[str, str], **changes: str) -> str:
    """Return the query string with changed values; an empty value removes its name."""
    rest = {name: value for name, value in query.items() if name != "cursor"} | changes
    return "?" + urlencode({name: value for name, value in rest.items() if value})
