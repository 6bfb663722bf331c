"""Runs inside Django on one database: fills a store and its database, walks through the store, prints rows as JSON."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from recordings_site.recordings.models import RecordingJob  # noqa: E402
from recordings_site.recordings.reconcile.actions import request_reconciliation  # noqa: E402
from recordings_site.recordings.reconcile.walk import walk  # noqa: E402
from recordings_site.sinch.uploads.destination_url import generated_name, transcript_key  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench.search_inside import say  # noqa: E402

# Each a recording with its transcript: a third is awaited, a third has a generated name, the rest has any name.
RECORDINGS = 11_000


def main() -> None:
    """One walk over all objects, and a second one that finds nothing new; beside listing them alone."""
    call_command("migrate", verbosity=0)
    settings.LOCAL_STORE_ROOT = Path(tempfile.mkdtemp())
    place = factories.destination()
    number = factories.number(application=factories.application(key="app-key"))
    root = Path(settings.LOCAL_STORE_ROOT) / place.bucket
    for index in range(RECORDINGS):
        key = _key(index)
        if index % 3 == 0:
            call = factories.call(number=number, call_id=f"call-{index}")
            factories.recording(call=call, destination=place, key=key, available_at=None)
        for each in (key, transcript_key(key)):
            path = root / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    store, token, began = place.read_store(), None, time.perf_counter()
    while True:
        page = store.list("", token=token, limit=1000)
        token = page.next_token
        if token is None:
            break
    alone = time.perf_counter() - began
    for what in ("22,000 objects linked and adopted", "the same 22,000 again"):
        run, began = request_reconciliation(by=None, destination=place), time.perf_counter()
        walk(run)
        say(what, time.perf_counter() - began, "s", alone, "listed alone")
    assert RecordingJob.objects.exclude(available_at=None).count() == RECORDINGS, "all are there"


def _key(index: int) -> str:
    folder = f"2026/{index % 30 + 1:02}"
    if index % 3 == 1:
        return f"{folder}/" + generated_name(
            factories.LONG_AGO + timedelta(seconds=index), "app-key", f"c{index}", "mp3"
        )
    return f"{folder}/call-{index}.mp3"


if __name__ == "__main__":
    main()
