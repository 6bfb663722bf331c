"""Registers the policies application."""

from django.apps import AppConfig
from django.conf import settings

from recordings_site.policies.engine import snapshot
from recordings_site.sinch import formats


class PoliciesConfig(AppConfig):
    """The policies package as a Django application."""

    name = "recordings_site.policies"
    label = "policies"

    def ready(self) -> None:
        """Say how this process gets its snapshot: from the database, or while that is down from the sealed file."""
        from recordings_site.policies.revision.snapshot_loader import FromDatabase, from_file

        formats.allow(settings.RECORDING_FORMATS)
        snapshot.configure(FromDatabase(), from_file)
