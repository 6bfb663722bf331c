"""Bulk actions: tag recordings, audit an exported list."""

from collections.abc import Iterable

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.actions import tag_recording
from recordings_site.recordings.models import RecordingJob


@transaction.atomic
def tag_all(*, by: User, recordings: Iterable[RecordingJob], name: str) -> int:
    """Tag each recording; each new tag is audited. Return how many recordings there are."""
    tagged = [tag_recording(by=by, recording=recording, name=name) for recording in recordings]
    return len(tagged)


@transaction.atomic
def record_list_export(*, by: User, query: str, export_format: str, selected: int) -> None:
    """Audit an exported list: its filters, and how many recordings were selected (0: all that match)."""
    audit.record(
        by=by, action="recordings.exported", data={"form": export_format, "query": query, "selected": selected}
    )
