"""The filters of the list of calls."""

from urllib.parse import urlencode

from django import forms

from recordings_site.calls.models import UNDECIDED, Decision

FIND = forms.TextInput(attrs={"type": "search", "placeholder": "Id, or digits of a number"})


class CallsForm(forms.Form):
    """Filters calls by text and by decision."""

    q = forms.CharField(required=False, max_length=128, label="Find", widget=FIND)
    decision = forms.ChoiceField(
        required=False,
        label="Decision",
        choices=lambda: [("", "Any"), *Decision.Outcome.choices, (UNDECIDED, "Nothing was decided")],
    )

    def link(self, cursor: str) -> str:
        """Return the query string of a page of results; the first page has no cursor."""
        found = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return "?" + urlencode({**found, "cursor": cursor} if cursor else found)
