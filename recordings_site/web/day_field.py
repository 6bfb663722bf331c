"""The form field of a day, which is a filter on many pages: whatever stands in an address, it has its midnights."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

# The first and the last days that a calendar has lie outside of it in some time zone.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


class DayField(forms.DateField):
    """A day, picked or typed, that begins and ends in each time zone."""

    def __init__(self, *, widget: forms.DateInput | None = None, **kwargs: Any) -> None:
        message = f"Enter a date between {FIRST.year} and {LAST.year}."
        super().__init__(
            widget=widget or forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(FIRST, message), MaxValueValidator(LAST, message)],
            **kwargs,
        )
