"""Assigns recordings without a number by a rule, and takes that back: in batches that a stopped worker resumes."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.attribution.rule import Rule
from recordings_site.recordings.models import AttributedRecording, Attribution, RecordingJob, Transcript
from recordings_site.tasks.registry import enqueue

BATCH = 500
# What a recording is one of: both models have a number of their own, which fills in only where there is none.
_OF = {"call": Call, "conference_session": ConferenceSession}


@transaction.atomic
def start(*, by: User, rule: Rule, expected: int) -> Attribution:
    """Queue the assignment of what the rule means; `expected` is the count that was previewed."""
    run = Attribution.objects.create(
        destination=rule.destination, key_pattern=rule.key_pattern, since=rule.since, until=rule.until,
        number=rule.number, started_by=by, expected=expected,
    )  # fmt: skip
    data = {
        "destination": str(rule.destination or ""),
        "keys": rule.key_pattern,
        "since": rule.since,
        "until": rule.until,
        "number": rule.number.e164 if rule.number else "",
        "expected": expected,
    }
    audit.record(by=by, action="recordings.assignment_started", subject=run, data=data)
    enqueue("recordings.attribute", run.pk)
    return run


@transaction.atomic
def request_undo(*, by: User, run: Attribution) -> bool:
    """Queue taking the assignment back, also while it is under way; False when that was asked for already."""
    changed = Attribution.objects.filter(pk=run.pk, undo_at=None).update(undo_at=timezone.now(), undo_by=by)
    if changed:
        audit.record(by=by, action="recordings.assignment_undone", subject=run)
        enqueue("recordings.attribute", run.pk)
    return bool(changed)


def go_on(run_id: int) -> bool:
    """Do the next batch of an assignment, or of its undo; return whether there is more."""
    with transaction.atomic():
        run = Attribution.objects.select_for_update(of=("self",)).select_related("destination", "number").get(pk=run_id)
        if run.undone_at is not None:
            return False
        if run.undo_at is not None:
            return _take_back(run)
        return run.done_at is None and _assign(run)


def _assign(run: Attribution) -> bool:
    rule = Rule.of(run)
    rows = rule.matching().order_by("pk")
    if run.cursor is not None:
        rows = rows.filter(pk__gt=run.cursor)
    recordings = list(rows.select_for_update(of=("self",))[:BATCH])
    numbers = rule.numbers_for(recordings)
    given: dict[PhoneNumber, list[RecordingJob]] = defaultdict(list)
    for recording, number in numbers.items():
        given[number].append(recording)
    for number, some in given.items():
        _give(run, number, some)
    run.checked += len(recordings)
    run.assigned += len(numbers)
    if recordings:
        run.cursor = recordings[-1].pk
    more = len(recordings) == BATCH
    if not more:
        run.done_at = timezone.now()
        data = {"assigned": run.assigned, "checked": run.checked}
        audit.record(by=run.started_by, action="recordings.assigned", subject=run, data=data)
    run.save(update_fields=["checked", "assigned", "cursor", "done_at"])
    return more


def _give(run: Attribution, number: PhoneNumber, recordings: list[RecordingJob]) -> None:
    pks = [each.pk for each in recordings]
    RecordingJob.objects.filter(pk__in=pks).update(number=number)
    without: dict[str, set[int]] = {}
    for name, model in _OF.items():
        ids = {pk for each in recordings if (pk := getattr(each, f"{name}_id")) is not None}
        rows = model._default_manager.filter(pk__in=ids, number=None)
        without[name] = set(rows.values_list("pk", flat=True))
        rows.update(number=number)
    AttributedRecording.objects.bulk_create(
        AttributedRecording(
            attribution=run,
            recording=each,
            number=number,
            also={name: pk for name in _OF if (pk := getattr(each, f"{name}_id")) in without[name]},
        )
        for each in recordings
    )
    _index(pks)
    data = {"number": number.e164, "assignment": run.pk}
    rows_of_trail = [(each, "", data) for each in recordings]
    audit.record_all(by=run.started_by, action="recording.assigned", rows=rows_of_trail)


def _take_back(run: Attribution) -> bool:
    """Take the number from a batch of recordings, unless they were given another one since."""
    batch = list(AttributedRecording.objects.filter(attribution=run).select_related("recording", "number")[:BATCH])
    still = [each for each in batch if each.recording.number_id == each.number_id]
    pks = [each.recording_id for each in still]
    RecordingJob.objects.filter(pk__in=pks).update(number=None)
    for name, model in _OF.items():
        ids: dict[int, set[int]] = defaultdict(set)
        for each in still:
            if name in each.also:
                ids[each.number_id].add(each.also[name])
        for number_id, some in ids.items():
            model._default_manager.filter(pk__in=some, number=number_id).update(number=None)
    AttributedRecording.objects.filter(pk__in=[each.pk for each in batch]).delete()
    _index(pks)
    trail = [(each.recording, "", {"number": each.number.e164, "assignment": run.pk}) for each in still]
    audit.record_all(by=run.undo_by, action="recording.unassigned", rows=trail)
    more = len(batch) == BATCH
    if not more:
        run.undone_at = timezone.now()
        run.save(update_fields=["undone_at"])
    return more


def _index(pks: list[UUID]) -> None:
    """Let search know who may find these recordings now."""
    said = Transcript.objects.filter(recording__in=pks).values_list("recording_id", flat=True)
    if found := list(said):
        enqueue("transcript.index", *found)
