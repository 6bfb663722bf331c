"""The form of a saved search."""

from django import forms
from django.http import QueryDict

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.models import User
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.recordings.models import SavedPage, SavedSearch

LONGEST_NAME = 80
LONGEST_QUERY = 6000


class SavedSearchForm(PickForm):
    """A saved search's name, its team, and whether its owner is alerted."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="Name shown on home.")
    team = PickField(
        TEAMS, required=False, nothing="Only me", label="Shared with",
        help_text="Everyone on this team can use it. Each person sees only the recordings they have access to.",
    )  # fmt: skip
    alert = forms.BooleanField(required=False, label="Notify me about new matches")
    alert_by_email = forms.BooleanField(required=False, label="Also by email")
    page = forms.ChoiceField(choices=lambda: SavedPage.choices, widget=forms.HiddenInput, required=False)
    query = forms.CharField(max_length=LONGEST_QUERY, widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *, user: User, saved: SavedSearch | None = None, **rest: object):
        super().__init__(data, user=user, **rest)
        self.saved = saved

    def clean_name(self) -> str:
        """Refuse a name that another saved search of the user has."""
        name: str = self.cleaned_data["name"]
        others = SavedSearch.objects.filter(owner=self.user, name=name)
        if self.saved is not None:
            others = others.exclude(pk=self.saved.pk)
        if others.exists():
            raise forms.ValidationError("You already have a saved search with this name. Choose a different one.")
        return name

    def clean_query(self) -> str:
        """Return the page's query string without its cursor."""
        query = QueryDict(self.cleaned_data["query"], mutable=True)
        query.pop("cursor", None)
        return query.urlencode()
