"""Walks the chain of audit rows and tells whether one was altered or removed."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recordings_site.accounts import anchors, audit
from recordings_site.accounts.anchor_places import Broken
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations import anchor_bucket


class Command(BaseCommand):
    """`manage.py verify_audit [--new] [--head HEX]`, `manage.py verify_audit --anchor-anew REASON --by EMAIL`."""

    help = (
        "Verify the chain of audit rows. With --head, also check that a head "
        "noted earlier (see the log) is still in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Optionally a head that was noted outside of the database, and where to begin."""
        parser.add_argument("--head", default="", help="a chain value from the log that must be in the trail")
        parser.add_argument(
            "--new", action="store_true", help="only the rows since the last verification that ended unbroken"
        )

        parser.add_argument(
            "--anchor-anew", default="", metavar="REASON", help="accept the trail as it is, after a restored backup"
        )
        parser.add_argument("--by", default="", metavar="EMAIL", help="email of the admin who accepts it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the number of rows and the head; fail naming the first rows that do not fit, or what was cut off."""
        if options["anchor_anew"]:
            self._anchor_anew(options["anchor_anew"], options["by"])
            return
        until, head = audit.verified_until() if options["new"] else (0, "")
        if until and not AuditEvent.objects.filter(pk=until, chain=head).exists():
            raise CommandError(f"Row {until}, up to which the trail was verified, was altered or removed.")
        try:
            known = anchors.compare(anchor_bucket.places())
            anchors.verify_since(known.oldest)
        except Broken as problem:
            raise CommandError(str(problem)) from problem
        for name, why in known.unreachable.items():
            self.stderr.write(f"Not compared with the anchors in {name}: {why}")
        verdict = audit.verify(chain.from_iterable(AuditEvent.objects.filter(pk__gt=until).batches()), previous=head)
        if verdict.broken:
            ids = ", ".join(map(str, verdict.broken[:10]))
            raise CommandError(f"{len(verdict.broken)} of {verdict.rows} rows don’t match the row before them: {ids}")
        if options["head"] and not AuditEvent.objects.filter(chain=options["head"]).exists():
            raise CommandError("The chain is unbroken, but the given head is not in it. Newer rows were removed.")
        since = f" since row {until}" if until else ""
        self.stdout.write(f"{verdict.rows} rows{since}, unbroken. Head: {verdict.head or 'none'}")
        if verdict.rows > 1 and (last := AuditEvent.objects.filter(chain=verdict.head).order_by("-id").first()):
            audit.note_verified(last)

    def _anchor_anew(self, reason: str, email: str) -> None:
        by = User.objects.with_address(email)
        if by is None or not (by.is_admin and by.is_active):
            raise CommandError("Name the admin who accepts the trail as it is, with --by EMAIL.")
        anchors.anchor_anew(by=by, reason=reason, places=anchor_bucket.places())
        self.stdout.write("The trail was re-anchored. The other admins were notified.")
