"""The form of the list's filters, which the URL fills: a field for each criterion that the list has."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria.criterion import Criterion, ParseContext, UnreadableValue, Value, unknown
from recordings_site.recordings.criteria.registry import LISTED
from recordings_site.web.pick_field import SUFFIX, PickField, offer_to

LONGEST_VALUE = 200  # characters
# What stands beside the filters in the URL of the list.
BESIDE = ("sort", "cursor")


class CriterionField(forms.CharField):
    """What is typed or chosen for a criterion, as the criterion reads it."""

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
    """The filters. Each is optional; what is wrong with one is said at its field, and it narrows nothing."""

    def __init__(self, data: QueryDict, user: User, *, beside: Collection[str] = ()) -> None:
        super().__init__(data)
        self.user, self.beside = user, {*BESIDE, *beside}
        for name, criterion in LISTED.items():
            self.fields[name] = (
                PickField(criterion.rows, label=criterion.label, required=False, nothing="Any")
                if criterion.rows
                else CriterionField(criterion, user)
            )
        offer_to(self, user)

    def clean(self) -> None:
        """Refuse filters that there are not: whoever typed one wants to see less than all."""
        known = {*self.fields, *(name + SUFFIX for name, each in LISTED.items() if each.rows), *self.beside}
        if names := [name for name in self.data if name not in known]:
            raise forms.ValidationError(unknown("filter", names[0], list(self.fields)))

    def error_messages(self) -> list[str]:
        """What is wrong, a sentence each, with the label of its field."""
        at_fields = [f"{self[name].label}: {errors[0]}" for name, errors in self.errors.items() if name in self.fields]
        return [*self.non_field_errors(), *at_fields]

    def values(self) -> Iterator[tuple[Criterion, Value | Model]]:
        """The criteria in use, each with its value."""
        self.is_valid()
        return ((LISTED[name], value) for name, value in self.cleaned_data.items() if value is not None)

    def first_fields(self) -> list[forms.BoundField]:
        """The filters in sight at once."""
        return [self[name] for name, criterion in LISTED.items() if criterion.first]

    def more_fields(self) -> list[forms.BoundField]:
        """The filters under "More filters"."""
        return [self[name] for name, criterion in LISTED.items() if not criterion.first]

    def more_in_use(self) -> bool:
        """Whether a filter is in use, or wrong, that is not in sight at once."""
        return any(field.data for field in self.more_fields())

    def has_typed_rows(self) -> bool:
        """Whether a row was typed, which the address is to keep by its key."""
        return any(self.data.get(name + SUFFIX) for name in self.fields)

    def query(self) -> dict[str, str]:
        """The parameters of the list as its address keeps them: what is in use, rows by their keys.

        What is wrong is kept as it came.
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
