"""Keeps how far a user has played a recording."""

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.recordings.models import Listening, RecordingJob

PLAYED = "audio.heard"


@transaction.atomic
def record_playback(*, by: User, recording: RecordingJob, seconds: float, position: float, done: bool) -> Listening:
    """Add `seconds` that were played up to `position`. `done`: past 90 %, or leaving the page.

    Only what was played is audited, not a page that was merely opened.
    """
    row, _ = Listening.objects.select_for_update().get_or_create(user=by, recording=recording)
    row.position = position
    row.seconds += seconds
    row.updated_at = timezone.now()
    if done and row.seconds > 0 and row.played_at is None:
        row.played_at = row.updated_at
    row.save()
    if seconds > 0:
        audit.record(
            by=by, action=PLAYED, subject=recording, data={"seconds": round(seconds, 1), "position": round(position, 1)}
        )
    return row
