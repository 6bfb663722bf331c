"""The filters of the list of calls."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone

from recordings_site.recordings.criteria.call_outcome import OUTCOMES
from recordings_site.web.day_field import DayField

FIND = forms.TextInput(attrs={"type": "search", "placeholder": "ID or part of a phone number"})


class CallsForm(forms.Form):
    """Filters calls by text, by what became of them, and by day."""

    q = forms.CharField(required=False, max_length=128, label="Find", widget=FIND)
    decision = forms.ChoiceField(required=False, label="Recording", choices=[("", "Any"), *OUTCOMES])
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")

    def began(self) -> Q:
        """The condition that a call began within the days, whole days in the viewer's time zone."""
        zone = timezone.get_current_timezone()
        since, until = (self.cleaned_data[name] for name in ("since", "until"))
        after = Q(started_at__gte=datetime.combine(since, time.min, zone)) if since else Q()
        end = datetime.combine(until + timedelta(days=1), time.min, zone) if until else None
        return after & Q(started_at__lt=end) if end else after

    def link(self, cursor: str) -> str:
        """Return the query string of a page of results; the first page has no cursor."""
        found = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return "?" + urlencode({**found, "cursor": cursor} if cursor else found)
