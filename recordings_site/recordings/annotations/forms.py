"""Forms of what users add to a recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.base.formatting import either, parse_timecode
from recordings_site.policies.choices import NUMBERS_IN_USE
from recordings_site.recordings.annotations.mentions import unknown_mentions
from recordings_site.recordings.models import RecordingJob, Side

LONGEST_FIND = 200
NOT_MENTIONED = "not_mentioned"


def not_mentioned(names: Sequence[str]) -> str:
    """What is wrong with mentions of these names."""
    listed = either(f"@{name}" for name in names)
    return f"No one named {listed} can see this recording, so no one would be notified."


@dataclass(frozen=True, slots=True)
class SelectedSpan:
    """What a link into a recording selects: start and end in seconds, text to find. Invalid parts are dropped."""

    t: float | None
    end: float | None
    q: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "SelectedSpan":
        """Read `?t=754.2&end=771&q=refund`."""
        t, end = parse_timecode(query.get("t")), parse_timecode(query.get("end"))
        return cls(t, end if t is not None and end is not None and end > t else None, query.get("q", "")[:LONGEST_FIND])


class PlaybackProgressForm(forms.Form):
    """What the player reports every 15 seconds, at 90 % and on leaving."""

    # A post covers 15 s of the clock, at triple speed 45 s of the recording; an hour is a sleeping laptop's.
    seconds = forms.FloatField(min_value=0, max_value=3600)
    position = forms.FloatField(min_value=0, max_value=1_000_000)
    done = forms.BooleanField(required=False)


class PlayerSettingsForm(forms.Form):
    """The player's settings of a user."""

    speed = forms.FloatField(min_value=0.5, max_value=3)
    skip_silence = forms.BooleanField(required=False)


class CommentForm(forms.Form):
    """A comment at a time, on a span, on the whole recording or in reply to one; or the new text of one."""

    at = forms.FloatField(min_value=0, max_value=1_000_000, required=False, widget=forms.HiddenInput)
    end = forms.FloatField(min_value=0, max_value=1_000_000, required=False, widget=forms.HiddenInput)
    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    # Post it although it mentions someone who cannot be mentioned.
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], recording: RecordingJob) -> None:
        super().__init__(data)
        self.recording = recording

    def clean_text(self) -> str:
        """Refuse a mention that would reach no one, unless it is posted all the same."""
        text = str(self.cleaned_data["text"])
        unknown = unknown_mentions(text, self.recording)
        if unknown and not self.data.get("anyway"):
            raise forms.ValidationError(not_mentioned(unknown), code=NOT_MENTIONED)
        return text

    @property
    def can_be_posted_anyway(self) -> bool:
        """Whether nothing but a mention was refused."""
        return self.has_error("text", NOT_MENTIONED) and len(self.errors) == 1

    def clean(self) -> dict[str, Any]:
        """Drop the end of a span that ends before it starts, or that has no start."""
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop("anyway", None)
        at, end = cleaned.get("at"), cleaned.get("end")
        if end is not None and (at is None or end <= at):
            cleaned["end"] = None
        return cleaned


class CorrectionForm(forms.Form):
    """The corrected text of a line."""

    position = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    text = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))


class RevertForm(forms.Form):
    """The line whose original text is restored."""

    position = forms.IntegerField(min_value=0, max_value=1_000_000)


class SpeakerForm(forms.Form):
    """Who a speaker label is; without a name and a side the label is shown again."""

    speaker_label = forms.CharField(max_length=100, required=False, strip=False)
    name = forms.CharField(max_length=100, required=False)
    side = forms.ChoiceField(choices=[("", "Someone else"), *Side.choices], required=False)
    for_number = forms.BooleanField(required=False)


class OffsetForm(forms.Form):
    """Seconds by which the transcript runs early (negative: late) against the audio."""

    offset = forms.FloatField(min_value=-600, max_value=600)


class AssignNumberForm(PickForm):
    """The number of a recording that has none."""

    number = PickField(NUMBERS_IN_USE, label="Assign to", nothing="Choose a number")


class TagForm(forms.Form):
    """One tag: a short word in lower case."""

    name = forms.CharField(max_length=40)

    def clean_name(self) -> str:
        """Return the tag in lower case, with single blanks."""
        return " ".join(str(self.cleaned_data["name"]).lower().split())
