"""The command that checks destinations in the terminal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings_site.destinations import actions
from recordings_site.destinations.models import Destination
from recordings_site.destinations.steps import BAD, OK, SKIPPED, WARN, CheckStep

SIGNS = {OK: "ok  ", WARN: "warn", BAD: "FAIL", SKIPPED: "-   "}


class Command(BaseCommand):
    """Takes the steps of the destination check and shows each as it is done; ends with 1 when one failed."""

    help = "Check what a destination’s two sets of credentials can and can’t do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which ones."""
        parser.add_argument("name", nargs="*", help="names of destinations (default: all in use)")

    def handle(self, *args: Any, name: list[str], **options: Any) -> None:
        """Check them one after the other."""
        known = {each.name: each for each in Destination.objects.in_use()}
        if unknown := [each for each in name if each not in known]:
            raise CommandError(f"No destination is named “{unknown[0]}”. Existing ones: {', '.join(known) or 'none'}.")
        failed = []
        for each in name or known:
            self.stdout.write(f"{each}: {known[each].url}")
            if not actions.check_destination(destination=known[each], report_step=self._show):
                failed.append(each)
        if failed:
            raise CommandError(f"{', '.join(failed)}: the check failed.")

    def _show(self, step: CheckStep) -> None:
        self.stdout.write(f"  {SIGNS[step.outcome]}  {step.title}: {step.text}")
        if step.remedy:
            self.stdout.write(f"        {step.remedy}")
