"""Azure Blob Storage."""

from collections.abc import Sequence

from django import forms

from recordings_site.destinations.kinds.azure import guide
from recordings_site.destinations.kinds.azure.pasted_credentials import take_apart
from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind
from recordings_site.destinations.kinds.pasted_credentials import Pasted
from recordings_site.sinch.errors import CredentialsError


class Azure(StoreKind):
    """A container in a storage account, whose key is all that Sinch takes."""

    name = "azure"
    label = "Azure Blob Storage"
    bucket_label = "Container"
    place_fields = ("account", "endpoint")
    read_modes = (ReadMode.SAS, ReadMode.KEYS, ReadMode.AMBIENT)
    shows_token = True
    write_remedy = "Copy one of the account’s two access keys again, and check the account and container names."

    def fit(self, fields: dict[str, forms.Field]) -> None:
        """Keys without names."""
        del fields["write_key"], fields["read_key"]
        fields["write_secret"].label = "The storage account’s access key"
        fields["read_secret"].label = "SAS or account key"

    def write_pasted(self, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """The account key alone: Sinch takes no SAS."""
        found = take_apart(secret, account=account, container=bucket)
        if found.mode == ReadMode.SAS:
            raise CredentialsError("This is a SAS. Sinch only accepts the storage account’s access key.")
        return found

    def read_pasted(self, mode: str, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """A SAS or an account key, whichever it is."""
        return take_apart(secret, account=account, container=bucket)

    def write_set(self, key: str, secret: str, region: str) -> str:
        """The account key."""
        return secret

    def read_problem(self, mode: str, text: str) -> str:
        """A SAS and a key are easily taken for each other."""
        if mode == ReadMode.SAS and "sig=" not in text:
            return "This isn’t a SAS. A SAS looks like sv=…&sig=…"
        return ""

    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        """Commands of Azure's CLI."""
        return guide.of(account or "YOURACCOUNT", bucket or "YOUR-BUCKET")

    def read_remedy(self, what: str) -> str:
        """A SAS's letters and a role's name."""
        return (
            f"Allow the read credentials to {what}. A SAS needs the rl permissions; "
            "a managed identity needs the Storage Blob Data Reader role."
        )

    def excess(self, can: Sequence[str]) -> tuple[str, str]:
        """An account key can do everything."""
        return (
            "An account key gives full control over the whole storage account. "
            "Sinch doesn’t accept more limited credentials.",
            "Use a separate storage account for recordings, and rotate its keys regularly.",
        )


KIND = Azure()
