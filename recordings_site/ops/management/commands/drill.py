"""The command that proves a restored site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.ops.backup.drill import drill
from recordings_site.ops.backup.manifest import BackupError


class Command(BaseCommand):
    """`manage.py drill [DIR] --as EMAIL`."""

    help = "Prove a restored site: rows, audit trail, secrets, and that a recording of each destination plays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the backup to compare with, and who plays."""
        parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="the backup to compare rows with")
        parser.add_argument(
            "--as",
            dest="email",
            required=True,
            metavar="EMAIL",
            help="email of an admin, as whom recordings are played",
        )

    def handle(self, *args: Any, folder: Path | None, email: str, **options: Any) -> None:
        """Print each proof; fail when one failed."""
        by = User.objects.active_admins().filter(email__iexact=email).first()
        if by is None:
            raise CommandError(f"{email} isn’t an admin of this site. Name an admin, as whom recordings are played.")
        failed = 0
        try:
            for finding in drill(folder, by=by):
                failed += bool(finding.problem)
                if finding.problem:
                    self.stdout.write(self.style.ERROR(f"FAILED  {finding.what}: {finding.problem}"))
                else:
                    self.stdout.write(f"ok      {finding.what}")
        except BackupError as error:
            raise CommandError(str(error)) from error
        audit.record(by=by, action="backup.drilled", data={"folder": str(folder or ""), "failed": failed})
        if failed:
            raise CommandError("Not proven. Fix what failed, then run this again.")
        self.stdout.write("Proven: rows, audit trail and secrets are complete, and recordings play.")
