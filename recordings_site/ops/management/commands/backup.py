"""The command that backs the database up while the site runs."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from recordings_site.accounts import audit
from recordings_site.ops.backup import database, manifest
from recordings_site.ops.backup.manifest import BackupError

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py backup DIR`."""

    help = "Back up the database into a new folder while the site runs. The keys are not included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where to."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Back up, and say what is in it and what is not."""
        try:
            made = database.backup(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        try:
            audit.record(by=None, action="backup.made", data={"folder": str(folder), "until": made.audit_id})
        except DatabaseError:
            log.warning("This backup is not in the audit trail, because the database accepts no rows.")
        self.stdout.write(f"Backed up to {folder}: {manifest.as_text(made.counts)}.")
        self.stdout.write(
            "NOT included: CREDENTIALS_KEYS, AUDIT_KEY and SECRET_KEY. Keep them "
            "elsewhere. Without them, nothing can be decrypted. "
            "Audio and Sinch’s transcript files are in your own buckets."
        )
