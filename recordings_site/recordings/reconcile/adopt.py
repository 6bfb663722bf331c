"""Adopts a page's files that nothing awaits all at once: a statement for many, where one file at a time takes ten."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application
from recordings_site.recordings.lifecycle.derive_state import derive_from_call, update_state
from recordings_site.recordings.lifecycle.locked import attribute
from recordings_site.recordings.lifecycle.shortness import derive_shortness
from recordings_site.recordings.models import Origin, Reconciliation, RecordingJob
from recordings_site.recordings.reconcile.actions import format_of, keep_progress, named_ids, when_of
from recordings_site.sinch.uploads.destination_url import GeneratedName, parse_generated_name
from recordings_site.storage import ObjectStat
from recordings_site.tasks.registry import enqueue

BATCH = 200


def simple(destination: Destination, stats: Sequence[ObjectStat]) -> dict[str, Call | None]:
    """Of these files those that nothing awaits, by key, each with the call to be made for it; None for no call.

    The others belong to calls and conferences that are known, or are named like a recording that awaits its file.
    """
    names = {stat.key: parse_generated_name(stat.key) for stat in stats}
    applications = dict(Application.objects.values_list("key", "pk"))
    own = {key: name for key, name in names.items() if name is not None and name.application_key in applications}
    known = _known(own.values())
    twice = Counter((name.application_key, name.call_id) for name in own.values())
    awaited = _awaited(destination, stats)
    found: dict[str, Call | None] = {}
    for stat in stats:
        name = own.get(stat.key)
        if stat.key in awaited:
            continue
        if name is None:
            found[stat.key] = None
        elif name.call_id not in known and twice[name.application_key, name.call_id] == 1:
            application_id = applications[name.application_key]
            started = when_of(name, stat)
            found[stat.key] = Call(application_id=application_id, call_id=name.call_id, started_at=started)
    return found


def _known(names: Iterable[GeneratedName]) -> set[str]:
    """The ids among these names' that a call or a conference of any application has."""
    ids = {name.call_id for name in names}
    calls = set(Call.objects.filter(call_id__in=ids).values_list("call_id", flat=True))
    rooms = ConferenceSession.objects.filter(conference_id__in=ids).values_list("conference_id", flat=True)
    return calls | set(rooms)


def _awaited(destination: Destination, stats: Sequence[ObjectStat]) -> set[str]:
    """The keys that end in the id of a recording that awaits its file."""
    ids = {stat.key: named[-1] for stat in stats if (named := named_ids(stat.key))}
    waiting = RecordingJob.objects.filter(pk__in=ids.values(), destination=destination, available_at=None)
    awaiting = set(waiting.values_list("pk", flat=True))
    return {key for key, pk in ids.items() if pk in awaiting}


@transaction.atomic
def adopt(*, run: Reconciliation, stats: Sequence[ObjectStat], calls: Mapping[str, Call | None]) -> int:
    """Make recordings of these files, and the calls that their names tell of. Return how many.

    Raises IntegrityError when one of them was heard of meanwhile; then nothing is adopted.
    """
    Call.objects.bulk_create([call for call in calls.values() if call is not None], batch_size=BATCH)
    jobs = [_job(run, stat, calls[stat.key]) for stat in stats]
    RecordingJob.objects.bulk_create(jobs, batch_size=BATCH)
    enqueue("recording.inspect", *(job.pk for job in jobs))
    run.count(objects=len(jobs), adopted=len(jobs))
    keep_progress(run=run)
    place = str(run.destination)
    trail = [(job, "", {"key": job.key, "destination": place}) for job in jobs]
    audit.record_all(by=None, action="recording.adopted", rows=trail)
    return len(jobs)


def _job(run: Reconciliation, stat: ObjectStat, call: Call | None) -> RecordingJob:
    job = RecordingJob(
        origin=Origin.ADOPTED,
        destination=run.destination,
        key=stat.key,
        format=format_of(stat),
        available_at=timezone.now(),
        listed_at=run.started_at,
    )
    if call is None:
        job.happened_at = when_of(None, stat)
        update_state(job)
    else:
        attribute(job, call)
        derive_from_call(call, [job])
        derive_shortness(call, [job])
    return job
