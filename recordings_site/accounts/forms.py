"""What people type about people: invitations, roles, teams, profiles, and filters of the activity."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.models import Role, Team, User
from recordings_site.accounts.picking.fields import PickForm, PickManyField
from recordings_site.web.day_field import DayField
from recordings_site.web.seen_form import SeenForm

ROLE_HELP = (
    "Support agents listen and search; supervisors also export, correct and tag; admins also set policies, numbers, "
    "destinations and people; auditors can see everything but can’t change anything."
)


class PersonForm(SeenForm, PickForm):
    """Name, role and teams of a person."""

    name = forms.CharField(max_length=100, required=False)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.SUPPORT, help_text=ROLE_HELP)
    teams = PickManyField(
        TEAMS,
        required=False,
        help_text="People see the recordings of their teams. Admins and auditors see all recordings.",
    )


class InviteForm(PersonForm):
    """A new account."""

    email = forms.EmailField(
        label="Email address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("email", "name", "role", "teams")

    def clean_email(self) -> str:
        """The address in lower case; an address that has an account is refused."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.with_address(email):
            raise forms.ValidationError("This address already has an account. Open it from the list to change it.")
        return email


class TeamForm(SeenForm):
    """A team's name."""

    name = forms.CharField(max_length=100, label="Team name")

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        """The name; one that another team bears is refused."""
        name: str = self.cleaned_data["name"].strip()
        others = Team.objects.named(name)
        if self.team is not None:
            others = others.exclude(pk=self.team.pk)
        if others.exists():
            raise forms.ValidationError("This name is taken. Choose a different one.")
        return name


def zone_choices() -> list[tuple[str, str]]:
    """Every time zone that this machine knows, places first."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [("", "Site default"), ("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.Form):
    """What one may set of oneself."""

    name = forms.CharField(max_length=100, required=False, help_text="Shown beside your comments.")
    time_zone = forms.ChoiceField(choices=zone_choices, required=False, help_text="Times are shown in this time zone.")


class ZoneForm(forms.Form):
    """The answer to the browser's guess of a time zone: a zone, or nothing to keep what is."""

    time_zone = forms.ChoiceField(choices=zone_choices, required=False)


class ActivityForm(forms.Form):
    """Filters of the activity; all are optional."""

    who = forms.CharField(max_length=254, required=False, label="Who")
    action = forms.CharField(max_length=60, required=False, label="What")
    subject = forms.CharField(max_length=200, required=False, label="Object")
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    before = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62)

    def filters(self) -> dict[str, Any]:
        """The arguments of `AuditQuerySet.matching`: days are whole days in the viewer's time zone."""
        found = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        zone = timezone.get_current_timezone()

        def midnight(day: Any, plus: int) -> datetime | None:
            return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=plus) if day else None

        return {
            "who": found.get("who") or "",
            "action": found.get("action") or "",
            "subject": found.get("subject") or "",
            "since": midnight(found.get("since"), 0),
            "until": midnight(found.get("until"), 1),
        }

    def cursor(self) -> dict[str, int | None]:
        """Where the page begins."""
        found = getattr(self, "cleaned_data", {})
        return {"before": found.get("before"), "after": found.get("after")}
