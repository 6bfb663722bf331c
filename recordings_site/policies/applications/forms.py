"""Forms of applications and numbers."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.picking.fields import PickField, PickForm
from recordings_site.base import phone_numbers
from recordings_site.base.addresses import address_problem
from recordings_site.base.phone_numbers import NumberError
from recordings_site.policies.choices import APPLICATIONS_IN_USE, DESTINATIONS_IN_USE, POLICIES_IN_USE
from recordings_site.policies.editor.forms_route import ROUTE_CHOICES, in_country, route_fields, route_json
from recordings_site.policies.engine.schema import locales
from recordings_site.policies.engine.schema.document import parse_default_route
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.policies.models import MAX_UPSTREAM_MS, Application, CallbackMode, PhoneNumber
from recordings_site.sinch import signing
from recordings_site.sinch.errors import SignatureError
from recordings_site.web.seen_form import SeenForm

LOCALE = re.compile(r"(?=.{2,20}\Z)[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
REGIONS = (
    ("", "Global (finds the region)"),
    ("euc1", "Europe (euc1)"),
    ("use1", "North America (use1)"),
    ("sae1", "South America (sae1)"),
    ("apse1", "South East Asia 1 (apse1)"),
    ("apse2", "South East Asia 2 (apse2)"),
)


def country_choices() -> list[tuple[str, str]]:
    """Countries by their two letters and calling code."""
    return [("", "None (reject these numbers)")] + [(c, f"{c} (+{code})") for c, code in phone_numbers.countries()]


def no_password(url: str) -> None:
    """Refuse a web address with a name and password in it: they would be kept in clear."""
    if "@" in url.partition("//")[2].partition("/")[0]:
        raise forms.ValidationError("Remove the user name and password. Requests are signed instead.")


def reachable(url: str) -> None:
    """Refuse a web address that this site must not connect to (base.addresses)."""
    if problem := address_problem(url, allowed=settings.ADDRESSES_ALLOWED):
        raise forms.ValidationError(problem)


class SecretField(forms.CharField):
    """A secret that is entered and never shown again."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)

    def clean(self, value: Any) -> str:
        """The secret as Sinch shows it; it must be Base64."""
        found = str(super().clean(value) or "").strip()
        if found:
            try:
                signing.decode_secret(found)
            except SignatureError as error:
                raise forms.ValidationError(str(error)) from None
        return found


# A UUID, in either case.
KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NOT_A_KEY = (
    "isn’t an application key. Copy it from the Sinch dashboard: 36 characters, such as"
    " 1f9b6c52-7c1f-4a8e-9d3c-2f6b8a4e0d11."
)


class ApplicationForm(SeenForm, PickForm):
    """An application without its secrets, and where calls go by default."""

    use_required_attribute = False

    name = forms.CharField(max_length=100, help_text="For example, Main application.")
    # It goes into a header of each request to Sinch.
    key = forms.CharField(
        max_length=100,
        label="Application key",
        help_text="From the Sinch dashboard.",
        validators=[RegexValidator(r"^[!-~]+\Z", "Only letters, digits and hyphens.")],
    )
    region = forms.ChoiceField(choices=REGIONS, required=False)
    country = forms.ChoiceField(
        choices=country_choices,
        required=False,
        help_text="For numbers without a country code, such as 070-123 45 67.",
    )
    callback_mode = forms.ChoiceField(
        choices=CallbackMode.choices,
        label="Who answers",
        help_text="Relay: your own back end answers, and we add the recording to its answer.",
    )
    upstream_url = forms.URLField(
        required=False,
        validators=[no_password, reachable],
        label="Upstream URL",
        assume_scheme="https",
        help_text="Your own back end, for a relay.",
    )
    upstream_timeout_ms = forms.IntegerField(
        min_value=100,
        max_value=MAX_UPSTREAM_MS,
        initial=2000,
        label="Time limit",
        help_text="Milliseconds. After that, we answer.",
    )
    callout_policy = PickField(
        POLICIES_IN_USE,
        required=False,
        nothing="No policy (not recorded)",
        help_text="For calls your own system places.",
    )
    route_action = forms.ChoiceField(
        choices=[choice for choice in ROUTE_CHOICES if choice[0] != "runMenu"],
        label="Default route",
        help_text="Where calls go if their number has no policy.",
    )

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application
        self.fields.update(route_fields())
        if application is None:
            self.fields["secret"] = SecretField(
                label="Application secret", help_text="Encrypted, and never shown again."
            )

    def clean_key(self) -> str:
        """A key as Sinch makes them, that no other application has; one that was kept before is kept."""
        key = self._unique("key")
        if not KEY.fullmatch(key) and not (self.application and self.application.key == key):
            raise forms.ValidationError(f"This {NOT_A_KEY}")
        return key

    def clean_name(self) -> str:
        """A name that no other application has."""
        return self._unique("name")

    def clean(self) -> dict[str, Any]:
        """The default route as JSON in `default_route`; its problems at the fields that they are about."""
        data = super().clean() or {}
        if data.get("callback_mode") == CallbackMode.RELAY and not data.get("upstream_url"):
            self.add_error("upstream_url", "Enter the upstream URL, or let us answer.")
        data["default_route"] = in_country(route_json(data), data.get("country", ""))
        try:
            parse_default_route(data["default_route"])
        except DocumentError as error:
            for problem in error.problems:
                name = f"route_{problem.path.partition('.')[0]}"
                self.add_error(name if name in self.fields else None, f"It {problem.message}.")
        return data

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        names = ["name", "key", "region", "country", "callback_mode", "upstream_url", "upstream_timeout_ms"]
        names += ["callout_policy", "default_route"]
        return {name: self.cleaned_data[name] for name in names}

    def _unique(self, field: str) -> str:
        value: str = self.cleaned_data[field].strip()
        others = Application.objects.filter(**{field: value})
        if (others.exclude(pk=self.application.pk) if self.application else others).exists():
            raise forms.ValidationError(f"Another application has this {field}.")
        return value


class SecretForm(forms.Form):
    """Replaces one of an application's two secrets."""

    field = forms.ChoiceField(
        choices=(("secret", "First secret"), ("second_secret", "Second secret")), label="Which secret"
    )
    secret = SecretField(
        required=False, label="New secret", help_text="Base64, as Sinch shows it. Leave empty to remove the second one."
    )

    def clean(self) -> dict[str, Any]:
        """The first secret cannot be removed: no callback could be verified."""
        data = super().clean() or {}
        if data.get("field") == "secret" and not data.get("secret"):
            self.add_error("secret", "The first secret verifies callbacks. Enter the new one.")
        return data


class NumberForm(SeenForm, PickForm):
    """A phone number and what answers it."""

    number = forms.CharField(max_length=40, help_text="With its country code, such as +46 8 123 456.")
    label = forms.CharField(max_length=100, required=False, help_text="For example, Support Stockholm.")
    application = PickField(APPLICATIONS_IN_USE)
    team = PickField(TEAMS, help_text="This team sees its recordings.")
    policy = PickField(
        POLICIES_IN_USE,
        required=False,
        nothing="No policy",
        help_text="Without one, the application’s default route answers and nothing is recorded.",
    )
    destination = PickField(
        DESTINATIONS_IN_USE,
        required=False,
        nothing="As in the policy",
        help_text="Overrides the policy’s destination.",
    )
    language = forms.CharField(
        max_length=20,
        required=False,
        help_text="Overrides the policy’s language, for example, sv-SE.",
        widget=forms.TextInput(attrs={"list": "locales"}),
    )

    def __init__(self, *args: Any, number: PhoneNumber | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = number
        if number is not None:
            del self.fields["number"]

    def clean(self) -> dict[str, Any]:
        """The digits of a number that is not known yet, read in the country of its application."""
        data = super().clean() or {}
        if data.get("number"):
            application = data.get("application")
            try:
                data["number"] = phone_numbers.read(data["number"], application.country if application else "")
            except NumberError as error:
                self.add_error("number", f"It {error}.")
            else:
                if PhoneNumber.objects.in_use().filter(digits=data["number"]).exists():
                    self.add_error("number", "This number already exists. Open it from the list.")
        return data

    def clean_language(self) -> str:
        """A locale; unknown ones pass, for Sinch's list may grow."""
        language: str = self.cleaned_data["language"].strip()
        if language and not LOCALE.fullmatch(language):
            raise forms.ValidationError("Enter a locale, such as sv-SE.")
        return language

    @property
    def locales(self) -> tuple[str, ...]:
        """Locales to suggest."""
        return locales.TRANSCRIPTION

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        data = dict(self.cleaned_data)
        if "number" in data:
            data["digits"] = data.pop("number")
        return data
