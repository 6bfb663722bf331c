"""The form of the list's filters: a field for each listed criterion, filled from the URL."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.fields import SUFFIX, PickField, offer_to
from recordings_site.recordings.criteria.criterion import Criterion, ParseContext, UnreadableValue, Value, unknown
from recordings_site.recordings.criteria.registry import LISTED

LONGEST_VALUE = 200  # characters
# Parameters of the list's URL besides the filters.
BESIDE = ("sort", "cursor")


class CriterionField(forms.CharField):
    """The field of a criterion; its value is parsed by the criterion."""

    def __init__(self, criterion: Criterion, user: User) -> None:
        self.criterion = criterion
        if criterion.choices is not None:
            widget: forms.Widget = forms.Select(choices=[("", "Any"), *criterion.choices(user)])
        else:
            widget = forms.TextInput({"type": criterion.input, **criterion.attributes})
        super().__init__(required=False, max_length=LONGEST_VALUE, label=criterion.label, widget=widget)

    def clean(self, value: Any) -> Value | None:
        """The value; None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.criterion.parse(text, ParseContext(timezone.now(), timezone.get_current_timezone()))
        except UnreadableValue as problem:
            raise forms.ValidationError(problem.sentence) from None


class FilterForm(forms.Form):
    """The filters, all optional. While one is invalid the list is empty, and says what to fix."""

    def __init__(self, data: QueryDict, user: User, *, beside: Collection[str] = ()) -> None:
        super().__init__(data)
        self.user, self.beside = user, {*BESIDE, *beside}
        for name, criterion in LISTED.items():
            self.fields[name] = (
                PickField(criterion.rows, label=criterion.label, required=False, nothing="Any")
                if criterion.rows
                else CriterionField(criterion, user)
            )
            # A chart of the day leads to an hour of it: this input shows and changes minutes, too.
            if criterion.input == "date" and "T" in data.get(name, ""):
                self.fields[name].widget.input_type = "datetime-local"
        offer_to(self, user)

    def clean(self) -> None:
        """Refuse filters that there are not: whoever typed one wants to see less than all."""
        known = {*self.fields, *(name + SUFFIX for name, each in LISTED.items() if each.rows), *self.beside}
        if names := [name for name in self.data if name not in known]:
            raise forms.ValidationError(unknown("filter", names[0], list(self.fields)))

    def error_messages(self) -> list[str]:
        """Return all errors as sentences, each with the label of its field."""
        at_fields = [f"{self[name].label}: {errors[0]}" for name, errors in self.errors.items() if name in self.fields]
        return [*self.non_field_errors(), *at_fields]

    def values(self) -> Iterator[tuple[Criterion, Value | Model]]:
        """Return the criteria in use with their values."""
        self.is_valid()
        return ((LISTED[name], value) for name, value in self.cleaned_data.items() if value is not None)

    def bar_fields(self) -> list[forms.BoundField]:
        """The filters that are always in view."""
        return [self["caller"]]

    def date_fields(self) -> list[forms.BoundField]:
        """The first and the last day."""
        return [self["since"], self["until"]]

    def menu_fields(self) -> list[forms.BoundField]:
        """The other filters, in the menu."""
        return [self[name] for name in LISTED if name not in ("since", "until", "caller")]

    def has_typed_rows(self) -> bool:
        """Whether a row was typed instead of picked: the URL then changes to its key."""
        return any(self.data.get(name + SUFFIX) for name in self.fields)

    def query(self) -> dict[str, str]:
        """Return the list's parameters as its URL keeps them: filters in use, rows by their keys, invalid values as
        typed.
        """
        self.is_valid()
        kept = {name: str(self.data[name]) for name in ("sort", "cursor") if name in self.data}
        for name, criterion in LISTED.items():
            row = self.cleaned_data.get(name) if criterion.rows else None
            if criterion.rows and isinstance(row, Model):
                kept[name] = str(criterion.rows.choice(row).key)
            else:
                kept |= {each: str(self.data[each]) for each in (name, name + SUFFIX) if self.data.get(each)}
        return {name: value for name, value in kept.items() if value}
