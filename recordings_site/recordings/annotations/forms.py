"""What people may ask of a recording, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from recordings_site.base.formatting import parse_timecode
from recordings_site.policies.choices import NUMBERS_IN_USE
from recordings_site.web.pick_field import PickField, PickForm

LONGEST_FIND = 200


@dataclass(frozen=True, slots=True)
class SelectedSpan:
    """Where a link into a recording points: seconds, the end of a span, words to find. Nonsense is left out."""

    t: float | None
    end: float | None
    q: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "SelectedSpan":
        """Read `?t=754.2&end=771&q=refund`."""
        t, end = parse_timecode(query.get("t")), parse_timecode(query.get("end"))
        return cls(t, end if t is not None and end is not None and end > t else None, query.get("q", "")[:LONGEST_FIND])


class PlaybackProgressForm(forms.Form):
    """What the player tells every 15 seconds, at 90 % and on leaving."""

    # A post covers 15 s of the clock, at triple speed 45 s of the recording; an hour is a sleeping laptop's.
    seconds = forms.FloatField(min_value=0, max_value=3600)
    position = forms.FloatField(min_value=0, max_value=1_000_000)
    done = forms.BooleanField(required=False)


class PlayerSettingsForm(forms.Form):
    """How a person listens."""

    speed = forms.FloatField(min_value=0.5, max_value=3)
    skip_silence = forms.BooleanField(required=False)


class CommentForm(forms.Form):
    """A remark at a moment or on a span."""

    at = forms.FloatField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    end = forms.FloatField(min_value=0, max_value=1_000_000, required=False, widget=forms.HiddenInput)
    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        """A span that ends before it starts is a moment."""
        cleaned = super().clean() or self.cleaned_data
        at, end = cleaned.get("at"), cleaned.get("end")
        if at is not None and end is not None and end <= at:
            cleaned["end"] = None
        return cleaned


class CorrectionForm(forms.Form):
    """What a line should say."""

    position = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    text = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))


class RevertForm(forms.Form):
    """Which line returns to what Sinch heard."""

    position = forms.IntegerField(min_value=0, max_value=1_000_000)


class SpeakerForm(forms.Form):
    """Who a speaker label is; an empty name returns to the label."""

    speaker_label = forms.CharField(max_length=100, required=False, strip=False)
    name = forms.CharField(max_length=100, required=False)
    for_number = forms.BooleanField(required=False)


class OffsetForm(forms.Form):
    """By how many seconds the transcript runs early (negative: late) against the sound."""

    offset = forms.FloatField(min_value=-600, max_value=600)


class AssignNumberForm(PickForm):
    """To which number a recording belongs of which that is not known."""

    number = PickField(NUMBERS_IN_USE, label="It belongs to", nothing="Choose a number")


class TagForm(forms.Form):
    """One tag: a short word in lower case."""

    name = forms.CharField(max_length=40)

    def clean_name(self) -> str:
        """The same word in any case is the same tag."""
        return " ".join(str(self.cleaned_data["name"]).lower().split())
