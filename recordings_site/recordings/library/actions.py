"""Bulk actions: tag recordings, audit an exported list."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.actions import tag_recording, untag_recording
from recordings_site.recordings.models import RecordingJob, RecordingTag


@transaction.atomic
def tag_all(*, by: User, recordings: Iterable[RecordingJob], name: str) -> list[UUID]:
    """Tag each recording; each new tag is audited. Return the recordings that did not have it."""
    had = set(RecordingTag.objects.filter(tag__name=name).values_list("recording", flat=True))
    new = [recording for recording in recordings if recording.pk not in had]
    for recording in new:
        tag_recording(by=by, recording=recording, name=name)
    return [recording.pk for recording in new]


@transaction.atomic
def untag_all(*, by: User, recordings: Iterable[RecordingJob], name: str) -> list[UUID]:
    """Remove a tag from each recording, audited. Return those that had it."""
    rows = RecordingTag.objects.filter(recording__in=[each.pk for each in recordings], tag__name=name)
    found = list(rows.select_related("tag", "recording"))
    for tagging in found:
        untag_recording(by=by, tagging=tagging)
    return [tagging.recording_id for tagging in found]


@transaction.atomic
def record_list_export(*, by: User, query: str, export_format: str, selected: int) -> None:
    """Audit an exported list: its filters, and how many recordings were selected (0: all that match)."""
    audit.record(
        by=by, action="recordings.exported", data={"form": export_format, "query": query, "selected": selected}
    )
