"""The form field for a date, a filter on many pages: any valid value has a midnight in every time zone."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

# The first and the last days that a calendar has lie outside of it in some time zone.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


class DayField(forms.DateField):
    """A date, picked or typed, that begins and ends within the calendar in every time zone."""

    def __init__(self, *, widget: forms.DateInput | None = None, **kwargs: Any) -> None:
        message = f"Enter a date between {FIRST.year} and {LAST.year}."
        super().__init__(
            widget=widget or forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(FIRST, message), MaxValueValidator(LAST, message)],
            **kwargs,
        )
