"""The command that forgets what is due, or says what it would."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from recordings_site.base import formatting
from recordings_site.ops.retention.actions import apply_retention
from recordings_site.ops.retention.kinds import KINDS


class Command(BaseCommand):
    """`manage.py retention [--dry-run]`."""

    help = "Delete old callbacks, details of decisions, finished tasks and sessions, according to the settings KEEP_…."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the dry run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="show how much is due and the oldest, without deleting anything"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Print a line for each kind."""
        now = timezone.now()
        done = {} if dry_run else apply_retention(now)
        for kind in KINDS:
            kept = "kept forever" if kind.days is None else f"kept for {kind.days} days"
            if not dry_run:
                self.stdout.write(f"{kind.what}: {done[kind.name]} deleted, {kept} ({kind.setting})")
                continue
            count, oldest = kind.count(now)
            since = f", the oldest from {formatting.day(timezone.localdate(oldest))}" if oldest else ""
            self.stdout.write(f"{kind.what}: {count} due{since}, {kept} ({kind.setting})")
