"""A folder of this machine, for the demo and for tests."""

import secrets
from pathlib import Path

from django import forms
from django.conf import settings

from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind


class Local(StoreKind):
    """A folder below LOCAL_STORE_ROOT, with a random token in the place of credentials."""

    name = "local"
    label = "Local folder"
    bucket_label = "Folder"
    place_fields = ()
    read_modes = (ReadMode.AMBIENT,)
    has_credentials = False
    demo_only = True
    signs_urls = False
    rights_unknown = "A local folder has no separate permissions."
    write_remedy = "The folder must be writable by the site."

    def endpoint(self, entered: str) -> str:
        """The root of all local folders."""
        return str(Path(settings.LOCAL_STORE_ROOT))

    def fit(self, fields: dict[str, forms.Field]) -> None:
        """Nothing is entered."""
        fields.clear()

    def write_set(self, key: str, secret: str, region: str) -> str:
        """A token."""
        return secrets.token_urlsafe(24)

    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        """There is nothing to do."""
        return Guide(
            "A folder on this machine, for the demo and tests. Sinch can’t write here.",
            "A random token stands in for the credentials.",
            "None needed.",
        )

    def read_remedy(self, what: str) -> str:
        """The operating system's."""
        return "The folder must be readable by the site."


KIND = Local()
