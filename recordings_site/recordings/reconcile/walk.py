"""Walks through a destination's objects page by page: resumable, in bounded memory."""

from collections.abc import Callable
from itertools import product
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.models import Reconciliation, RecordingJob
from recordings_site.recordings.reconcile import actions, adopt
from recordings_site.sinch.uploads.destination_url import (
    DestinationUrl,
    is_transcript_key,
    recording_stem,
    transcript_key,
)
from recordings_site.storage import ObjectStat, StoreError

PAGE = 1000
AUDIO = (".mp3", ".wav")
# As other tools and people write them.
_ENDINGS = ["".join(written) for ending in AUDIO for written in product(*({each, each.upper()} for each in ending))]
COUNTS = ("objects", "known", "linked", "adopted", "transcripts", "lone_transcripts", "others", "missing")


def walk(run: Reconciliation, *, on_page: Callable[[Reconciliation], None] = lambda run: None) -> None:
    """Reconcile from where the run stopped, until its end or until somebody stops it.

    What is counted is saved with what was done, so that a killed run resumes without counting twice. Raises StoreError,
    also stored in `error`, when the store cannot be listed: then it can be resumed.
    """
    run.counts = {name: run.counts.get(name, 0) for name in COUNTS}
    run.resumed_at, run.resumed_from, run.error = timezone.now(), run.counts["objects"], ""
    actions.keep_progress(run=run)
    try:
        store = run.destination.read_store()
        while run.listed_at is None and not run.was_stopped():
            page = store.list(run.destination.prefix, token=run.token or None, limit=PAGE)
            _import_objects(run, list(page.objects), page.next_token or "")
            on_page(run)
    except StoreError as error:
        actions.keep_error(run=run, error=str(error))
        raise
    last = False
    while not last:
        if run.was_stopped():
            return
        last = _flag_missing(run)
        on_page(run)
    run.count(lone_transcripts=len(run.waiting))
    run.waiting = []
    actions.keep_progress(run=run)
    actions.finish(run=run)


@transaction.atomic
def _flag_missing(run: Reconciliation) -> bool:
    count, last = actions.flag_missing(run=run, limit=PAGE)
    run.count(missing=count)
    actions.keep_progress(run=run)
    return last


def _import_objects(run: Reconciliation, objects: list[ObjectStat], next_token: str) -> None:
    if run.since is not None:
        older = {each.key for each in objects if each.modified is not None and each.modified < run.since}
        _mark_older(run, older)
        objects = [each for each in objects if each.key not in older]
    audio = {each.key: each for each in objects if each.key.lower().endswith(AUDIO)}
    transcripts = [each.key for each in objects if is_transcript_key(each.key)]
    known = _jobs(run, audio)
    actions.confirm_objects(run=run, found=[(known[key], audio[key]) for key in known])
    _link_all(run, [stat for key, stat in audio.items() if key not in known])
    with transaction.atomic():
        brought = _transcripts(run, transcripts)
        others = len(objects) - len(audio) - len(transcripts)
        run.count(objects=len(objects) - len(audio), transcripts=brought, others=others)
        run.token, run.progressed_at = next_token, timezone.now()
        run.listed_at = None if next_token else run.started_at
        actions.keep_progress(run=run)


def _link_all(run: Reconciliation, stats: list[ObjectStat]) -> None:
    """Link or adopt objects without a recording: many at once where nothing awaits them."""
    calls = adopt.simple(run.destination, stats)
    at_once, counts = [stat for stat in stats if stat.key in calls], run.counts
    try:
        adopt.adopt(run=run, stats=at_once, calls=calls)
    except IntegrityError:  # a notification of one of them came in meanwhile: each by itself
        calls, run.counts = {}, counts
    for stat in stats:
        if stat.key not in calls:
            _link(run, stat)


def _link(run: Reconciliation, stat: ObjectStat) -> None:
    counts = run.counts
    try:
        actions.count_linked(run=run, stat=stat)
    except IntegrityError:  # its notification came in meanwhile and linked it
        run.counts = counts
        known = _jobs(run, [stat.key])
        actions.confirm_objects(run=run, found=[(job, stat) for job in known.values()])


def _mark_older(run: Reconciliation, keys: set[str]) -> None:
    """Mark objects from before `since` as listed, so that none of them is flagged as missing."""
    known = _jobs(run, keys)
    RecordingJob.objects.filter(pk__in=[job.pk for job in known.values()]).update(listed_at=run.started_at)


def _jobs(run: Reconciliation, keys: Any) -> dict[str, RecordingJob]:
    found = RecordingJob.objects.filter(destination=run.destination, key__in=list(keys))
    return {job.key: job for job in found.only("pk", "key", "available_at", "deleted_at", "listed_at")}


def _transcripts(run: Reconciliation, keys: list[str]) -> int:
    """Link transcripts to the recordings beside them; return how many were new.

    A transcript's key sorts just before its recording's: across a page's end it waits for the next page.
    """
    waited = set(run.waiting)
    stems = {recording_stem(key): key for key in [*run.waiting, *keys]}
    beside = [stem + ending for stem in stems for ending in _ENDINGS]
    jobs = RecordingJob.objects.filter(destination=run.destination, key__in=beside)
    lone, brought, beside_theirs = dict(stems), 0, []
    for pk, key, known_at in jobs.values_list("pk", "key", "transcript_available_at"):
        stem = key.rpartition(".")[0]
        lone.pop(stem, None)
        if known_at is None and (odd := _odd_place(run, key, stems[stem])):
            objects.mark_transcript_available(pk, at=run.started_at, found_at=odd)
            brought += 1
        elif known_at is None:
            beside_theirs.append(pk)
    brought += objects.mark_all_transcripts_available(beside_theirs, at=run.started_at)
    run.waiting = [key for key in lone.values() if key not in waited]
    run.count(lone_transcripts=len(lone) - len(run.waiting))
    return brought


def _odd_place(run: Reconciliation, key: str, transcript: str) -> str:
    """The URL of a transcript that does not lie where Sinch puts it beside `key`; else ""."""
    if transcript == transcript_key(key):
        return ""
    return DestinationUrl(run.destination.kind, run.destination.account, run.destination.bucket, transcript).url
