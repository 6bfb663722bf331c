"""What the list of recordings can be narrowed by, and how it is ordered: read from the URL, which is the filter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any, TypedDict
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recordings_site.accounts.models import Team, User
from recordings_site.calls.models import Direction
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.recordings import few_numbers
from recordings_site.recordings.models import (
    Comment,
    LineCorrection,
    Listening,
    RecordingJob,
    RecordingJobQuerySet,
    RecordingTag,
    Tag,
    Transcript,
)
from recordings_site.recordings.search.dates import seconds_of
from recordings_site.recordings.state import State
from recordings_site.web.fields import DayField

# What the state filter knows beside the states themselves.
LATE, MISSING = "late", "missing"
SORTS = {"": ("happened_at", True), "oldest": ("happened_at", False), "longest": ("duration", True)}
SORTS["shortest"] = ("duration", False)
YES_NO = (("", "Any"), ("yes", "Yes"), ("no", "No"))


class QuickSelect(forms.Select):
    """A select without templates: they would be half of the time of a page with eleven selects and 500 numbers."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element with its options, escaped."""
        chosen = str(value or "")
        shown = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        # format_html for each of them would take ten times as long.
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(str(label))}</option>'
            for key, label in ((str(key), label) for key, label in self.choices)
        )
        return format_html("<select{}>{}</select>", flatatt(shown), SafeString(options))


class NamedChoices(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The rows to choose from by their names, without an object and all of its columns for each."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        """Each row's value and name."""
        yield "", str(self.field.empty_label)
        yield from self.queryset.values_list(self.field.to_field_name or "pk", "name")


class NumberChoices(NamedChoices):
    """The numbers to choose from, of which there may be hundreds."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        """Each number's id and what it is called."""
        yield "", str(self.field.empty_label)
        for pk, label, digits in self.queryset.values_list("pk", "label", "digits"):
            yield pk, label or f"+{digits}"


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of some rows that have a name."""

    iterator = NamedChoices
    widget = QuickSelect


class NumberField(NamedField):
    """One of the numbers that one may see."""

    iterator = NumberChoices


class LengthField(forms.CharField):
    """Seconds, typed as 90, 5m, 1h30m or 2:05."""

    def clean(self, value: str) -> float | None:
        """The seconds, or None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        seconds = seconds_of(text)
        if seconds is None:
            raise forms.ValidationError("Write a length as 90, 5m, 1h30m or 2:05.")
        return seconds


class BrowseForm(forms.Form):
    """The filters. Each is optional; a wrong one is said at its field and left out of the filter."""

    number = NumberField(PhoneNumber.objects.none(), required=False, empty_label="Any number")
    direction = forms.ChoiceField(choices=lambda: [("", "Any"), *Direction.choices], required=False, widget=QuickSelect)
    state = forms.ChoiceField(
        choices=lambda: [("", "Any"), *State.choices, (LATE, "Late"), (MISSING, "Missing")],
        required=False,
        label="State",
        widget=QuickSelect,
    )
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    longer = LengthField(label="At least", required=False, widget=forms.TextInput({"placeholder": "2:05"}))
    shorter = LengthField(label="At most", required=False, widget=forms.TextInput({"placeholder": "1h30m"}))
    caller = forms.CharField(required=False, max_length=60)
    team = NamedField(Team.objects.none(), required=False, empty_label="Any team")
    policy = NamedField(Policy.objects.none(), required=False, empty_label="Any policy")
    version = forms.IntegerField(required=False, min_value=1, max_value=10**6, label="Policy version")
    destination = NamedField(Destination.objects.none(), required=False, empty_label="Any destination")
    tag = NamedField(Tag.objects.none(), required=False, empty_label="Any tag", to_field_name="name")
    locale = forms.CharField(required=False, max_length=20)
    transcript = forms.ChoiceField(choices=YES_NO, required=False, label="Has transcript", widget=QuickSelect)
    comment = forms.ChoiceField(choices=YES_NO, required=False, label="Has comment", widget=QuickSelect)
    correction = forms.ChoiceField(choices=YES_NO, required=False, label="Has correction", widget=QuickSelect)
    heard = forms.ChoiceField(choices=YES_NO, required=False, label="Heard by me", widget=QuickSelect)

    # Those in sight at once; the others are under "More filters".
    FIRST = ("number", "direction", "state", "since", "until", "longer")

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        self.user = user
        for name, rows in (
            ("number", PhoneNumber.objects.visible_to(user).order_by("label", "digits")),
            ("team", Team.objects.all() if user.sees_all else user.teams.all()),
            ("policy", Policy.objects.all()),
            ("destination", Destination.objects.all()),
            ("tag", Tag.objects.all()),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def first_fields(self) -> Iterator[forms.BoundField]:
        """The filters in sight at once."""
        return (self[name] for name in self.FIRST)

    def more_fields(self) -> Iterator[forms.BoundField]:
        """The other filters."""
        return (self[name] for name in self.fields if name not in self.FIRST)

    def more_in_use(self) -> bool:
        """Whether a filter is in use, or wrong, that is not in sight at once."""
        return any(self.data.get(name) for name in self.fields if name not in self.FIRST)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use: what it is called, its value in words, and the query string without it."""

    label: str
    value: str
    without: str


# An index leads to what these let through; the others are looked for among so many rows at a time.
INDEXED = frozenset({"number", "state", "destination", "since", "until"})
LOOKED_AT = 20_000


def narrowed(rows: RecordingJobQuerySet, form: BrowseForm, *, indexed: bool = False) -> RecordingJobQuerySet:
    """The rows that every filter of a form lets through; `indexed`: only the filters that an index serves."""
    for name, value in _values(form):
        if not indexed or name in INDEXED:
            rows = rows.filter(_condition(name, value, form.user))
    return rows


class Ways(TypedDict):
    """How `keyset` comes to the rows of a list, see there."""

    among: RecordingJobQuerySet | None
    most: int
    first: few_numbers.Walk | None


def ways(rows: RecordingJobQuerySet, form: BrowseForm, column: str) -> Ways:
    """How to come soon to the first rows of a list that is narrowed by this form and ordered by this column.

    Where some filter in use has no index, rows have to be looked at one by one, so many at a time.
    """
    used = {name for name, _ in _values(form)}
    if used - INDEXED:
        looked = narrowed(RecordingJob.objects.visible_to(form.user), form, indexed=True)
        return Ways(among=ordered(looked, column), most=LOOKED_AT, first=None)
    by_number = column == "happened_at" and "number" not in used
    facts = narrowed(RecordingJob.objects.all(), form)
    return Ways(among=None, most=0, first=few_numbers.walk(rows, form.user, facts) if by_number else None)


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
            missing = Q(overdue_reason__startswith="Missing")
            return Q(overdue_since__isnull=False, deleted_at=None) & (missing if value == MISSING else ~missing)
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
