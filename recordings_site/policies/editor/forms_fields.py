"""The form fields of a policy's document, made from its declared fields; their labels, help and choices in words.

The cleaned value of such a form field is the value of the document's field, and so is its initial value.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from recordings_site.accounts.picking.fields import PickField
from recordings_site.base import phone_numbers
from recordings_site.policies.choices import DESTINATIONS_IN_USE
from recordings_site.policies.editor.forms_route import ConditionalField
from recordings_site.policies.engine.explain.descriptions import WEEKDAYS
from recordings_site.policies.engine.schema.document import Announcement, How, PolicyDocument, Rule, When
from recordings_site.policies.engine.schema.fields import (
    Choice,
    Declared,
    Flag,
    Format,
    Integers,
    Kind,
    Locale,
    Masks,
    Number,
    Part,
    Reference,
    Text,
    Texts,
    Time,
    Voice,
)
from recordings_site.policies.engine.schema.sequence import Step
from recordings_site.sinch import formats

LOCALES = forms.TextInput(attrs={"list": "locales"})
VOICES = forms.TextInput(attrs={"list": "voices"})

# What the name of a field does not give: arguments of its form field, and `labels` for its values. `required` says that
# another field makes it necessary: it is not marked as optional, and the document judges it.
SHOWN: Mapping[type[Declared], Mapping[str, Mapping[str, Any]]] = {
    Rule: {
        "record": {"label": "What", "labels": {True: "Record", False: "Do not record"}},
        "percent": {"help_text": "Share of these calls, chosen at random."},
        "name": {"label": "Note"},
        "say": {
            "label": "Separate announcement",
            "widget": forms.Textarea(attrs={"rows": 2}),
            "help_text": "Replaces the policy’s announcement for these calls.",
        },
        "say_locale": {"label": "Voice"},
    },
    When: {
        "direction": {"label": "Which calls", "labels": {"any": "All", "callout": "Callouts"}},
        "weekdays": {"labels": dict(enumerate(WEEKDAYS, 1)), "help_text": "Leave empty for every day."},
        "start": {"label": "From"},
        "end": {"label": "Until"},
        "holidays": {"labels": {"any": "Any day", "only": "Only these", "except": "All except these"}},
        "callers": {
            "help_text": "+4670*, +46701234567, an app user’s name, or “private” for private numbers, "
            "separated by commas.",
        },
        "numbers": {"label": "Called numbers", "help_text": "+468*, separated by commas."},
    },
    Announcement: {
        "kind": {"label": "Announcement", "labels": {"say": "Speak text", "play": "Play files"}},
        "text": {"label": "What callers hear", "required": True, "widget": forms.Textarea(attrs={"rows": 2})},
        "files": {"required": True, "help_text": "Names of prompts at Sinch, separated by commas."},
        "locale": {"label": "Voice", "help_text": "en-US, en-US/female, or the name of a voice, such as Joanna."},
        "recorded": {"label": "Include the announcement in the recording"},
    },
    How: {
        "method": {
            "label": "Start method",
            "labels": {
                "automatic": "Automatic",
                "flag": "Record flag on the action",
                "instruction": "startRecording instruction",
            },
        },
        "start": {
            "label": "Recording starts",
            "labels": {"connect": "When the call connects", "answer": "When the call is answered (ACE)"},
        },
        "format": {"labels": {"mp3": "mp3", "wav": "wav (documented for Voice v2 only)"}},
        "notification_events": {"label": "Notify this site when a file is ready"},
        "transcription": {"label": "Transcribe"},
        "locale": {"label": "Language of the transcript", "required": True},
        "destination": {
            "choices": DESTINATIONS_IN_USE,
            "nothing": "Each number’s language",
        },
        "key_template": {"label": "Object names", "help_text": "Leave empty to use the destination’s pattern."},
        "if_impossible": {
            "label": "If recording isn’t possible",
            "labels": {
                "connect": "Connect the call",
                "notice": "Play a notice, then connect",
                "refuse": "Reject the call",
            },
        },
        "notice": {"label": "The notice", "required": True},
        "upstream": {
            "label": "Recordings requested by your back end",
            "labels": {"keep": "Keep", "replace": "Replace with this policy’s"},
            "help_text": "Only used with a relay.",
        },
    },
    Step: {
        "do": {
            "label": "Then",
            "labels": {"say": "Say", "play": "Play", "start": "Start recording", "stop": "Stop recording"},
        },
        "text": {"label": "What callers hear", "widget": forms.Textarea(attrs={"rows": 2}), "required": True},
        "files": {"help_text": "Names of prompts at Sinch, separated by commas.", "required": True},
        "locale": {"label": "Voice"},
    },
    PolicyDocument: {
        "otherwise_record": {
            "label": "Calls that match no rule",
            "labels": {False: "Do not record", True: "Record"},
        },
        "time_zone": {
            "required": True,
            "help_text": "Applies to hours, weekdays and holidays. For example, Europe/Stockholm.",
        },
        "holidays": {
            "widget": forms.Textarea(attrs={"rows": 1}),
            "help_text": "2026-12-24, or 12-25 for every year, separated by commas.",
        },
        "outbound": {
            "label": "Outbound calls from app users",
            "labels": {"dialled": "Dialed destination", "route": "Same route"},
        },
        "answer_conference": {
            "label": "Conference to join",
            "required": True,
            "help_text": "Placeholders: {to}, {number}, {cli}, {call_id}. Records the call, not the conference.",
        },
        "on_answer": {
            "label": "When answered, the call",
            "labels": {"continue": "continues", "hangup": "ends", "conference": "joins a conference"},
        },
    },
}


class LineField(ConditionalField):
    """A line of text; a text area's line breaks are spaces to who hears it."""

    def to_python(self, value: Any) -> str:
        """The text on one line."""
        return (super().to_python(value) or "").replace("\r\n", " ").replace("\n", " ").strip()


class TextsField(ConditionalField):
    """Texts separated by commas or line breaks; `masks` are of phone numbers: national ones belong to `country`."""

    country = ""

    def __init__(self, *, masks: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.masks = masks

    def clean(self, value: Any) -> Any:
        """The texts without the empty ones."""
        parts = [part.strip() for part in super().clean(value).replace("\n", ",").split(",")]
        return tuple(
            phone_numbers.international_mask(part, self.country) if self.masks else part for part in parts if part
        )

    def prepare_value(self, value: Any) -> Any:
        """As people write them."""
        return ", ".join(value) if isinstance(value, tuple) else value


class YesNoField(forms.TypedChoiceField):
    """A flag as a choice between two things, in the order of their words."""

    def __init__(self, *, labels: Mapping[bool, str], **kwargs: Any) -> None:
        choices = [("yes" if value else "no", word) for value, word in labels.items()]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The choice that stands for a flag."""
        return ("yes" if value else "no") if isinstance(value, bool) else value


class PlainNumberField(forms.DecimalField):
    """A number as JSON has it: whole ones stay whole."""

    def clean(self, value: Any) -> Any:
        """The number, or None."""
        found = super().clean(value)
        return found if found is None else int(found) if found % 1 == 0 else float(found)


class ReferenceField(PickField):
    """The id of a row."""

    def clean(self, value: Any) -> Any:
        """The id, or None."""
        found = super().clean(value)
        return found.pk if found else None


def form_fields(part: type[Declared]) -> dict[str, forms.Field]:
    """A form field for each declared field that a form shows, by its name in the form: `how_announcement_text`."""
    return {
        f"{prefix}{name}": _form_field(kind, name, SHOWN.get(owner, {}).get(name, {}))
        for owner, prefix in _parts(part)
        for name, kind, _ in owner.declared()
        if isinstance(kind, SINGLE)
    }


def form_values(value: Declared, prefix: str = "") -> dict[str, Any]:
    """The initial data of these form fields."""
    found: dict[str, Any] = {}
    for name, kind, _ in value.declared():
        each = getattr(value, name)
        if isinstance(kind, Part):
            found |= form_values(each, _inside(prefix, name))
        elif isinstance(kind, SINGLE):
            found[f"{prefix}{name}"] = each
    return found


def form_json(part: type[Declared], data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The JSON of the cleaned data; what could not be read, or is not there, has its default."""
    found: dict[str, Any] = {}
    for name, kind, default in part.declared():
        if isinstance(kind, Part):
            found[name] = form_json(kind.of, data, _inside(prefix, name))
        elif isinstance(kind, SINGLE):
            value = data.get(f"{prefix}{name}")
            found[name] = kind.write(default if value is None else value)
    return found


def as_posted(value: Declared) -> dict[str, list[str]]:
    """What a browser posts of a form that shows `value` as it is."""
    values = form_values(value)
    shown = {name: each.prepare_value(values[name]) for name, each in form_fields(type(value)).items()}
    return {
        name: [str(item) for item in (each if isinstance(each, tuple) else (each,))]
        for name, each in shown.items()
        if each not in (None, "") and each is not False
    }


# What one form field shows; anything else has a formset or fields of its own.
SINGLE = (Choice, Flag, Format, Integers, Number, Reference, Text, Texts)


def _parts(part: type[Declared], prefix: str = "") -> Iterator[tuple[type[Declared], str]]:
    yield part, prefix
    for name, kind, _ in part.declared():
        if isinstance(kind, Part):
            yield from _parts(kind.of, _inside(prefix, name))


def _inside(prefix: str, name: str) -> str:
    # The conditions of a rule stand beside the rest of it.
    return prefix if name == "when" else f"{prefix}{name}_"


def _form_field(kind: Kind, name: str, shown: Mapping[str, Any]) -> forms.Field:
    labels: Mapping[Any, str] = shown.get("labels", {})
    given = {"label": name.replace("_", " ").capitalize(), **shown}
    given.pop("labels", None)
    optional = {"required": False, **given}
    match kind:
        case Flag() if labels:
            return YesNoField(labels=labels, **given)
        case Flag():
            return forms.BooleanField(**optional)
        case Format():
            return forms.ChoiceField(choices=lambda: [(f, labels.get(f, f)) for f in formats.allowed()], **given)
        case Choice():
            return forms.ChoiceField(choices=[(c, labels.get(c, c.capitalize())) for c in kind.choices], **given)
        case Integers():
            choices = [(value, labels.get(value, str(value))) for value in range(kind.least, kind.most + 1)]
            ticked = forms.CheckboxSelectMultiple
            return forms.TypedMultipleChoiceField(choices=choices, coerce=int, **{"widget": ticked, **optional})
        case Number():
            return PlainNumberField(min_value=kind.least, max_value=kind.most, decimal_places=2, **optional)
        case Reference():
            return ReferenceField(**optional)
        case Texts():
            return TextsField(masks=isinstance(kind, Masks), **optional)
        case Time():
            clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            return LineField(max_length=5, **{"widget": clock, **optional})
        case Text():
            widget = {Locale: LOCALES, Voice: VOICES}.get(type(kind), forms.TextInput)
            return LineField(max_length=kind.most, **{"widget": widget, **optional})
    raise TypeError(f"no form field shows {name}, a {type(kind).__name__}")
