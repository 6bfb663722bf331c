"""Moves a file from one recording to another, with all that people and the worker made of it; nothing is lost by it.

The target may be a row that is not saved yet: foreign keys are checked when the transaction ends.
"""

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from recordings_site.accounts import audit
from recordings_site.calls.models import CallbackDelivery
from recordings_site.recordings.models import (
    LineCorrection,
    Listening,
    MergedRecording,
    Origin,
    RecordingJob,
    State,
    Transcript,
)
from recordings_site.tasks.registry import Task, enqueue

# The facts of a file, in contrast to those of its request; the others belong to the request or follow from both.
FACTS = (
    "reported_destination", "reported_transcript_destination", "reported_at", "elsewhere_at", "available_at",
    "transcript_available_at", "transcript_overdue_since", "deleted_at", "deleted_code", "deleted_values",
    "checked_at", "size", "etag", "version", "modified_at", "content_type", "duration", "audio", "problem_code",
    "problem_values", "listed_at",
)  # fmt: skip


def move_file(source: RecordingJob, target: RecordingJob, *, keeps_place: bool, has_history: bool = True) -> None:
    """Move the file of one recording, and its history, to another that has none or the same one.

    Changes both instances; the source's row is brought up to date at once, so that the key is free. `keeps_place`: the
    target's place is that of the file, in its own spelling. Without `has_history` the source was made just now.
    """
    place = (target.destination_id, target.key)
    if source.key and (source.etag or not (keeps_place and target.key)):
        place = (source.destination_id, source.key)
    blank = RecordingJob()
    for name in FACTS:
        setattr(target, name, getattr(target, name) or getattr(source, name))
        setattr(source, name, getattr(blank, name))
    source.finished_at = None
    source.destination_id, source.key = source.asked_destination_id, source.asked_key
    source.state = State.EXPECTED
    if has_history:
        RecordingJob.objects.filter(pk=source.pk).update(key="")
        move_history(source, target)
    target.destination_id, target.key = place


def move_history(source: RecordingJob, target: RecordingJob) -> None:
    """Move what was received, written and heard about a recording to another one."""
    _add_listenings(source, target)
    kept = Transcript.objects.filter(recording=target.pk).first()
    if kept is not None:
        LineCorrection.objects.filter(transcript__recording=source.pk).update(transcript=kept)
    for relation in RecordingJob._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: source.pk})
        if relation.one_to_one:
            _move_one(relation, rows, target)
        else:
            _drop_doubles(relation, rows, target)
            rows.update(**{relation.field.name: target.pk})
    CallbackDelivery.objects.filter(recording_id=source.pk).update(recording_id=target.pk)
    enqueue("transcript.index", target.pk)


def _move_one(relation: models.ForeignObjectRel, rows: models.QuerySet[models.Model], target: RecordingJob) -> None:
    """Move the only row of its kind, unless the target has one of its own."""
    if relation.related_model._default_manager.filter(**{relation.field.name: target.pk}).exists():
        rows.delete()
    else:
        rows.update(**{relation.field.name: target.pk})


def _drop_doubles(relation: models.ForeignObjectRel, rows: models.QuerySet[models.Model], target: RecordingJob) -> None:
    """Delete what the target has already: the same tag, the same alert."""
    for constraint in relation.related_model._meta.total_unique_constraints:
        others = [name for name in constraint.fields if name != relation.field.name]
        if len(others) < len(constraint.fields):
            same = {relation.field.name: target.pk} | {name: OuterRef(name) for name in others}
            rows.filter(Exists(relation.related_model._default_manager.filter(**same))).delete()


def _add_listenings(source: RecordingJob, target: RecordingJob) -> None:
    """Add what each user played of both: the later position, the sum of the seconds."""
    theirs = {each.user_id: each for each in Listening.objects.select_for_update().filter(recording=target.pk)}
    for mine in Listening.objects.filter(recording=source.pk, user__in=theirs):
        own = theirs[mine.user_id]
        own.position = mine.position if mine.updated_at > own.updated_at else own.position
        own.seconds += mine.seconds
        own.played_at = own.played_at or mine.played_at
        own.save()


@transaction.atomic(savepoint=False)
def merge(source: RecordingJob, target: RecordingJob, *, keeps_place: bool, has_history: bool) -> None:
    """Merge a recording that was not requested into the one that it turned out to be; its address leads there."""
    move_file(source, target, keeps_place=keeps_place, has_history=has_history)
    if source._state.adding:
        return
    waiting = Task.objects.filter(kind__in=TASKS, done_at=None)
    known = list(waiting.filter(subject=str(target.pk)).values_list("kind", flat=True))
    waiting.filter(subject=str(source.pk)).exclude(kind__in=known).update(subject=str(target.pk))
    waiting.filter(subject=str(source.pk)).delete()
    RecordingJob.objects.filter(pk=source.pk).delete()
    MergedRecording.objects.create(id=source.pk, recording_id=target.pk)
    audit.record(by=None, action="recording.merged", subject=target, data={"from": str(source.pk)})


def split(source: RecordingJob) -> RecordingJob:
    """Return a new, unsaved recording with the file of one that was requested, which turned out to be of another."""
    found = RecordingJob(origin=Origin.ADOPTED, format=source.format, locale=source.locale, ordinal=0)
    move_file(source, found, keeps_place=False)
    return found


# The tasks whose subject is a recording.
TASKS = (
    "recording.inspect",
    "recording.look",
    "transcript.load",
    "transcript.look",
    "transcript.index",
    "saved.alerts",
)
