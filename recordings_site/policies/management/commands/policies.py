"""The command that carries a set-up between installations, and into version control."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings_site.accounts import audit
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Role, User
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.policies.models import LONGEST_REASON
from recordings_site.policies.setup.file import export_json, read_json
from recordings_site.policies.setup.importing import import_setup


class Command(BaseCommand):
    """Exports teams, applications, policies and numbers as stable, diffable JSON, and brings a site in line with it."""

    help = "Export teams, applications, published policies and numbers as JSON, or import them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """export [FILE], or import FILE."""
        parser.add_argument("do", choices=("export", "import"))
        parser.add_argument(
            "file", nargs="?", default="-", help="the JSON file; - for standard output or input (default: -)"
        )
        parser.add_argument(
            "--publish", metavar="REASON", default="", help="import: publish policies that differ, with this reason"
        )
        parser.add_argument("--by", metavar="EMAIL", default="", help="email of the admin responsible")
        parser.add_argument(
            "--dry-run", action="store_true", help="import: show what would change, without changing anything"
        )

    def handle(self, *args: Any, do: str, file: str, by: str = "", **options: Any) -> None:
        """Do it."""
        if do == "export":
            self._export(file, _admin(by, "exported"))
            return
        try:
            if len(options["publish"]) > LONGEST_REASON:
                raise ValueError(f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            reason, dry_run = options["publish"], options["dry_run"]
            steps = import_setup(read_json(text), reason=reason, by=_admin(by, "imported"), dry_run=dry_run)
        except DocumentError as error:
            details = "".join(f"\n  {problem.path or 'file'}: {problem.message}" for problem in error.problems)
            raise CommandError(f"Nothing was imported.{details}") from None
        except (OSError, ValueError, Refused) as error:
            raise CommandError(f"Nothing was imported. {error}") from None
        for step in steps:
            self.stdout.write("\n".join(step.lines()))
        if not steps:
            self.stdout.write("Nothing differs.")
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")

    def _export(self, file: str, by: User | None) -> None:
        text = export_json()
        if file == "-":
            self.stdout.write(text, ending="")
        else:
            try:
                Path(file).write_text(text, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"Nothing was exported. {error}") from None
        audit.record(by=by, action="setup.exported", data={"bytes": len(text.encode())})


def _admin(email: str, done: str) -> User | None:
    """Return the admin with this address, None for "". Raises CommandError for anybody else."""
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True, role=Role.ADMIN).first()
    if found is None:
        raise CommandError(f"Nothing was {done}. No admin has the email address {email}.")
    return found
