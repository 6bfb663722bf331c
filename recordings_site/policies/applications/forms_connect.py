"""Forms that connect an application: numbers to import, callback URLs, the relay."""

from typing import Any

from django import forms

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.base.formatting import digits
from recordings_site.policies.applications.actions_connect import Imported
from recordings_site.policies.applications.forms import no_password, reachable
from recordings_site.policies.choices import POLICIES_IN_USE
from recordings_site.policies.models import MAX_UPSTREAM_MS, CallbackMode
from recordings_site.web.seen_form import SeenForm


class ImportForm(PickForm):
    """Numbers that Sinch has and that are to be known here, all for one team and policy."""

    team = PickField(TEAMS, help_text="This team sees their recordings.")
    policy = PickField(
        POLICIES_IN_USE,
        required=False,
        nothing="No policy",
        help_text="Without one, the application’s default route answers and nothing is recorded.",
    )
    everything = forms.BooleanField(required=False)
    # Not ticked: it takes the numbers away from where their calls go now.
    assign = forms.BooleanField(
        required=False,
        label="Send calls to these numbers to this application",
        help_text="This moves the numbers from their current application at Sinch.",
    )

    def __init__(self, *args: Any, choices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(number, number) for number in choices]
        self.fields["numbers"] = forms.MultipleChoiceField(choices=pairs, required=False)
        self.offered = choices

    def clean(self) -> dict[str, Any]:
        """All numbers that are offered, or those among them that are selected."""
        data = super().clean() or {}
        if data.get("everything"):
            data["numbers"] = self.offered
        elif not data.get("numbers") and "numbers" not in self.errors:
            self.add_error("numbers", "Select at least one number.")
        return data

    def numbers(self) -> list[Imported]:
        """The selected numbers as the action takes them."""
        data = self.cleaned_data
        return [Imported(digits(number), data["team"], "", data["policy"]) for number in data["numbers"]]


class CallbacksForm(forms.Form):
    """Where Sinch sends callbacks when it gets no answer from the first URL."""

    fallback = forms.URLField(
        required=False, label="Fallback URL", max_length=500, assume_scheme="https",
        help_text="Used when this site doesn’t answer, for example, a fallback on another machine.",
    )  # fmt: skip

    def __init__(self, *args: Any, relays: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if relays:
            self.fields["fallback"].help_text = (
                "Used when this site doesn’t answer. Enter your upstream’s own address if Sinch can reach it: it then "
                "answers those calls, without recording. Our fallback doesn’t relay: it sends each "
                "call to its number’s route, or to the default route."
            )


class RelayForm(SeenForm):
    """Who answers: this site, or an upstream whose answers get the recording added."""

    mode = forms.ChoiceField(choices=CallbackMode.choices, label="Who answers", widget=forms.RadioSelect)
    url = forms.URLField(
        required=False, label="Upstream URL", max_length=500, assume_scheme="https",
        validators=[no_password, reachable], help_text="Your own callback back end. We call it the way Sinch does.",
    )  # fmt: skip
    timeout_ms = forms.IntegerField(
        min_value=100, max_value=MAX_UPSTREAM_MS, label="Limit", initial=2000,
        help_text="Milliseconds. After that, the number’s own route answers.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A relay needs its upstream."""
        data = super().clean() or {}
        if data.get("mode") == CallbackMode.RELAY and not data.get("url") and "url" not in self.errors:
            self.add_error("url", "Enter the upstream URL, or let this site answer.")
        return data
