"""Marks what is in the inbox as read."""

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts.actions import remember
from recordings_site.accounts.models import User
from recordings_site.recordings.inbox.queries import READ_UNTIL
from recordings_site.recordings.models import SavedMatch


@transaction.atomic
def mark_read(*, by: User) -> None:
    """Mark the user's mentions and matches as read. Not audited: nothing of others changes."""
    now = timezone.now()
    remember(by=by, **{READ_UNTIL: now.isoformat()})
    SavedMatch.objects.filter(saved__owner=by, seen_at=None).update(seen_at=now)
