"""A form that doesn't overwrite someone else's change: it carries fingerprints of the values that it showed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict

LONGEST_VALUE = 60
WHAT_TO_DO = "Nothing was saved. Check your entries, then save again to overwrite the other changes."


class SeenForm(forms.Form):
    """A form of a row that is there; `initial` holds the row's values of now.

    When one of them is not the one that was shown, the form is not valid: it says which, and can be sent again.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self._marks_of_now

    def shown_values(self) -> Mapping[str, Any]:
        """The row's values by the names of their fields."""
        return {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
            if name != "seen" and name in self.initial
        }

    def is_valid(self) -> bool:
        """Whether everything can be saved: nothing that was shown was changed meanwhile."""
        if not super().is_valid():
            return False
        changed = self._changed_meanwhile()
        if changed:
            self.add_error(None, f"Someone else changed this after you opened it: {'; '.join(changed)}. {WHAT_TO_DO}")
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("seen")] = self._marks_of_now()
            self.data = data
        return not changed

    def _marks_of_now(self) -> str:
        return json.dumps({name: mark(value) for name, value in self.shown_values().items()}, sort_keys=True)

    def _changed_meanwhile(self) -> list[str]:
        # The fields that are left are the row's.
        marks = _read(self.cleaned_data.pop("seen", ""))
        values = self.shown_values()
        return [self._now(name, value) for name, value in values.items() if marks.get(name, mark(value)) != mark(value)]

    def _now(self, name: str, value: Any) -> str:
        field = self.fields.get(name)
        if field is None:
            return name
        choices = dict(getattr(field, "choices", ())) if isinstance(field, forms.ChoiceField) else {}
        text = str(choices.get(value, "")) or _text(value) or "empty"
        return f"{field.label or name.replace('_', ' ').capitalize()} is now “{text[:LONGEST_VALUE]}”"


def mark(value: Any) -> str:
    """A few characters that differ when a value does: a text, a number, JSON, a row or rows."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True, default=str).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    match value:
        case Model():
            return value.pk
        case QuerySet():
            return sorted(str(row.pk) for row in value)
        case None:
            return ""
        case _:
            return value


def _text(value: Any) -> str:
    if isinstance(value, QuerySet) or (isinstance(value, Iterable) and not isinstance(value, str | Mapping)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
