"""The command that fills an empty site with demo data and simulated calls through the real endpoint."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from recordings_site.base.deadline import Deadline
from recordings_site.calls.models import Call
from recordings_site.destinations.kinds import local
from recordings_site.ops.demo import annotations as demo_annotations
from recordings_site.ops.demo import data as demo
from recordings_site.ops.demo.data import Demo
from recordings_site.recordings.completeness import actions as completeness
from recordings_site.recordings.ingest.late_or_missing import look_for_recording
from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.models import RecordingJob
from recordings_site.simulator.engine import Engine, Options
from recordings_site.simulator.outbox import Faults
from recordings_site.simulator.plan import CalledNumbers, CallGroup, plan
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application, HttpReply, Post, Wire, over_http
from recordings_site.tasks.models import Task

CALLS, TODAY, DAYS, SEED = 62, 9, 30, 2026
# Sinch loses, delays and doubles some notifications.
FAULTS = Faults(lose=2, shuffle=5, duplicate=5)
JUST_NOW = 0.01  # days
USUAL_PORT = 8000
WAIT_SECONDS = 60
TRIES = 8


class Command(BaseCommand):
    """Creates the demo's data, places about 60 calls, and waits until their recordings can be played."""

    help = "Fill an empty site with a demo: people, numbers, policies, and simulated calls to the site at --url."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the site's address."""
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="the address of the running site (PUBLIC_URL)")
        parser.add_argument("--more", type=int, default=0, metavar="CALLS", help="place this many more calls now")

    def handle(self, *args: Any, url: str, more: int, **options: Any) -> None:
        """Fill the site once; always print how to sign in."""
        if not settings.DEMO:
            raise CommandError("The demo’s passwords are public. Set DEMO=1, and only on this machine.")
        # The demo's e-mail addresses do not exist.
        settings.EMAIL_BACKEND = settings.MAIL_TRANSPORT = "django.core.mail.backends.dummy.EmailBackend"
        made = demo.make()
        waiting = self._waiting(made)
        if waiting:
            demo_annotations.save_searches()
            engine_options = Options(
                seed=SEED,
                faults=FAULTS,
                long_calls=1,
                long_after=CALLS - TODAY - 10,
                failing_uploads=_unwritten(waiting),
            )
            self._place(waiting, url, engine_options)
            self._wait()
            self._look()
            demo_annotations.annotate()
        if more:
            # A plan leaves fifty minutes for the longest call to end; these take a minute.
            now = datetime.now(UTC) + timedelta(minutes=48)
            just_now = planned(made, seed=time.time_ns(), calls=more, days=JUST_NOW, now=now)
            self._place(just_now, url, Options(seed=SEED, faults=FAULTS))
            self._wait()
        self.stdout.write(f"\nSign in with the password {demo.PASSWORD} as")
        for email, _, what in demo.PEOPLE:
            self.stdout.write(f"  {email:24} {what}")
        port = urlsplit(url).port
        self.stdout.write(f"More calls at any time: make calls{'' if port in (None, USUAL_PORT) else f' PORT={port}'}")

    def _waiting(self, made: Demo) -> list[CallGroup]:
        """Return the calls that were not placed yet: an interrupted demo is resumed."""
        now = datetime.now(UTC)
        month = planned(made, seed=SEED, calls=CALLS - TODAY, days=DAYS, now=now)
        # The home page shows today: some calls are of the last hours.
        groups = month + planned(made, seed=SEED + 1, calls=TODAY, days=0.25, now=now)
        ended = set(
            Call.objects.filter(application=made.application, dice_received_at__isnull=False).values_list(
                "call_id", flat=True
            )
        )
        return [group for group in groups if any(call.call_id not in ended for call in group)]

    def _place(self, waiting: list[CallGroup], url: str, engine_options: Options) -> None:
        application = Application(demo.KEY, demo.SECRET, url.rstrip("/") + "/callbacks/sinch/")
        uploads = Uploads({local.KIND.name: str(settings.LOCAL_STORE_ROOT)})
        engine = Engine(application, Wire(application, post_with_retries(over_http())), uploads, engine_options)
        total = sum(map(len, waiting))
        with tqdm(total=total, desc="Placing calls", unit="call", disable=not sys.stderr.isatty()) as bar:
            totals = engine.run(waiting, after_each=lambda group: bar.update(len(group)))
        if sum(totals.broken.values()) > total / 2 or totals.failed_uploads:
            raise CommandError(f"The site did not accept the demo’s calls: {totals.broken or totals.failed_uploads[0]}")

    def _wait(self) -> None:
        """Wait until the worker has inspected all uploads, or until it takes too long."""
        deadline = Deadline(WAIT_SECONDS)
        open_tasks = Task.objects.filter(
            kind__in=("recording.inspect", "transcript.load"), done_at=None, dead_at=None, attempts__lt=3
        )
        total = open_tasks.count()
        with tqdm(total=total, desc="Processing them", unit="file", disable=not sys.stderr.isatty()) as bar:
            while (left := open_tasks.count()) and not deadline.expired:
                bar.update(total - left - bar.n)
                time.sleep(0.3)
            bar.update(total - left - bar.n)

    def _look(self) -> None:
        """Look for unannounced files as if the site had run all month: what was lost early is missing by now."""
        for job in RecordingJob.objects.filter(available_at=None, finished_at__isnull=False):
            look_for_recording(job.pk, since=job.happened_at)
        completeness.count_all(timezone.now())


def _unwritten(waiting: Sequence[CallGroup]) -> frozenset[str]:
    """Return the ids of two calls whose recordings Sinch will lose, so that one is late and one is missing.

    They are the newest of the answered calls, and the newest of those that are older than a day.
    """
    answered = [
        call for group in waiting for call in group
        if call.number in (demo.SWEDISH, demo.AMERICAN) and call.result == "ANSWERED" and not call.outbound
    ]  # fmt: skip
    a_day_ago = datetime.now(UTC) - objects.missing_after() - timedelta(hours=1)
    older = [call for call in answered if call.started_at < a_day_ago]
    return frozenset(call.call_id for call in (*answered[-1:], *older[-1:]))


def planned(made: Demo, *, seed: int, calls: int, days: float, now: datetime) -> list[CallGroup]:
    """Plan calls to the demo's numbers, and some from them, within the `days` before `now`."""
    numbers = CalledNumbers(made.plain, made.conference)
    return plan(seed=seed, calls=calls, days=days, now=now, numbers=numbers, outbound=0.15)


def post_with_retries(post: Post) -> Post:
    """Retry events that a starting site refuses: a demo can wait, a caller cannot."""

    def post_patiently(url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
        for _ in range(TRIES - 1):
            reply = post(url, body, headers)
            if reply.status == HTTPStatus.OK:
                return reply
            time.sleep(1)
        return post(url, body, headers)

    return post_patiently
