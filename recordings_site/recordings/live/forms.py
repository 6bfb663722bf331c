"""The filters of the calls in progress."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.models import User
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.base.text import digits_of
from recordings_site.calls.models import Call, CallQuerySet
from recordings_site.policies.choices import APPLICATIONS_IN_USE, NUMBERS_IN_USE
from recordings_site.recordings.models import RecordingJob, State

RECORDING, STARTS, NOT_RECORDING = "recording", "expected", "none"
STATES = (
    ("", "Any"),
    (RECORDING, "Recording"),
    (STARTS, "Starts when answered"),
    (NOT_RECORDING, "Not recording"),
)
FIND = forms.TextInput(attrs={"type": "search", "placeholder": "Digits or app user"})


class LiveForm(PickForm):
    """Narrows the calls in progress; a filter of which this person has no row is left out."""

    caller = forms.CharField(required=False, max_length=128, label="Caller", widget=FIND)
    number = PickField(NUMBERS_IN_USE, required=False, nothing="Any number")
    team = PickField(TEAMS, required=False, nothing="Any team")
    application = PickField(APPLICATIONS_IN_USE, required=False, nothing="Any application")
    state = forms.ChoiceField(required=False, choices=STATES, label="Recording")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if not APPLICATIONS_IN_USE.rows(user).exists():
            del self.fields["application"]

    def condition(self) -> Q:
        """What the calls that it lets through have in common."""
        data = self.cleaned_data
        names = {"number": "number", "team": "number__team", "application": "application"}
        found = Q(**{column: data[name] for name, column in names.items() if data.get(name)})
        return found & self._caller(data["caller"]) & self._state(data["state"])

    def _caller(self, text: str) -> Q:
        if not text:
            return Q()
        digits = digits_of(text)
        # A trunk zero stands for the country code, which each row has.
        found = Q(caller_digits__contains=digits.lstrip("0")) if digits.lstrip("0") else Q(pk=None)
        return found | Q(caller__icontains=text)

    def _state(self, state: str) -> Q:
        own = RecordingJob.objects.filter(call=OuterRef("pk"))
        runs, starts = Exists(own.filter(state=State.RECORDING)), Exists(own.filter(state=State.EXPECTED))
        conditions = {RECORDING: Q(runs), STARTS: Q(starts) & ~Q(runs), NOT_RECORDING: ~Q(starts) & ~Q(runs)}
        return conditions.get(state, Q())

    def used(self) -> list[tuple[str, str]]:
        """The filters in use as names and values of an address: rows by their ids."""
        if not self.is_valid():
            return []
        return [(name, str(getattr(row, "pk", row))) for name, row in self.cleaned_data.items() if row]

    def link(self, cursor: str = "") -> str:
        """The query string of a page; the first page has no cursor, and no query string without a filter."""
        found = [*self.used(), *([("cursor", cursor)] if cursor else [])]
        return f"?{urlencode(found)}" if found else ""

    def narrowed(self, calls: CallQuerySet) -> CallQuerySet:
        """The calls that it lets through; none while it has an error."""
        return calls.filter(self.condition()) if self.is_valid() else Call.objects.none()
