"""The fields of a route in a form, and the route's JSON from them and to them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from recordings_site.base import phone_numbers

ROUTE_CHOICES = (
    ("connectPstn", "Phone number (connectPstn)"),
    ("asDialled", "Dialed destination: number, app user, conference or SIP"),
    ("connectSip", "SIP endpoint (connectSip)"),
    ("connectMxp", "App user (connectMxp)"),
    ("connectConf", "Conference (connectConf)"),
    ("runMenu", "Menu for the caller (runMenu)"),
    ("park", "Park the caller (park)"),
    ("hangup", "Hang up (hangup)"),
)
BRANCH_CHOICES = (
    ("connectPstn", "Phone number"),
    ("connectSip", "SIP endpoint"),
    ("connectConf", "Conference"),
    ("hangup", "Hang up"),
)
RECORDING_CHOICES = (("", "Continues unchanged"), ("stop", "Stops"), ("start", "Starts"))
MUSIC = (
    ("", "Sinch’s default"),
    ("ring", "Ringing"),
    ("music1", "Music 1"),
    ("music2", "Music 2"),
    ("music3", "Music 3"),
)
# Which fields belong to which action; the JSON has the name without "route_".
FIELDS: Mapping[str, tuple[str, ...]] = {
    "connectPstn": ("number", "cli", "max_duration", "dial_timeout", "suppress_callbacks"),
    "asDialled": ("cli", "max_duration", "suppress_callbacks"),
    "connectSip": ("endpoint", "cli", "transport", "max_duration", "moh", "suppress_callbacks"),
    "connectMxp": ("username",),
    "connectConf": ("conference_id", "moh"),
    "runMenu": ("prompt", "repeat_prompt", "repeats", "locale", "barge", "default_recording"),
    "park": ("intro_prompt", "hold_prompt", "locale", "max_duration"),
    "hangup": (),
}
TARGET = {"connectPstn": "number", "connectSip": "endpoint", "connectConf": "conference_id"}


class ConditionalField(forms.CharField):
    """A text that another choice makes necessary: not "optional", and judged with the document, not by itself."""

    def validate(self, value: Any) -> None:
        """Leave it to the document."""


def route_fields() -> dict[str, forms.Field]:
    """Every field that a route may need; which of them count depends on the action."""
    text, number = forms.CharField, forms.IntegerField
    return {
        "route_number": ConditionalField(
            label="Number", max_length=30, help_text="+46…, or {to} for the dialed number."
        ),
        "route_endpoint": ConditionalField(
            label="SIP endpoint", help_text="agent@pbx.example.com, or {to}@pbx.example.com."
        ),
        "route_username": ConditionalField(
            label="App user", help_text="The user’s name in your app, or {to} for the dialed user."
        ),
        "route_conference_id": ConditionalField(
            label="Conference ID", max_length=64, help_text="Placeholders: {to}, {number}, {cli}, {call_id}."
        ),
        "route_cli": ConditionalField(
            label="Caller ID shown",
            max_length=30,
            help_text="{cli} for the caller, {number} for our number, or +46…",
        ),
        "route_transport": forms.ChoiceField(
            label="Transport",
            required=False,
            choices=[("", "Sinch’s default"), ("UDP", "UDP"), ("TCP", "TCP"), ("TLS", "TLS")],
        ),
        "route_moh": forms.ChoiceField(label="Hold music", required=False, choices=MUSIC),
        "route_prompt": ConditionalField(label="Menu prompt", max_length=600, widget=forms.Textarea(attrs={"rows": 2})),
        "route_repeat_prompt": text(
            label="Repeat prompt", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2})
        ),
        "route_repeats": number(label="Number of repeats", required=False, min_value=0, max_value=10),
        "route_barge": forms.BooleanField(label="Callers can press a key before it ends", required=False),
        "route_default_recording": forms.ChoiceField(
            label="Recording, after any other key", required=False, choices=RECORDING_CHOICES
        ),
        "route_intro_prompt": text(label="Message when parked", required=False, max_length=600),
        "route_hold_prompt": text(label="Message while on hold", required=False, max_length=600),
        "route_locale": text(
            label="Voice of the prompts",
            required=False,
            max_length=40,
            widget=forms.TextInput(attrs={"list": "voices"}),
        ),
        "route_max_duration": number(
            label="Maximum duration", required=False, min_value=1, max_value=14400, help_text="Seconds, at most 14,400."
        ),
        "route_dial_timeout": number(
            label="Maximum ring time", required=False, min_value=1, max_value=120, help_text="Seconds."
        ),
        "route_suppress_callbacks": forms.BooleanField(
            label="No ACE or DiCE for this call", required=False, help_text="The end of the call won’t be reported."
        ),
    }


def route_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """The route's JSON from a form's data; what is empty is left to its default."""
    action = data.get("route_action") or "hangup"
    route: dict[str, Any] = {"action": action}
    for name in FIELDS[action]:
        value = data.get(f"route_{name}")
        if value not in (None, ""):
            # A text area's line breaks are spaces to who hears it.
            route[name] = " ".join(value.split()) if isinstance(value, str) else value
    if action == "runMenu":
        route.setdefault("prompt", "")
        route["barge"] = bool(data.get("route_barge"))
    # An empty target is an error to show, never a reason to fall back to a default.
    if action in TARGET:
        route.setdefault(TARGET[action], "")
    if action == "connectPstn":
        route.setdefault("cli", "{cli}")
    return route


def route_initial(route: Mapping[str, Any]) -> dict[str, Any]:
    """A form's initial data from the route's JSON."""
    initial: dict[str, Any] = {"route_cli": "{cli}", "route_repeats": 1, "route_barge": True}
    for name, value in route.items():
        if name not in ("options", "default"):
            initial[f"route_{name}"] = value
    return initial


def branch_json(action: str, target: str) -> dict[str, Any]:
    """The JSON of a place that a menu leads to."""
    if action not in TARGET:
        return {"action": action or "hangup"}
    return {"action": action, TARGET[action]: target}


def in_country(route: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The route's JSON with its numbers in E.164, those of its menu's branches too.

    A national one is read as a number of `country`; what cannot be read stays, for the document to refuse.
    """
    found = {**route}
    for name in ("number", "cli"):
        if isinstance(found.get(name), str):
            found[name] = phone_numbers.typed(found[name], country)
    if "options" in found:
        found["options"] = [{**option, "route": in_country(option["route"], country)} for option in found["options"]]
    if "default" in found:
        found["default"] = in_country(found["default"], country)
    return found


def branch_initial(route: Mapping[str, Any]) -> tuple[str, str]:
    """Action and target of a place that a menu leads to."""
    action = str(route.get("action", "hangup"))
    default = "{to}" if action == "connectPstn" else ""
    return action, str(route.get(TARGET.get(action, ""), default))
