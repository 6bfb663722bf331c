"""The form of a clip: a span, and what to download of it."""

from typing import Any

from django import forms

from recordings_site.base.formatting import parse_timecode

AUDIO = "audio"
FORMS = (AUDIO, "txt", "srt")


class TimeField(forms.Field):
    """A time in the recording, in seconds or as a clock shows it."""

    def to_python(self, value: Any) -> float | None:
        """The seconds. Raises ValidationError."""
        if value in self.empty_values:
            return None
        seconds = parse_timecode(value)
        if seconds is None:
            raise forms.ValidationError("Enter times like 12:34 or 754.2.")
        return seconds


class ClipForm(forms.Form):
    """`t` and `end`, as in links to a span; `form` is what to download."""

    t = TimeField(error_messages={"required": "Enter the time where the clip starts."})
    end = TimeField(error_messages={"required": "Enter the time where the clip ends."})
    form = forms.ChoiceField(choices=[(each, each) for each in FORMS], required=False)

    def clean(self) -> dict[str, Any]:
        """An end after the start."""
        data = super().clean() or {}
        if "t" in data and "end" in data and data["end"] <= data["t"]:
            raise forms.ValidationError("The end must be after the start.")
        data["form"] = data.get("form") or AUDIO
        return data

    @property
    def first_error(self) -> str:
        """The first thing that is wrong, as a sentence."""
        return next((str(message) for messages in self.errors.values() for message in messages), "")
