"""From when on a destination is to be walked through."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from recordings_site.web.fields import DayField


class ReconcileForm(forms.Form):
    """An optional day; without one everything is looked at."""

    since = DayField(
        label="Only what was written since",
        required=False,
        help_text="Empty: everything. A walk can be long; it may be left alone.",
    )

    @property
    def moment(self) -> datetime | None:
        """The beginning of that day in the viewer's time zone."""
        day = self.cleaned_data["since"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None
