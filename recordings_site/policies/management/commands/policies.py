"""The command that carries policies between installations, and into version control."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Role, User
from recordings_site.policies.editor import import_export
from recordings_site.policies.engine.schema.parsing import DocumentError


class Command(BaseCommand):
    """Exports what is published as stable, diffable JSON; imports it as drafts, or publishes it with a reason."""

    help = "Export published policies as JSON, or import them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """export [FILE], or import FILE."""
        parser.add_argument("do", choices=("export", "import"))
        parser.add_argument(
            "file", nargs="?", default="-", help="the JSON file; - for standard output or input (default: -)"
        )
        parser.add_argument(
            "--publish", metavar="REASON", default="", help="import: publish the differences, with this reason"
        )
        parser.add_argument("--by", metavar="EMAIL", default="", help="import: email of the admin responsible")
        parser.add_argument(
            "--dry-run", action="store_true", help="import: show what would change, without changing anything"
        )

    def handle(
        self, *args: Any, do: str, file: str, publish: str, by: str = "", dry_run: bool = False, **options: Any
    ) -> None:
        """Do it."""
        if do == "export":
            text = import_export.export_json()
            if file == "-":
                self.stdout.write(text, ending="")
            else:
                Path(file).write_text(text, encoding="utf-8")
            return
        try:
            data = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
            do_import = import_export.describe_import if dry_run else import_export.import_policies
            for line in do_import(data, reason=publish, by=_admin(by)):
                self.stdout.write(line)
            if dry_run:
                self.stdout.write("Nothing was changed: this was a dry run.")
        except (OSError, ValueError, Refused) as error:
            problems = error.problems if isinstance(error, DocumentError) else ()
            details = "\n".join(f"  {problem.path}: {problem.message}" for problem in problems)
            raise CommandError(f"Nothing was imported. {details or error}") from None


def _admin(email: str) -> User | None:
    """Return the admin with this address, None for "". Raises CommandError for anybody else."""
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True, role=Role.ADMIN).first()
    if found is None:
        raise CommandError(f"Nothing was imported. No admin has the email address {email}.")
    return found
