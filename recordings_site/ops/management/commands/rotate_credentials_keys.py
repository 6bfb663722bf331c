"""The command that seals all secrets with the first key of the ring, while the site runs."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recordings_site.destinations.actions import reseal
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.ops import sealed_secrets
from recordings_site.policies.revision import snapshot_loader


class Command(BaseCommand):
    """Reseals all rows one by one; rows that are sealed with the first key are skipped."""

    help = "Re-encrypt all secrets with the first key of CREDENTIALS_KEYS. The site can keep running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option of a dry run."""
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="count the secrets encrypted with other keys, without changing anything",
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Reseal."""
        ring = Keyring.parse(settings.CREDENTIALS_KEYS)
        if dry_run:
            others = sum(not ring.is_current(secret.text) for secret in sealed_secrets.secrets())
            self.stdout.write(f"{others} secrets are encrypted with a key other than {ring.first}.")
            return
        done, failed = 0, []
        work = [(str(row), partial(reseal, row=row, fields=fields)) for row, fields in sealed_secrets.rows()]
        work += [
            (f"Two-step verification {pk}", partial(sealed_secrets.reseal_factor, pk, ring))
            for pk in sealed_secrets.factors()
        ]
        for name, seal_again in tqdm(work, unit=" rows", disable=None):
            try:
                done += seal_again()
            except SealingError as error:
                failed.append(f"{name}: {error}")
        if settings.SNAPSHOT_FILE:
            snapshot_loader.seal_to_file(Path(settings.SNAPSHOT_FILE))
        self.stdout.write(f"{done} secrets were re-encrypted with the key {ring.first}.")
        if failed:
            raise CommandError("These could not be decrypted and were left unchanged:\n" + "\n".join(failed))
        self.stdout.write("The other keys of CREDENTIALS_KEYS are no longer used. You can remove them.")
