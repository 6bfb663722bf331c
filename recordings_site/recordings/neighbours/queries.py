"""Finds the previous and next recording in a list, and the way back to the list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings import search
from recordings_site.recordings.criteria import narrowing
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.hit_rows import hit_url
from recordings_site.recordings.links import recording_url
from recordings_site.recordings.models import RecordingJob
from recordings_site.web import keyset

LONGEST = 2000
# Prefix of the name of search results; all other names are lists of recordings.
HITS = "search:"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The list that a recording was opened from, the way back to it, and the links to its neighbours there.

    `name` is the list's query string; for search results it begins with HITS. Links are empty at the list's ends.
    """

    name: str
    title: str
    back: str
    previous: str
    following: str


def neighbours_of(recording: RecordingJob, user: User, name: str | None) -> Neighbours | None:
    """Return the neighbours of a recording in the list of this name; None when it was opened from no list."""
    if name is None or len(name) > LONGEST:
        return None
    if name.startswith(HITS):
        return _among_hits(recording, user, name)
    query = QueryDict(name)
    form = FilterForm(query, user)
    column, descending = narrowing.sort_order(query)
    rows = narrowing.ordered(narrowing.narrowed(RecordingJob.objects.visible_to(user), form), column)
    rows = rows.only("pk", "happened_at", "duration")
    source = narrowing.page_source(rows, form, column)
    before, after = keyset.neighbours(rows, recording, order=(column, "id"), descending=descending, source=source)
    back = reverse("recordings") + (f"?{name}" if name else "")
    return Neighbours(
        name, "Recordings", back, *(recording_url(each.pk, list_name=name) if each else "" for each in (before, after))
    )


def _among_hits(recording: RecordingJob, user: User, name: str) -> Neighbours | None:
    query = {key: str(value) for key, value in QueryDict(name.removeprefix(HITS)).items()}
    node = search.read(query.get("q", ""), now=timezone.now(), zone=user.zone).node
    if node is None:
        return None
    cursor, best = search.cursor_of(query), search.wants_best(query)
    near = search.adjacent_hits(node, recording, user=user, before=cursor, best=best)
    back = f"{reverse('search')}?{urlencode(query)}"
    onward = name if near.before == cursor else HITS + urlencode({**query, "cursor": near.before})
    return Neighbours(name, "Search", back, _to_hit(near.previous, name), _to_hit(near.following, onward))


def _to_hit(hit: search.Hit | None, name: str) -> str:
    return hit_url(hit, name) if hit is not None else ""
