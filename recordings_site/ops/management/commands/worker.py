"""The command that runs a worker."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from recordings_site.ops.serving.process_group import end_with_parent
from recordings_site.ops.worker.loop import Worker, drain
from recordings_site.ops.worker.periodic import PERIODIC_TASKS
from recordings_site.tasks import registry

# SQLite has one writer at a time: a second slot would only delay callbacks.
DEFAULT_SLOTS = 1 if settings.SQLITE else 4


class Command(BaseCommand):
    """Polls the queue and performs its tasks until SIGINT or SIGTERM; several may run, on several machines."""

    help = "Process tasks until stopped. You can run several workers, on several machines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the number of slots, and whether to end when idle."""
        parser.add_argument(
            "--slots", type=int, default=DEFAULT_SLOTS, metavar="N", help=f"tasks at a time (default: {DEFAULT_SLOTS})"
        )
        parser.add_argument("--until-idle", action="store_true", help="process the due tasks one by one, then exit")

        parser.add_argument("--heartbeat-file", type=Path, metavar="PATH", help="touch this file every second")

    def handle(
        self, *args: Any, slots: int, until_idle: bool, heartbeat_file: Path | None = None, **options: Any
    ) -> None:
        """Run the worker."""
        if until_idle:
            drain(registry.load())
            return
        worker = Worker(registry.load(), slots=max(1, slots), periodic=PERIODIC_TASKS, heartbeat_file=heartbeat_file)

        def stop(number: int, frame: FrameType | None) -> None:
            worker.stop()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        end_with_parent()
        worker.run()
