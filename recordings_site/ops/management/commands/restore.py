"""The command that restores a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings_site.accounts import audit
from recordings_site.ops.backup import database
from recordings_site.ops.backup.manifest import BackupError


class Command(BaseCommand):
    """`manage.py restore DIR`."""

    help = "Restore a backup into the database named in the settings, which must be empty."
    # They would ask the database that is still empty.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where from."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by `backup`")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Restore, and say what is next."""
        try:
            found = database.restore(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        # The row is of this release, and so must be its table.
        if database.known_migrations() == {*found.migrations}:
            audit.record(by=None, action="backup.restored", data={"made_at": found.made_at, "until": found.audit_id})
        self.stdout.write(f"Restored the backup from {found.made_at}, made by release {found.release}.")
        self.stdout.write("Next: recordings-site migrate, then prove it: recordings-site drill DIR --as ADMIN")
