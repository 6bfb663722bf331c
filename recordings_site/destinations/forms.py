"""What people enter of destinations, per kind of store; secrets go in and never come out."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from recordings_site.destinations import key_template
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.endpoints import endpoint_problem
from recordings_site.destinations.kinds.base import ReadMode, StoreKind
from recordings_site.destinations.models import DEFAULT_KEY_TEMPLATE, Destination, addressing_choices
from recordings_site.sinch import credentials
from recordings_site.sinch.errors import CredentialsError, SinchError
from recordings_site.sinch.uploads import destination_url
from recordings_site.storage import Location, StoreError, open_store
from recordings_site.web.seen_form import SeenForm

NO_WRITE_SET = "Enter the credentials Sinch uploads with."
REGION = "Enter a region such as eu-central-1."
READ_MODE_LABELS = {
    ReadMode.KEYS: "A separate access key",
    ReadMode.AMBIENT: "This machine’s identity",
    ReadMode.SAS: "A shared access signature (SAS)",
    ReadMode.SERVICE_ACCOUNT: "A service account’s JSON key",
    ReadMode.INTEROPERABILITY: "Another interoperability key",
}


class _AccessKey(forms.TextInput):
    """An access key, which a page gives back; what is none may be a whole file with its secret, which it does not."""

    def format_value(self, value: Any) -> str | None:
        """The key as it was entered."""
        return value if value and re.fullmatch(r"GOOG[A-Z0-9]{16,60}|[A-Za-z0-9_-]{1,32}", str(value).strip()) else ""


def _secret(label: str, help_text: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=widget, max_length=10_000)


def _access_key(help_text: str) -> forms.CharField:
    widget = _AccessKey(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label="Access key", help_text=help_text, required=False, widget=widget, max_length=10_000)


class PlaceForm(SeenForm):
    """Where a destination lies and how its objects are named; nothing secret."""

    name = forms.CharField(max_length=100, help_text="For example, Recordings EU.")
    account = forms.SlugField(label="Storage account", max_length=63, help_text="The name only, without a domain.")
    bucket = forms.CharField(max_length=222)
    folder = forms.CharField(
        label="Folder",
        max_length=500,
        required=False,
        help_text="For example, calls/. Leave empty for the top level.",
    )
    region = forms.RegexField(
        r"\A[A-Za-z0-9_-]+\Z",
        error_messages={"invalid": REGION},
        max_length=40,
        help_text="For example, eu-central-1.",
    )
    endpoint = forms.CharField(
        max_length=300,
        required=False,
        help_text="Only for other S3-compatible storage: https://host.",
    )
    addressing = forms.ChoiceField(
        label="Bucket addressing",
        choices=addressing_choices,
        required=False,
        help_text="Only change this if your storage provider asks for path-style or virtual-hosted URLs.",
    )
    key_template = forms.CharField(
        label="Object name pattern",
        max_length=key_template.LONGEST,
        required=False,
        initial=DEFAULT_KEY_TEMPLATE,
        help_text="Inside the folder. Placeholders: "
        + ", ".join(f"{{{name}}}" for name in key_template.FIELDS)
        + ". End with / to let Sinch name the file.",
    )

    def __init__(self, *args: Any, kind: StoreKind, destination: Destination | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.destination = kind, destination
        self.fields["bucket"].label = kind.bucket_label
        for name in {"account", "region", "endpoint", "addressing"} - {*kind.place_fields}:
            del self.fields[name]

    def clean_name(self) -> str:
        """No two destinations have one name."""
        name: str = self.cleaned_data["name"]
        if any(each != self.destination for each in Destination.objects.named(name)):
            raise forms.ValidationError("This name is taken.")
        return name

    def clean_folder(self) -> str:
        """A folder ends in "/", and none begins with one."""
        folder: str = self.cleaned_data["folder"].strip("/")
        return f"{folder}/" if folder else ""

    def clean_endpoint(self) -> str:
        """Only where this site may go."""
        endpoint: str = self.cleaned_data["endpoint"].rstrip("/")
        if endpoint and (problem := endpoint_problem(endpoint, allowed=settings.ADDRESSES_ALLOWED)):
            raise forms.ValidationError(problem)
        return endpoint

    def clean_key_template(self) -> str:
        """A template that could give two recordings one key is refused with the reason."""
        template: str = self.cleaned_data["key_template"].strip()
        if problems := key_template.problems(template):
            raise forms.ValidationError(problems)
        return template

    def clean(self) -> dict[str, Any]:
        """What Sinch will be given must be a destination URL that it takes."""
        found = self.cleaned_data
        if found.get("region") and not found.get("endpoint") and not re.fullmatch(r"[a-z0-9-]+", found["region"]):
            self.add_error("region", REGION)  # Amazon's; other stores have names such as RegionOne
        if found.get("endpoint") and (bucket := found.get("bucket")):
            host, path = urlsplit(found["endpoint"]).hostname or "", urlsplit(found["endpoint"]).path
            if host.startswith(f"{bucket.lower()}.") or path.strip("/").split("/")[-1] == bucket:
                self.add_error(
                    "endpoint", "Enter the endpoint without the bucket. The bucket is added to each request."
                )
        if "bucket" in found and "folder" in found and ("account" in found or "account" not in self.fields):
            account = f"{found['account']}/" if "account" in found else ""
            try:
                destination_url.parse(f"{self.kind.name}://{account}{found['bucket']}/{found['folder']}")
            except SinchError as error:
                self.add_error("bucket", str(error))
        return found

    def place(self) -> dict[str, str]:
        """The fields of the row that are not secret, without the name."""
        names = ("account", "bucket", "region", "endpoint", "addressing", "key_template")
        found = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return {**found, "prefix": self.cleaned_data["folder"]}


def suggested_place(parameters: Mapping[str, str]) -> dict[str, str]:
    """The initial values of a PlaceForm that a link gives in its query; the form validates them like any others."""
    names = ("name", "account", "bucket", "folder", "region")
    return {name: str(parameters[name])[:500] for name in names if parameters.get(name)}


class CredentialsForm(forms.Form):
    """The two sets of credentials, entered once. A set that is left empty stays as it is.

    `location` is None, and `region` empty, while the place is not valid: what depends on it is validated later.
    """

    write_key = _access_key("Sent to Sinch with each recorded call. You can paste a whole credentials file.")
    write_secret = _secret("Secret key", "Encrypted, and never shown again.")
    read_mode = forms.ChoiceField(label="This site reads with", widget=forms.RadioSelect)
    read_key = _access_key("Never leaves this site.")
    read_secret = _secret("Secret key", "Encrypted, and never shown again.")

    def __init__(
        self,
        *args: Any,
        kind: StoreKind,
        location: Location | None,
        region: str = "",
        present: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.kind, self.location, self.region, self.present = kind, location, region, present
        mode = self.fields["read_mode"]
        assert isinstance(mode, forms.ChoiceField)
        mode.choices = [(each, READ_MODE_LABELS[each]) for each in kind.read_modes]
        mode.initial = mode.initial or kind.read_modes[0]
        kind.fit(self.fields)
        for name in ("write_key", "write_secret"):
            if name in self.fields:
                # Both halves may be pasted into one field.
                self.fields[name].required = not present and not {"write_key", "write_secret"} <= set(self.fields)
                self.fields[name].error_messages["required"] = NO_WRITE_SET

    @property
    def write_fields(self) -> list[forms.BoundField]:
        """The fields of the write set."""
        return [self[name] for name in self.fields if name.startswith("write_")]

    @property
    def read_fields(self) -> list[forms.BoundField]:
        """The fields of the read set."""
        return [self[name] for name in self.fields if name.startswith("read_")]

    def clean(self) -> dict[str, Any]:
        """Each set must be one that its store takes, as far as that shows without asking it."""
        found = self.cleaned_data
        self.sets = CredentialSets(self._write(found), self._read(found))
        return found

    @property
    def mode(self) -> str:
        """How we read."""
        return str(self.cleaned_data.get("read_mode") or ReadMode.AMBIENT)

    @property
    def _names(self) -> dict[str, str]:
        """Account and bucket as far as they are known: what is pasted must belong there."""
        place = self.location
        return {"account": place.account if place else "", "bucket": place.bucket if place else ""}

    def _write(self, found: dict[str, Any]) -> str | None:
        if not self.kind.has_credentials:
            return None if self.present else self.kind.write_set("", "", "")
        key, secret = found.get("write_key", "").strip(), found.get("write_secret", "").strip()
        if not (key or secret) and not self.present and "write_key" in self.fields:
            self.add_error("write_secret", NO_WRITE_SET)
        if not (key or secret) or not {"write_key", "write_secret"}.isdisjoint(self.errors):
            return None
        try:
            pasted = self.kind.write_pasted(key, secret, **self._names)
            if not pasted.secret:
                raise CredentialsError(NO_WRITE_SET)
            if text := self.kind.write_set(pasted.key, pasted.secret, self.region):
                credentials.parse(self.kind.name, text)
        except SinchError as error:
            self.add_error("write_secret", str(error))
            return None
        return text or None

    def _read(self, found: dict[str, Any]) -> str | None:
        key, secret = found.get("read_key", "").strip(), found.get("read_secret", "").strip()
        if self.mode == ReadMode.AMBIENT:
            return ""
        if not key and not secret:
            if not self.present:
                self.add_error("read_secret", "Enter read credentials, or choose the machine’s identity.")
            return None
        try:
            pasted = self.kind.read_pasted(self.mode, key, secret, **self._names)
            found["read_mode"] = pasted.mode if pasted.mode in self.kind.read_modes else self.mode
            text = self.kind.read_set(self.mode, pasted.key, pasted.secret)
            if problem := self.kind.read_problem(self.mode, text):
                raise CredentialsError(problem)
            if self.location is not None:
                open_store(self.location, text)
        except (SinchError, StoreError) as error:
            self.add_error("read_secret", str(error))
            return None
        return text
