"""Reindexes transcripts while the site runs."""

import sys
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from recordings_site.base.formatting import counted
from recordings_site.recordings import search
from recordings_site.recordings.ingest.actions import index_transcript
from recordings_site.recordings.models import Transcript
from recordings_site.web import keyset


class Command(BaseCommand):
    """`manage.py reindex [--all] [--before MOMENT]`."""

    help = (
        "Index transcripts that aren’t indexed yet or were indexed by an older version of the site; with --all, every "
        "transcript. Searches keep working. You can interrupt and restart it safely."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which transcripts."""
        parser.add_argument("--all", action="store_true", help="also transcripts that are already up to date")
        parser.add_argument(
            "--before",
            default="",
            metavar="MOMENT",
            help="with --all: only transcripts indexed before this time, to resume",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Index one transcript after the other, newest first, each in its own transaction."""
        started = self._datetime(options["before"]) if options["before"] else timezone.now()
        waiting = Transcript.objects.to_index(search.VERSION, before=started if options["all"] else None)
        done = 0
        with tqdm(total=waiting.count(), unit=" transcripts", disable=not sys.stderr.isatty()) as bar:
            try:
                for found in chain.from_iterable(keyset.batches(waiting.only("id"), order=("id", "id"))):
                    if transcript := Transcript.objects.select_related("recording").filter(pk=found.pk).first():
                        index_transcript(transcript)
                    done += 1
                    bar.update()
            except KeyboardInterrupt:
                goes_on = f" --all --before {started.isoformat()}" if options["all"] else ""
                so_far = counted(done, "transcript")
                self.stdout.write(f"Stopped after {so_far}. Resume with: manage.py reindex{goes_on}")
                return
        self.stdout.write(f"{counted(done, 'transcript')} indexed.")

    def _datetime(self, text: str) -> datetime:
        parsed = parse_datetime(text)
        if parsed is None or timezone.is_naive(parsed):
            raise CommandError("Enter the time with its offset, such as 2026-03-05T12:00:00+00:00.")
        return parsed
