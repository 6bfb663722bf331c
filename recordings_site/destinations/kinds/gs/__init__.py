"""Google Cloud Storage."""

import secrets

from django import forms

from recordings_site.destinations.kinds.base import Guide, ReadMode, SecretArea, StoreKind
from recordings_site.destinations.kinds.gs import guide, pasted_credentials
from recordings_site.destinations.kinds.pasted_credentials import Pasted


class Gs(StoreKind):
    """A bucket; Sinch writes with an interoperability key, which Google's own API does not take."""

    name = "gs"
    label = "Google Cloud Storage"
    place_fields = ("endpoint",)
    read_modes = (ReadMode.SERVICE_ACCOUNT, ReadMode.AMBIENT, ReadMode.INTEROPERABILITY)
    shows_token = True
    write_remedy = "The interoperability key’s account needs the Storage Object Creator role on the bucket."

    def fit(self, fields: dict[str, forms.Field]) -> None:
        """A JSON key has many lines."""
        fields["read_key"].help_text = "Only for an interoperability key."
        fields["read_secret"].label = "JSON key, or secret of the interoperability key"
        fields["read_secret"].widget = SecretArea(attrs={"rows": 4, "autocomplete": "off", "class": "mono"})

    def write_pasted(self, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """An interoperability key."""
        return pasted_credentials.hmac_key(key, secret)

    def read_pasted(self, mode: str, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """By the mode: the two kinds of key are easily taken for each other."""
        if mode == ReadMode.SERVICE_ACCOUNT:
            return pasted_credentials.service_account(key, secret)
        return pasted_credentials.hmac_key(key, secret, why="Choose the service account above to read with a JSON key.")

    def write_set(self, key: str, secret: str, region: str) -> str:
        """AccessKey:Secret."""
        return f"{key}:{secret}"

    def read_set(self, mode: str, key: str, secret: str) -> str:
        """A service account's JSON alone, or AccessKey:Secret."""
        return f"{key}:{secret}" if mode == ReadMode.INTEROPERABILITY else secret

    def read_problem(self, mode: str, text: str) -> str:
        """A JSON key is pasted whole."""
        if mode == ReadMode.SERVICE_ACCOUNT and not text.startswith("{"):
            return "This isn’t a service account’s JSON key. Paste the whole file."
        return ""

    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        """Commands of gcloud."""
        return guide.of(bucket or "YOUR-BUCKET")

    def read_remedy(self, what: str) -> str:
        """A role's name."""
        return f"Allow the read credentials to {what}: grant the Storage Object Viewer role on the bucket."

    def probe_mark(self, pk: int) -> str:
        """Another one each time: who may only create cannot overwrite."""
        return secrets.token_hex(8)


KIND = Gs()
