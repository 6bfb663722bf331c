"""The command that seals all secrets with the first key of the ring, while the site runs."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recordings_site.destinations.actions import reseal
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.policies.models import Application
from recordings_site.policies.revision import snapshot_loader

Row = Destination | Application
FIELDS: dict[type[Row], tuple[str, ...]] = {
    Destination: ("write_credentials", "read_credentials"),
    Application: ("secret", "second_secret"),
}


class Command(BaseCommand):
    """Reseals all rows one by one; rows that are sealed with the first key are skipped."""

    help = "Seal all secrets again with the first key of CREDENTIALS_KEYS. The site may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option of a dry run."""
        parser.add_argument("--dry-run", action="store_true", help="count what other keys have sealed, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Reseal."""
        ring = Keyring.parse(settings.CREDENTIALS_KEYS)
        done, failed = 0, []
        for row, fields in tqdm(list(_rows()), unit=" rows", disable=None):
            if dry_run:
                done += sum(bool(getattr(row, each)) and not ring.is_current(getattr(row, each)) for each in fields)
                continue
            try:
                done += reseal(row=row, fields=fields)
            except SealingError as error:
                failed.append(f"{row}: {error}")
        if dry_run:
            self.stdout.write(f"{done} secrets are sealed with another key than {ring.first}.")
            return
        if settings.SNAPSHOT_FILE:
            snapshot_loader.seal_to_file(Path(settings.SNAPSHOT_FILE))
        self.stdout.write(f"{done} secrets were sealed again with the key {ring.first}.")
        if failed:
            raise CommandError("These could not be opened and stay as they are:\n" + "\n".join(failed))
        self.stdout.write("The other keys of CREDENTIALS_KEYS open nothing any more: they can be removed.")


def _rows() -> Iterator[tuple[Row, tuple[str, ...]]]:
    for model, fields in FIELDS.items():
        for row in model._default_manager.order_by("pk"):
            yield row, fields
