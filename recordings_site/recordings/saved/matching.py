"""Whether a saved search matches a recording, and how many it matches for a user."""

from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings import search
from recordings_site.recordings.criteria import narrowing
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet, SavedPage, SavedSearch

COUNTED = 100  # at most, for a count on the home page


def finds(saved: SavedSearch, recording: RecordingJob) -> bool:
    """Return whether a saved search matches a recording that its owner can see."""
    if saved.page == SavedPage.RECORDINGS:
        return saved_list_rows(saved, saved.owner).filter(pk=recording.pk).exists()
    node = parsed_query(saved, saved.owner)
    return node is not None and search.finds(node, recording, user=saved.owner)


def count(saved: SavedSearch, user: User) -> tuple[int, bool]:
    """Return how many recordings a saved search matches for a user, up to 100, and whether there are more."""
    if saved.page == SavedPage.RECORDINGS:
        found = saved_list_rows(saved, user)[: COUNTED + 1].count()
        return min(found, COUNTED), found > COUNTED
    node = parsed_query(saved, user)
    return search.count(node, user=user, most=COUNTED) if node is not None else (0, False)


def parsed_query(saved: SavedSearch, user: User) -> search.Node | None:
    """Return the query tree of a saved search; None if the query is no longer valid."""
    asked = search.read(QueryDict(saved.query).get("q", ""), now=timezone.now(), zone=user.zone)
    return asked.node if asked.error is None else None


def saved_list_rows(saved: SavedSearch, user: User) -> RecordingJobQuerySet:
    """Return the recordings of a saved list, for a user and in their zone."""
    with timezone.override(user.zone):
        form = FilterForm(QueryDict(saved.query), user)
        rows = RecordingJob.objects.visible_to(user)
        # An invalid filter would match everything.
        return narrowing.narrowed(rows, form)
