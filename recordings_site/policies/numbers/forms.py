"""Forms of many numbers: which are shown or meant, and what they are given."""

from typing import Any
from urllib.parse import urlencode

from django import forms

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.policies.choices import APPLICATIONS_IN_USE, POLICIES_IN_USE
from recordings_site.policies.models import PhoneNumber, PhoneNumberQuerySet
from recordings_site.web.keyset import row_key

SHOW = (
    ("", "All numbers"),
    ("unassigned", "Without a published policy"),
    ("unlabelled", "Without a label"),
    ("overriding", "With overrides"),
)
FIND = forms.TextInput(attrs={"type": "search", "placeholder": "Label or digits"})


class NumbersFilter(PickForm):
    """Narrows the list of numbers; what it says stands in the address."""

    q = forms.CharField(required=False, max_length=100, label="Find", widget=FIND)
    application = PickField(APPLICATIONS_IN_USE, required=False, nothing="Any application")
    team = PickField(TEAMS, required=False, nothing="Any team")
    policy = PickField(POLICIES_IN_USE, required=False, nothing="Any policy")
    show = forms.ChoiceField(required=False, choices=SHOW, label="Show")

    FILTERS = ("q", "application", "team", "policy", "show")

    def matching(self) -> PhoneNumberQuerySet:
        """The numbers that it lets through; none while it has an error."""
        if not self.is_valid():
            return PhoneNumber.objects.none()
        found = PhoneNumber.objects.listed().matching(self.cleaned_data["q"])
        found = found.having(**{name: self.cleaned_data[name] for name in ("application", "team", "policy")})
        match self.cleaned_data["show"]:
            case "unassigned":
                return found.without_policy()
            case "unlabelled":
                return found.filter(label="")
            case "overriding":
                return found.overriding()
            case _:
                return found

    def used(self) -> list[tuple[str, str]]:
        """The filters in use as names and values of an address: rows by their ids."""
        if not self.is_valid():
            return []
        values = ((name, self.cleaned_data[name]) for name in self.FILTERS)
        return [(name, str(getattr(value, "pk", value))) for name, value in values if value]

    def words(self) -> list[str]:
        """The filters in use, for people: "team Sales"."""
        shown = {"q": "“{}”", "show": "{}"}
        values = dict(self.used()) and {**self.cleaned_data, "show": dict(SHOW)[self.cleaned_data["show"]].lower()}
        return [shown.get(name, name + " {}").format(values[name]) for name, _ in self.used()]

    def link(self, cursor: str = "") -> str:
        """The query string of a page of this list; the first page has no cursor."""
        return "?" + urlencode([*self.used(), *([("cursor", cursor)] if cursor else [])])


class TickedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django has no generic one
    """Rows that were ticked. What cannot be a key is refused before a database is asked, which would fail."""

    def clean(self, value: Any) -> Any:
        """The rows of these keys."""
        if not all(row_key(str(each)) for each in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class SelectionForm(NumbersFilter):
    """The numbers that are to be changed: all that match the filters, or those that were ticked."""

    all = forms.BooleanField(required=False)
    numbers = TickedField(
        PhoneNumber.objects.in_use(),
        required=False,
        error_messages={"invalid_choice": "A number you selected has since been archived. Select the numbers again."},
    )

    def clean(self) -> dict[str, Any]:
        """At least one number."""
        data = super().clean() or {}
        if not data.get("all") and not data.get("numbers") and "numbers" not in self.errors:
            self.add_error("numbers", "Select at least one number.")
        return data

    def rows(self) -> PhoneNumberQuerySet:
        """The numbers that are meant."""
        if self.cleaned_data["all"]:
            return self.matching()
        return PhoneNumber.objects.listed().filter(pk__in=self.cleaned_data["numbers"])

    def hidden(self) -> list[tuple[str, str]]:
        """What a next page posts again to mean the same numbers."""
        ticked = (
            [] if self.cleaned_data["all"] else [("numbers", str(each.pk)) for each in self.cleaned_data["numbers"]]
        )
        return [*self.used(), *([("all", "on")] if self.cleaned_data["all"] else ticked)]


class EditForm(PickForm):
    """What many numbers are given; what is left empty stays as it is.

    Its names have a prefix: the filters that say which numbers are meant are posted beside it.
    """

    prefix = "to"
    policy = PickField(POLICIES_IN_USE, required=False, nothing="Leave as it is")
    no_policy = forms.BooleanField(
        required=False,
        label="No policy",
        help_text="The application’s default route answers and nothing is recorded.",
    )
    team = PickField(TEAMS, required=False, nothing="Leave as it is", help_text="This team sees their recordings.")
    label = forms.CharField(
        max_length=100, required=False, help_text="The same label for all. Leave empty to keep each number’s own."
    )

    def clean(self) -> dict[str, Any]:
        """One thing at least, and no policy or one."""
        data = super().clean() or {}
        if data.get("policy") and data.get("no_policy"):
            self.add_error("no_policy", "Choose a policy or tick this box, not both.")
        if not self.errors and not any(data.values()):
            raise forms.ValidationError("Choose a policy, team or label for these numbers.")
        return data

    def row(self) -> dict[str, Any]:
        """What the action takes, by column."""
        data, row = self.cleaned_data, dict[str, Any]()
        if data["policy"] or data["no_policy"]:
            row["policy_id"] = data["policy"].pk if data["policy"] else None
        if data["team"]:
            row["team_id"] = data["team"].pk
        if data["label"]:
            row["label"] = data["label"]
        return row

    def words(self) -> str:
        """What it does, for people: "Policy: All calls; team: Sales"."""
        data = self.cleaned_data
        values = {
            "policy": "none" if data["no_policy"] else data["policy"],
            "team": data["team"],
            "label": data["label"],
        }
        found = "; ".join(f"{name}: {value}" for name, value in values.items() if value)
        return found[:1].upper() + found[1:]
