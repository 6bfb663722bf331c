"""Keeps which version of a recording's object lies in its store."""

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.state import Problem
from recordings_site.storage.port import ObjectStat
from recordings_site.tasks.actions import enqueue


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
        enqueue("recording.inspect", row.pk)
        audit.record(
            by=None,
            action="recording.replaced",
            subject=row,
            data={"before": {"etag": row.etag, "size": row.size}, "after": {"etag": stat.etag, "size": stat.size}},
        )
    row.size, row.etag, row.version, row.modified_at = stat.size, stat.etag, stat.version, stat.modified
    row.content_type = stat.content_type[:100]
    row.save()
