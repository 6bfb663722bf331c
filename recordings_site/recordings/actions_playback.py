"""What playing a recording leaves behind: that it was opened, and what the store showed meanwhile."""

import uuid
from collections import OrderedDict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.recordings.actions import INSPECT
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.state import Problem
from recordings_site.storage.port import ObjectStat
from recordings_site.tasks.actions import enqueue

OPENED = "audio.opened"
OPENED_EVERY = timedelta(minutes=30)
# When the audit trail told so: each seek asks again, and a row of the trail never changes.
_told: OrderedDict[tuple[int, uuid.UUID], datetime] = OrderedDict()
_MOST_TOLD = 4096


def opened_lately(*, by: User, recording: RecordingJob) -> bool:
    """Whether the audit trail already tells that this person opened this audio within the last half hour."""
    since, key = timezone.now() - OPENED_EVERY, (by.pk, recording.pk)
    if (told := _told.get(key)) is not None and told > since:
        return True
    rows = AuditEvent.objects.filter(
        subject_type=RecordingJob._meta.label_lower,
        subject_id=str(recording.pk),
        action=OPENED,
        actor_id=by.pk,
        at__gt=since,
    )
    if (at := rows.values_list("at", flat=True).order_by("-at").first()) is None:
        return False
    _told[key] = at
    if len(_told) > _MOST_TOLD:
        _told.popitem(last=False)
    return True


@transaction.atomic
def audio_opened(*, by: User, recording: RecordingJob) -> None:
    """The first byte left for this person: that audio was fetched, not yet that it was heard."""
    if not opened_lately(by=by, recording=recording):
        audit.record(by=by, action=OPENED, subject=recording, data={})


@transaction.atomic
def object_seen(*, recording: RecordingJob, stat: ObjectStat) -> None:
    """Keep which version lies in the store; that it took the place of another one is audited and shown."""
    row = RecordingJob.objects.select_for_update(of=("self",)).get(pk=recording.pk)
    if row.etag == stat.etag:
        return
    if row.etag:
        seen = {"seen": row.checked_at.isoformat()} if row.checked_at else {}
        row.problem_code, row.problem_values = Problem.REPLACED, {"at": stat.modified.isoformat(), **seen}
        row.peaks, row.duration, row.audio = None, None, {}
        enqueue(INSPECT, row.pk)
        audit.record(
            by=None,
            action="recording.replaced",
            subject=row,
            data={"before": {"etag": row.etag, "size": row.size}, "after": {"etag": stat.etag, "size": stat.size}},
        )
    row.size, row.etag, row.version, row.modified_at = stat.size, stat.etag, stat.version, stat.modified
    row.content_type = stat.content_type[:100]
    row.save()
