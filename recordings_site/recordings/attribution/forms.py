"""The rule of an assignment, as a person writes it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.policies.choices import DESTINATIONS, NUMBERS_IN_USE
from recordings_site.recordings.attribution.rule import Rule
from recordings_site.web.day_field import DayField

IN_KEY, ONE = "key", "one"
MOST_ASTERISKS = 4


class RuleForm(PickForm):
    """Which recordings without a number are meant, and which number they get."""

    destination = PickField(DESTINATIONS, required=False, nothing="Any destination")
    key_pattern = forms.CharField(
        required=False,
        max_length=300,
        label="File name",
        help_text="The beginning of the name, with folders: calls/support/. Or a pattern with *: calls/*/support-*.mp3",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    by = forms.ChoiceField(
        label="Assign to",
        choices=((ONE, "One number"), (IN_KEY, "The number in each file’s name")),
        widget=forms.RadioSelect,
        initial=ONE,
    )
    number = PickField(
        NUMBERS_IN_USE, required=False, help_text="Needed for “One number”. Its team can then see the recordings."
    )

    def clean_key_pattern(self) -> str:
        """A pattern that a database decides in no time."""
        pattern: str = self.cleaned_data["key_pattern"]
        if pattern.count("*") > MOST_ASTERISKS:
            raise forms.ValidationError(f"Use at most {MOST_ASTERISKS} asterisks.")
        return pattern

    def clean(self) -> dict[str, Any]:
        """A number where one is meant, and days in order."""
        data = super().clean() or {}
        if data.get("by") == ONE and not data.get("number") and "number" not in self.errors:
            self.add_error("number", "Choose a number, or assign by the number in each file’s name.")
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "This date is before the start date. Choose the same day or a later one.")
        return data

    def rule(self) -> Rule:
        """What it says; whole days in the viewer's time zone."""
        data, zone = self.cleaned_data, timezone.get_current_timezone()
        since = datetime.combine(data["since"], time.min, zone) if data["since"] else None
        until = datetime.combine(data["until"] + timedelta(days=1), time.min, zone) if data["until"] else None
        number = data["number"] if data["by"] == ONE else None
        return Rule(data["destination"], data["key_pattern"], since, until, number)
