"""The form of the list's filters, which the URL fills: a field for each criterion that the list has."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria.criterion import Criterion, Reading, Unreadable, Value
from recordings_site.recordings.criteria.registry import LISTED, unknown
from recordings_site.web.picker import Picked, PickField

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
            return self.criterion.read(text, Reading(timezone.now(), timezone.get_current_timezone()))
        except Unreadable as problem:
            raise forms.ValidationError(problem.sentence) from None


class FilterForm(forms.Form):
    """The filters. Each is optional; what is wrong with one is said at its field, and it narrows nothing."""

    def __init__(self, data: QueryDict, user: User, *, beside: Collection[str] = ()) -> None:
        super().__init__(data)
        self.user, self.beside = user, {*BESIDE, *beside}
        for name, criterion in LISTED.items():
            self.fields[name] = (
                PickField(criterion.rows, user, label=criterion.label, required=False, nothing="Any")
                if criterion.rows
                else CriterionField(criterion, user)
            )

    def clean(self) -> None:
        """Refuse filters that there are not: whoever typed one wants to see less than all."""
        if names := [name for name in self.data if name not in self.fields and name not in self.beside]:
            raise forms.ValidationError(unknown("filter", names[0], list(self.fields)))

    def wrong(self) -> list[str]:
        """What is wrong, a sentence each, with the label of its field."""
        at_fields = [f"{self[name].label}: {errors[0]}" for name, errors in self.errors.items() if name in self.fields]
        return [*self.non_field_errors(), *at_fields]

    def values(self) -> Iterator[tuple[Criterion, Value | Picked]]:
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
        return any(self.data.get(field.html_name) for field in self.more_fields())
