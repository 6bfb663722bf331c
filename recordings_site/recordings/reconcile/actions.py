"""What reconciling a destination changes: objects linked or adopted, missing ones flagged."""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.actions import call_for, latest_session
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application
from recordings_site.recordings.lifecycle import actions, objects
from recordings_site.recordings.lifecycle.derive_state import update_state
from recordings_site.recordings.lifecycle.matching import jobs_of
from recordings_site.recordings.models import (
    AWAITED,
    DeletedCode,
    Origin,
    OverdueCode,
    OverdueKind,
    Problem,
    Reconciliation,
    RecordingJob,
)
from recordings_site.sinch.uploads.destination_url import GeneratedName, parse_generated_name
from recordings_site.storage import ObjectStat, StoreError, exists
from recordings_site.tasks.registry import enqueue

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@transaction.atomic
def request_reconciliation(
    *, by: User | None, destination: Destination, since: datetime | None = None, gone_is_deleted: bool = False
) -> Reconciliation:
    """Queue a reconciliation of the destination; an unfinished one is resumed."""
    run, created = Reconciliation.objects.get_or_create(
        destination=destination,
        done_at=None,
        defaults={"since": since, "gone_is_deleted": gone_is_deleted, "started_by": by},
    )
    if not created and run.stopped_at is not None:
        Reconciliation.objects.filter(pk=run.pk).update(stopped_at=None)
        run.stopped_at = None
        audit.record(by=by, action="destination.reconcile_resumed", subject=destination)
    if created:
        asked = {"since": since} | ({"gone_is_deleted": True} if gone_is_deleted else {})
        audit.record(by=by, action="destination.reconcile_requested", subject=destination, data=asked)
    enqueue("destination.reconcile", run.pk)
    return run


@transaction.atomic
def request_stop(*, by: User | None, run: Reconciliation) -> bool:
    """Have a run stop after the page that it is at; return whether there was anything to stop."""
    stopped = Reconciliation.objects.open().filter(pk=run.pk, stopped_at=None).update(stopped_at=timezone.now())
    if stopped:
        audit.record(by=by, action="destination.reconcile_stopped", subject=run.destination)
    return bool(stopped)


@transaction.atomic
def count_linked(*, run: Reconciliation, stat: ObjectStat) -> None:
    """Link or adopt one object, and count it: both, or neither."""
    result = link_object(destination=run.destination, stat=stat)
    RecordingJob.objects.filter(destination=run.destination, key=stat.key).update(listed_at=run.started_at)
    run.count(objects=1, **{result: 1})
    keep_progress(run=run)


@transaction.atomic
def link_object(*, destination: Destination, stat: ObjectStat) -> str:
    """Link an object without a recording to the one that awaits it ("linked"), or adopt it ("adopted"). Return "known"
    if another process was faster.
    """
    if RecordingJob.objects.filter(destination=destination, key=stat.key).exists():
        return "known"
    name = parse_generated_name(stat.key)
    subject = _subject(name, stat)
    job = _named(destination, stat)
    if job is None and subject is not None:
        [job] = actions.objects_found(
            subject,
            destination=destination,
            stats=[stat],
            at=timezone.now(),
            leftover=not _await_their_own(subject),
            adopt=True,
        )
    else:
        job = job or RecordingJob(origin=Origin.ADOPTED, happened_at=when_of(name, stat), format=format_of(stat))
        job.destination, job.key = destination, stat.key
        job.available_at = timezone.now()
        update_state(job)
        job.save()
        enqueue("recording.inspect", job.pk)
    if job.origin != Origin.ADOPTED or job.reported_at is not None:
        return "linked"
    audit.record(
        by=None, action="recording.adopted", subject=job, data={"key": stat.key, "destination": str(destination)}
    )
    return "adopted"


def format_of(stat: ObjectStat) -> str:
    """The format of a file, by the ending of its key."""
    return stat.key.rpartition(".")[2][:10].lower()


def when_of(name: GeneratedName | None, stat: ObjectStat) -> datetime:
    """When a recording was made, as far as its name or the store says; else now, when it was found."""
    return (name.when if name else None) or stat.modified or timezone.now()


def _subject(name: GeneratedName | None, stat: ObjectStat) -> Call | ConferenceSession | None:
    """Return the call or conference that a generated name belongs to, if its application is known."""
    application = Application.objects.filter(key=name.application_key).first() if name else None
    if application is None or name is None:
        return None
    known = Call.objects.filter(application=application, call_id=name.call_id).exists()
    conference = ConferenceSession.objects.filter(application=application, conference_id=name.call_id)
    if not known and conference.exists():
        return latest_session(application_id=application.pk, conference_id=name.call_id, at=when_of(name, stat))
    return call_for(application_id=application.pk, call_id=name.call_id, at=when_of(name, stat))


def _named(destination: Destination, stat: ObjectStat) -> RecordingJob | None:
    """Return the recording whose id is in the object's name, if it awaits its file: somebody may have moved that."""
    named = named_ids(stat.key)
    if not named:
        return None
    awaiting = RecordingJob.objects.filter(destination=destination, available_at=None, pk=named[-1])
    return awaiting.select_for_update().first()


def named_ids(key: str) -> list[UUID]:
    """The ids of recordings that a file's name may hold; the last of them is meant."""
    return [UUID(found) for found in _UUID.findall(key.rsplit("/", 1)[-1].lower())]


def _await_their_own(subject: Call | ConferenceSession) -> bool:
    """Whether what was requested lies where it was requested as well, and was not listed yet."""
    awaiting = jobs_of(subject).filter(available_at=None).exclude(asked_key="").select_related("asked_destination")
    return any(_exists(job.asked_destination, job.asked_key) for job in awaiting)


def _exists(destination: Destination | None, key: str) -> bool:
    try:
        return destination is not None and exists(destination.read_store(), key)
    except StoreError:
        return True  # if unsure, link nothing


@transaction.atomic
def confirm_objects(*, run: Reconciliation, found: Collection[tuple[RecordingJob, ObjectStat]]) -> None:
    """Mark these recordings' objects as present, and count those that this run has not counted yet."""
    ids = [job.pk for job, _ in found]
    new = [job for job, _ in found if job.listed_at != run.started_at]
    RecordingJob.objects.filter(pk__in=ids).update(listed_at=run.started_at)
    _not_gone(ids)
    for job, _ in found:
        if job.deleted_at is not None:
            objects.mark_restored(job.pk)
    awaited = [job.pk for job in new if job.available_at is None]
    objects.mark_all_available(awaited, at=timezone.now())
    run.count(objects=len(new), known=len(new) - len(awaited), linked=len(awaited))
    keep_progress(run=run)


@transaction.atomic
def flag_missing(*, run: Reconciliation, limit: int) -> tuple[int, bool]:
    """Flag at most `limit` recordings whose objects were not listed; return how many, and whether that was all.

    Only those that were available before the run began, or whose call had ended long before. If gone files were deleted
    on purpose, the former are marked as deleted.
    """
    now = timezone.now()
    unseen = RecordingJob.objects.filter(destination=run.destination, deleted_at=None).filter(
        Q(listed_at=None) | Q(listed_at__lt=run.started_at)
    )
    if run.since:
        unseen = unseen.filter(happened_at__gte=run.since)
    gone = unseen.filter(available_at__lt=run.started_at)
    if not run.gone_is_deleted:
        gone = gone.exclude(problem_code=Problem.GONE)
    ids = list(gone.order_by("pk").values_list("pk", flat=True)[:limit])
    listed = {"at": run.started_at.isoformat()}
    if run.gone_is_deleted:
        _not_gone(ids)
        for pk in ids:
            objects.mark_deleted(pk, by=run.started_by, code=DeletedCode.GONE, values=listed, at=now)
    else:
        RecordingJob.objects.filter(pk__in=ids).update(problem_code=Problem.GONE, problem_values=listed)
    if len(ids) == limit:
        return limit, False
    ended = Q(call__dice_received_at__lt=run.started_at - objects.late_after()) | Q(
        conference_session__closed_at__lt=run.started_at - objects.late_after()
    )
    waiting = unseen.filter(ended, state__in=AWAITED, overdue_since=None)
    late = list(waiting.order_by("pk").values_list("pk", flat=True)[: limit - len(ids)])
    for pk in late:
        objects.mark_overdue(pk, kind=OverdueKind.LATE, code=OverdueCode.NOT_LISTED, values=listed, at=now)
    return len(ids) + len(late), len(ids) + len(late) < limit


def _not_gone(ids: Collection[UUID]) -> None:
    gone = RecordingJob.objects.filter(pk__in=ids, problem_code=Problem.GONE)
    gone.update(problem_code="", problem_values={})


def keep_progress(*, run: Reconciliation) -> None:
    """Keep how far a run has come, from where it can be resumed."""
    run.error = ""
    Reconciliation.objects.open().filter(pk=run.pk).update(
        token=run.token, waiting=run.waiting, counts=run.counts, listed_at=run.listed_at, error="",
        resumed_at=run.resumed_at, resumed_from=run.resumed_from, progressed_at=run.progressed_at,
    )  # fmt: skip


def keep_error(*, run: Reconciliation, error: str) -> None:
    """Keep why a run came to a stop."""
    run.error = error
    Reconciliation.objects.open().filter(pk=run.pk).update(error=error)


@transaction.atomic
def finish(*, run: Reconciliation) -> None:
    """Close the run and audit its counts, unless another process has closed it."""
    run.done_at = timezone.now()
    if Reconciliation.objects.open().filter(pk=run.pk).update(done_at=run.done_at):
        audit.record(by=run.started_by, action="destination.reconciled", subject=run.destination, data=run.counts)
