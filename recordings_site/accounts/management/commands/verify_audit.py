"""Walks the chain of audit rows and tells whether one was altered or removed."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recordings_site.accounts import anchors, audit
from recordings_site.accounts.models import AuditEvent


class Command(BaseCommand):
    """`manage.py verify_audit [--new] [--head HEX]`."""

    help = "Verify the chain of audit rows; with --head, also that a head noted earlier (see the log) is still in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Optionally a head that was noted outside of the database, and where to begin."""
        parser.add_argument("--head", default="", help="a chain value from the log, to be found in the trail")
        parser.add_argument(
            "--new", action="store_true", help="only the rows since the last verification, which ended unbroken"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the number of rows and the head; fail naming the first rows that do not fit, or what was cut off."""
        until, head = audit.verified_until() if options["new"] else (0, "")
        if until and not AuditEvent.objects.filter(pk=until, chain=head).exists():
            raise CommandError(f"Row {until}, up to which the trail was verified, was altered or removed.")
        try:
            anchors.verify_since(anchors.last())
        except anchors.Broken as problem:
            raise CommandError(str(problem)) from problem
        verdict = audit.verify(chain.from_iterable(AuditEvent.objects.filter(pk__gt=until).batches()), previous=head)
        if verdict.broken:
            ids = ", ".join(map(str, verdict.broken[:10]))
            raise CommandError(f"{len(verdict.broken)} of {verdict.rows} rows do not follow from the row before: {ids}")
        if options["head"] and not AuditEvent.objects.filter(chain=options["head"]).exists():
            raise CommandError("The chain is whole, but the given head is not in it: newer rows were cut off.")
        since = f" since row {until}" if until else ""
        self.stdout.write(f"{verdict.rows} rows{since}, unbroken. Head: {verdict.head or 'none'}")
        if verdict.rows > 1 and (last := AuditEvent.objects.filter(chain=verdict.head).order_by("-id").first()):
            audit.note_verified(last)
