"""Marks what is in the inbox as read."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts.actions import remember
from recordings_site.accounts.models import User
from recordings_site.recordings.inbox.queries import READ_UNTIL
from recordings_site.recordings.models import SavedMatch


@transaction.atomic
def mark_read(*, by: User) -> datetime:
    """Mark the user's mentions and matches as read; return when. Not audited: nothing of others changes."""
    now = timezone.now()
    remember(by=by, **{READ_UNTIL: now.isoformat()})
    SavedMatch.objects.filter(saved__owner=by, seen_at=None).update(seen_at=now)
    return now


@transaction.atomic
def mark_unread(*, by: User, read_at: datetime, before: str) -> None:
    """Undo what was marked as read at a time; mentions are read until `before` again, "" for none."""
    remember(by=by, **{READ_UNTIL: before})
    SavedMatch.objects.filter(saved__owner=by, seen_at=read_at).update(seen_at=None)
