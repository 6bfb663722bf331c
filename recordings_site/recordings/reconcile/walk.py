"""Walks through a destination's objects page by page: resumable, in bounded memory."""

from collections.abc import Callable
from itertools import product
from typing import Any

from django.db import IntegrityError

from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.models import Reconciliation, RecordingJob
from recordings_site.recordings.reconcile import actions
from recordings_site.sinch.destination_url import DestinationUrl, is_transcript_key, recording_stem, transcript_key
from recordings_site.storage import ObjectStat, StoreError

PAGE = 1000
AUDIO = (".mp3", ".wav")
# As other tools and people write them.
_ENDINGS = ["".join(written) for ending in AUDIO for written in product(*({each, each.upper()} for each in ending))]
COUNTS = ("objects", "known", "linked", "adopted", "transcripts", "lone_transcripts", "others", "missing")


def walk(run: Reconciliation, *, on_page: Callable[[Reconciliation], None] = lambda run: None) -> None:
    """Reconcile from where the run stopped; it is saved after each page, so that a killed run can resume.

    Raises StoreError, also stored in `error`, when the store cannot be listed: then it can be resumed.
    """
    run.counts = {name: run.counts.get(name, 0) for name in COUNTS}
    try:
        store = run.destination.read_store()
        while run.listed_at is None:
            page = store.list(run.destination.prefix, token=run.token or None, limit=PAGE)
            _import_objects(run, list(page.objects))
            run.token = page.next_token or ""
            if not run.token:
                run.listed_at = run.started_at
            actions.keep_progress(run=run)
            on_page(run)
    except StoreError as error:
        actions.keep_error(run=run, error=str(error))
        raise
    last = False
    while not last:
        count, last = actions.flag_missing(run=run, limit=PAGE)
        _count(run, missing=count)
        actions.keep_progress(run=run)
        on_page(run)
    _count(run, lone_transcripts=len(run.waiting))
    run.waiting = []
    actions.keep_progress(run=run)
    actions.finish(run=run)


def _import_objects(run: Reconciliation, objects: list[ObjectStat]) -> None:
    if run.since is not None:
        older = [each for each in objects if each.modified is not None and each.modified < run.since]
        _mark_older(run, older)
        objects = [each for each in objects if each not in older]
    audio = {each.key: each for each in objects if each.key.lower().endswith(AUDIO)}
    transcripts = [each.key for each in objects if is_transcript_key(each.key)]
    known = _jobs(run, audio)
    linked = actions.confirm_objects(run=run, found=[(known[key], audio[key]) for key in known])
    results = [_link(run, audio[key]) for key in audio if key not in known]
    new = _jobs(run, [key for key in audio if key not in known])
    actions.confirm_objects(run=run, found=[(new[key], audio[key]) for key in new])
    brought = _transcripts(run, transcripts)
    _count(
        run,
        objects=len(objects),
        known=len(known) - linked + results.count("known"),
        linked=linked + results.count("linked"),
        adopted=results.count("adopted"),
        transcripts=brought,
        others=len(objects) - len(audio) - len(transcripts),
    )


def _link(run: Reconciliation, stat: ObjectStat) -> str:
    try:
        return actions.link_object(destination=run.destination, stat=stat)
    except IntegrityError:  # its notification came in meanwhile and linked it
        return "known"


def _mark_older(run: Reconciliation, objects: list[ObjectStat]) -> None:
    """Mark objects from before `since` as listed, so that none of them is flagged as missing."""
    known = _jobs(run, [each.key for each in objects])
    RecordingJob.objects.filter(pk__in=[job.pk for job in known.values()]).update(listed_at=run.started_at)


def _jobs(run: Reconciliation, keys: Any) -> dict[str, RecordingJob]:
    found = RecordingJob.objects.filter(destination=run.destination, key__in=list(keys))
    return {job.key: job for job in found.only("pk", "key", "available_at", "deleted_at")}


def _transcripts(run: Reconciliation, keys: list[str]) -> int:
    """Link transcripts to the recordings beside them; return how many were new.

    A transcript's key sorts just before its recording's: across a page's end it waits for the next page.
    """
    waited = set(run.waiting)
    stems = {recording_stem(key): key for key in [*run.waiting, *keys]}
    beside = [stem + ending for stem in stems for ending in _ENDINGS]
    jobs = RecordingJob.objects.filter(destination=run.destination, key__in=beside)
    lone, brought = dict(stems), 0
    for pk, key, known_at in jobs.values_list("pk", "key", "transcript_available_at"):
        stem = key.rpartition(".")[0]
        lone.pop(stem, None)
        if known_at is None:
            objects.mark_transcript_available(pk, at=run.started_at, found_at=_odd_place(run, key, stems[stem]))
            brought += 1
    run.waiting = [key for key in lone.values() if key not in waited]
    _count(run, lone_transcripts=len(lone) - len(run.waiting))
    return brought


def _odd_place(run: Reconciliation, key: str, transcript: str) -> str:
    """The URL of a transcript that does not lie where Sinch puts it beside `key`; else ""."""
    if transcript == transcript_key(key):
        return ""
    return DestinationUrl(run.destination.kind, run.destination.account, run.destination.bucket, transcript).url


def _count(run: Reconciliation, **found: int) -> None:
    run.counts = {**run.counts, **{name: run.counts.get(name, 0) + count for name, count in found.items()}}
