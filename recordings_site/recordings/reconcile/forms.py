"""The options of a reconciliation."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from recordings_site.web.day_field import DayField


class ReconcileForm(forms.Form):
    """An optional first day, and whether missing files were deleted on purpose."""

    since = DayField(
        label="Only files written since",
        required=False,
        help_text="Leave empty for everything. Large imports take a while and run in the background.",
    )
    gone_is_deleted = forms.BooleanField(
        label="Missing files were deleted on purpose",
        required=False,
        help_text="For example, by the bucket’s retention rules. Missing files are then marked as deleted "
        "instead of faulty, and become playable again if found.",
    )

    @property
    def since_datetime(self) -> datetime | None:
        """The start of that day in the user's time zone."""
        day = self.cleaned_data["since"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None
