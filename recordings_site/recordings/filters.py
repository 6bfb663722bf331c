"""The form of the list's filters, which the URL fills.

Its fields are written in Python: as templates they were a fifth of the time of a page.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings_site.accounts.models import Role, Team, User
from recordings_site.base.formatting import parse_duration
from recordings_site.calls.models import Direction
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.recordings.models import Tag
from recordings_site.recordings.state import State
from recordings_site.web.fields import DayField
from recordings_site.web.prepared import Prepared
from recordings_site.web.templatetags.site import icon

# What the state filter knows beside the states themselves.
LATE, MISSING, OVERDUE, NOBODYS = "late", "missing", "overdue", "nobodys"
MORE_STATES = ((LATE, "Late"), (MISSING, "Missing"), (OVERDUE, "Late or missing"))
YES_NO = (("", "Any"), ("yes", "Yes"), ("no", "No"))


class QuickSelect(forms.Select):
    """A select without templates."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element with its options, escaped."""
        shown = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        # iter: a tuple of the choices themselves would have them counted first, by a query.
        options, option = _options(tuple(iter(self.choices))), f'value="{escape(str(value or ""))}"'
        return format_html(
            "<select{}>{}</select>", flatatt(shown), SafeString(options.replace(f"{option}>", f"{option} selected>"))
        )


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[object, object], ...]) -> str:
    """The options of a select, escaped. Kept by all that stands in them, so nobody gets what another may see."""
    # format_html for each of them would take ten times as long.
    return "".join(f'<option value="{escape(str(key))}">{escape(str(label))}</option>' for key, label in choices)


class QuickInput(forms.widgets.Input):
    """An input without templates."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element with its value, escaped."""
        shown = self.build_attrs(self.attrs, {"type": self.input_type, "name": name, **(attrs or {})})
        return format_html("<input{}>", flatatt({**shown, "value": self.format_value(value)}))


class QuickText(QuickInput, forms.TextInput):
    """A line of text."""


class QuickNumber(QuickInput, forms.NumberInput):
    """A whole number."""


class QuickDay(QuickInput, forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"


class NamedChoices(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The rows to choose from by their names, without an object and all of its columns for each."""

    field: "NamedField"

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        """Each row's value and name."""
        yield "", str(self.field.empty_label)
        for row in self.field.named():
            yield row[0], self.field.word(row)


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the rows that a person may choose, shown by the last of these columns; the first is its value."""

    iterator = NamedChoices
    widget = QuickSelect

    def __init__(self, rows: Callable[[User], QuerySet[Any]], *columns: str, empty_label: str) -> None:
        self.rows = rows
        # Asked with each page: so their SQL is made once.
        self.by_role = {
            role: Prepared(lambda pk, role=role: rows(User(pk=pk, role=role)).values_list(*columns), int)
            for role in Role
        }
        super().__init__(None, required=False, empty_label=empty_label, to_field_name=columns[0])

    def offer_to(self, user: User) -> None:
        """Let this person choose."""
        self.user, self.queryset = user, self.rows(user)

    def named(self) -> list[tuple[Any, ...]]:
        """The rows, each with its columns."""
        return self.by_role[Role(self.user.role)].all(self.user.pk)

    def word(self, row: tuple[Any, ...]) -> str:
        """What a row is called."""
        return str(row[-1])


class NumberField(NamedField):
    """One of the numbers that one may see, of which there may be hundreds."""

    def __init__(self, *, empty_label: str) -> None:
        super().__init__(_numbers, "pk", "label", "digits", empty_label=empty_label)

    def word(self, row: tuple[Any, ...]) -> str:
        """Its label or, where it has none, its digits."""
        return row[1] or f"+{row[2]}"


def _numbers(user: User) -> QuerySet[PhoneNumber]:
    return PhoneNumber.objects.visible_to(user).order_by("label", "digits")


def _teams(user: User) -> QuerySet[Team]:
    return Team.objects.all() if user.sees_all else user.teams.all()


class LengthField(forms.CharField):
    """Seconds, typed as 90, 5m, 1h30m or 2:05."""

    def clean(self, value: str) -> float | None:
        """The seconds, or None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        seconds = parse_duration(text)
        if seconds is None:
            raise forms.ValidationError("Write a length as 90, 5m, 1h30m or 2:05.")
        return seconds


class BrowseForm(forms.Form):
    """The filters. Each is optional; a wrong one is said at its field and left out of the filter."""

    number = NumberField(empty_label="Any number")
    direction = forms.ChoiceField(choices=lambda: [("", "Any"), *Direction.choices], required=False, widget=QuickSelect)
    state = forms.ChoiceField(
        choices=lambda: [("", "Any"), *State.choices, *MORE_STATES],
        required=False,
        label="State",
        widget=QuickSelect,
    )
    since = DayField(required=False, label="From", widget=QuickDay(format="%Y-%m-%d"))
    until = DayField(required=False, label="To", widget=QuickDay(format="%Y-%m-%d"))
    longer = LengthField(label="At least", required=False, widget=QuickText({"placeholder": "2:05"}))
    shorter = LengthField(label="At most", required=False, widget=QuickText({"placeholder": "1h30m"}))
    caller = forms.CharField(required=False, max_length=60, widget=QuickText)
    team = NamedField(_teams, "pk", "name", empty_label="Any team")
    policy = NamedField(lambda user: Policy.objects.all(), "pk", "name", empty_label="Any policy")
    version = forms.IntegerField(
        required=False, min_value=1, max_value=10**6, label="Policy version", widget=QuickNumber
    )
    destination = NamedField(lambda user: Destination.objects.all(), "pk", "name", empty_label="Any destination")
    tag = NamedField(lambda user: Tag.objects.all(), "name", empty_label="Any tag")
    locale = forms.CharField(required=False, max_length=20, widget=QuickText)
    transcript = forms.ChoiceField(choices=YES_NO, required=False, label="Has transcript", widget=QuickSelect)
    comment = forms.ChoiceField(choices=YES_NO, required=False, label="Has comment", widget=QuickSelect)
    correction = forms.ChoiceField(choices=YES_NO, required=False, label="Has correction", widget=QuickSelect)
    heard = forms.ChoiceField(choices=YES_NO, required=False, label="Heard by me", widget=QuickSelect)

    # Those in sight at once; the others are under "More filters".
    FIRST = ("number", "direction", "state", "since", "until", "longer")

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, NamedField):
                field.offer_to(user)
        if user.sees_all:
            states = self.fields["state"]
            assert isinstance(states, forms.ChoiceField)
            states.choices = [*states.choices, (NOBODYS, "Of nobody's number")]  # type: ignore[misc]

    def first_fields(self) -> SafeString:
        """The filters in sight at once."""
        return _written(self[name] for name in self.FIRST)

    def more_fields(self) -> SafeString:
        """The other filters."""
        return _written(self[name] for name in self.fields if name not in self.FIRST)

    def more_in_use(self) -> bool:
        """Whether a filter is in use, or wrong, that is not in sight at once."""
        return any(self.data.get(name) for name in self.fields if name not in self.FIRST)


def _written(fields: Iterable[forms.BoundField]) -> SafeString:
    """Fields as `_field.html` writes those of other forms, but that these are all optional."""
    return format_html_join(
        "",
        '<div class="field"><label for="{}">{}</label>{}{}</div>',
        ((field.id_for_label, field.label, field.as_widget(), _errors(field)) for field in fields),
    )


def _errors(field: forms.BoundField) -> SafeString:
    return format_html_join(
        "", '<p class="field-error" id="{}_error">{} {}</p>', ((field.auto_id, icon("bad"), e) for e in field.errors)
    )
