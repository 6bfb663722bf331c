"""What is done to many recordings at once: tagged, marked as heard, taken out of the site."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.actions import tag_recording
from recordings_site.recordings.models import Listening, RecordingJob


@transaction.atomic
def tag_all(*, by: User, recordings: Iterable[RecordingJob], name: str) -> int:
    """Put a tag on each recording; an audit row for each that did not have it. Gives how many there are."""
    tagged = [tag_recording(by=by, recording=recording, name=name) for recording in recordings]
    return len(tagged)


@transaction.atomic
def mark_played(*, by: User, recordings: Iterable[RecordingJob]) -> int:
    """Mark recordings as heard by this person; what is one's own is not audited, as nothing was played."""
    now = timezone.now()
    marked = 0
    for recording in recordings:
        row, _ = Listening.objects.get_or_create(user=by, recording=recording)
        if row.played_at is None:
            row.played_at = now
            row.save(update_fields=["played_at"])
        marked += 1
    return marked


@transaction.atomic
def record_list_export(*, by: User, query: str, export_format: str, selected: int) -> None:
    """A list leaves the site: whose, which filters, how many were selected (0: all that they let through)."""
    audit.record(
        by=by, action="recordings.exported", data={"form": export_format, "query": query, "selected": selected}
    )
