"""Registers the policies application."""

from django.apps import AppConfig

from recordings_site.policies.engine import snapshot


class PoliciesConfig(AppConfig):
    """The policies package as a Django application."""

    name = "recordings_site.policies"
    label = "policies"

    def ready(self) -> None:
        """Say how this process gets its snapshot: from the database, or while that is down from the sealed file."""
        from recordings_site.policies.revision.snapshot_loader import FromDatabase, from_file

        snapshot.configure(FromDatabase(), from_file)
