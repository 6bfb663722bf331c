"""The command that imports existing files of a store."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import Reconciliation
from recordings_site.recordings.reconcile.actions import request_reconciliation
from recordings_site.recordings.reconcile.walk import COUNTS, walk
from recordings_site.storage import StoreError


class Command(BaseCommand):
    """Reconciles destinations in the foreground; an interrupted run is resumed."""

    help = (
        "List what is in storage, link files to recordings, adopt unknown files, "
        "find transcripts and flag what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the destination and the start date."""
        parser.add_argument("destination", nargs="?", help="name of a destination (default: all in use)")
        parser.add_argument("--since", help="only files modified since this date or time, such as 2026-11-01")
        parser.add_argument(
            "--gone-is-deleted",
            action="store_true",
            help="missing files were deleted on purpose, for example, by retention rules",
        )

    def handle(
        self, *args: Any, destination: str | None, since: str | None, gone_is_deleted: bool, **options: Any
    ) -> None:
        """Reconcile one destination after the other."""
        known = {each.name: each for each in Destination.objects.in_use()}
        if destination is not None and destination not in known:
            raise CommandError(f"No destination is named “{destination}”. Existing ones: {', '.join(known) or 'none'}.")
        parsed = _datetime(since) if since else None
        failed = False
        for each in [destination] if destination else known:
            failed = not self._walk(known[each], parsed, gone_is_deleted) or failed
        if failed:
            raise CommandError("Not every destination could be listed. Run the command again to continue.")

    def _walk(self, destination: Destination, since: datetime | None, gone_is_deleted: bool) -> bool:
        run = request_reconciliation(by=None, destination=destination, since=since, gone_is_deleted=gone_is_deleted)
        if (run.since, run.gone_is_deleted) != (since, gone_is_deleted):
            self.stderr.write(f"{destination}: an unfinished import is resumed with its original options.")
        with tqdm(desc=str(destination), unit=" objects", disable=None) as bar:

            def on_page(run: Reconciliation) -> None:
                bar.update(run.counts["objects"] - bar.n)

            try:
                walk(run, on_page=on_page)
            except StoreError as error:
                self.stderr.write(f"{destination}: {error}")
                return False
        found = ", ".join(f"{name.replace('_', ' ')} {run.counts[name]}" for name in COUNTS)
        self.stdout.write(f"{destination}: {found}.")
        return True


def _datetime(text: str) -> datetime:
    try:
        day = parse_date(text)
        parsed = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001 - made aware below
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError(f"{text!r} isn’t a date or time. Use 2026-11-01 or 2026-11-01T08:00.")
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
