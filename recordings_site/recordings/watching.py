"""Tells whether a saved search finds one recording, and how many recordings it finds, as its reader may see them."""

from django.http import QueryDict
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria import narrowing
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.models import IndexedRecording, RecordingJob, RecordingJobQuerySet, SavedSearch
from recordings_site.recordings.saved import SavedPage
from recordings_site.recordings.search import summary, tree
from recordings_site.recordings.search.engine import engine
from recordings_site.recordings.search.find import understand
from recordings_site.recordings.search.language import parse
from recordings_site.recordings.search.pieces import QueryError
from recordings_site.recordings.search.scope import scoped, within_one

COUNTED = 100  # at most, for a count on the home page


def finds(saved: SavedSearch, recording: RecordingJob) -> bool:
    """Whether a saved search finds a recording for its owner."""
    if saved.page == SavedPage.RECORDINGS:
        return listed(saved, saved.owner).filter(pk=recording.pk).exists()
    node = tree_of(saved, saved.owner)
    indexed = IndexedRecording.objects.filter(recording=recording).values_list("pk", flat=True).first()
    if node is None or indexed is None:
        return False
    return bool(engine().find(within_one(scoped(understand(node), saved.owner), indexed), size=1).ids)


def count(saved: SavedSearch, user: User) -> tuple[int, bool]:
    """How many recordings a saved search finds for a person, up to 100, and whether there are more."""
    if saved.page == SavedPage.RECORDINGS:
        found = listed(saved, user)[: COUNTED + 1].count()
        return min(found, COUNTED), found > COUNTED
    node = tree_of(saved, user)
    return summary.count(node, user=user, most=COUNTED) if node is not None else (0, False)


def tree_of(saved: SavedSearch, user: User) -> tree.Node | None:
    """The tree of a saved search; None when the language no longer takes it."""
    try:
        return parse(QueryDict(saved.query).get("q", ""), now=timezone.now(), zone=user.zone)
    except QueryError:
        return None


def listed(saved: SavedSearch, user: User) -> RecordingJobQuerySet:
    """The recordings of a saved list, for a person and in their zone."""
    with timezone.override(user.zone):
        form = FilterForm(QueryDict(saved.query), user)
        rows = RecordingJob.objects.visible_to(user)
        # A filter that can no longer be read would let everything through.
        return narrowing.narrowed(rows, form) if form.is_valid() else rows.none()
