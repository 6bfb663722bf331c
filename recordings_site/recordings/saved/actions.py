"""Writes of saved searches, and alerts about new matches."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import Team, User
from recordings_site.recordings.models import RecordingJob, SavedMatch, SavedPage, SavedSearch
from recordings_site.recordings.saved.matching import finds
from recordings_site.web.locking import lock


@transaction.atomic
def save_search(
    *, by: User, name: str, page: SavedPage, query: str, team: Team | None, alert: bool, alert_by_email: bool
) -> SavedSearch:
    """Save a search or a list under a name."""
    saved = SavedSearch.objects.create(
        owner=by, name=name, page=page, query=query, team=team, alert=alert, alert_by_email=alert and alert_by_email
    )
    audit.record(by=by, action="saved_search.created", subject=saved, data={"page": page, "query": query})
    return saved


@transaction.atomic
def change_saved(
    *, by: User, saved: SavedSearch, name: str, team: Team | None, alert: bool, alert_by_email: bool
) -> SavedSearch:
    """Rename, share or watch one of the user's saved searches."""
    lock(saved)
    saved.name, saved.team = name, team
    saved.alert, saved.alert_by_email = alert, alert and alert_by_email
    saved.save(update_fields=("name", "team", "alert", "alert_by_email"))
    audit.record(by=by, action="saved_search.changed", subject=saved, data={"alert": alert, "team": str(team or "")})
    return saved


@transaction.atomic
def delete_saved(*, by: User, saved: SavedSearch) -> None:
    """Delete one of the user's saved searches with its matches."""
    audit.record(by=by, action="saved_search.deleted", subject=saved)
    saved.delete()


@transaction.atomic
def mark_seen(*, by: User, matches: Iterable[int]) -> list[int]:
    """Mark these new matches of the user's searches as seen; return which were not. Not audited: nothing of others
    changes.
    """
    unseen = SavedMatch.objects.select_for_update().filter(pk__in=list(matches), saved__owner=by, seen_at=None)
    changed = list(unseen.order_by().values_list("pk", flat=True))
    SavedMatch.objects.filter(pk__in=changed).update(seen_at=timezone.now())
    return changed


@transaction.atomic
def mark_unseen(*, by: User, matches: Iterable[int]) -> None:
    """Show these matches of the user's searches as new again."""
    SavedMatch.objects.filter(pk__in=list(matches), saved__owner=by).update(seen_at=None)


def alert(recording_id: UUID | str) -> int:
    """Alert the owners of saved searches that match this recording; return how many mails were sent now.

    Idempotent: a match is one row, mailed once. Raises the last mail error after all others were alerted.
    """
    recording = RecordingJob.objects.filter(pk=recording_id).first()
    if recording is None:
        return 0
    mails_sent, failed = 0, None
    for saved in SavedSearch.objects.with_alerts():
        if finds(saved, recording):
            match, _ = SavedMatch.objects.get_or_create(saved=saved, recording=recording)
            try:
                mails_sent += _mail(match)
            except OSError as error:
                failed = error
    if failed is not None:
        raise failed
    return mails_sent


@transaction.atomic
def _mail(match: SavedMatch) -> int:
    lock(match)
    if not match.saved.alert_by_email or match.mailed_at is not None:
        return 0
    # The transcript is not mailed: the link requires a sign-in.
    words = {"saved": match.saved, "recording": match.recording, "address": settings.PUBLIC_URL}
    send_mail(
        f"A new recording matches “{match.saved.name}”".replace("\n", " ").replace("\r", " "),
        render_to_string("recordings/saved/alert.txt", words),
        None,
        [match.saved.owner.email],
    )
    match.mailed_at = timezone.now()
    match.save(update_fields=("mailed_at",))
    return 1
