"""Going through a list of recordings one by one: which comes before, which after, and the way back to the list."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from recordings_site.accounts.models import User
from recordings_site.recordings import browse
from recordings_site.recordings.models import RecordingJob
from recordings_site.web import keyset

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Review:
    """The list that one came from, as its query string, and the recordings beside the one that is open."""

    query: str
    previous: UUID | None
    following: UUID | None


def review_of(recording: RecordingJob, user: User, query: str | None) -> Review | None:
    """The place of a recording in the list whose query string this is; None when one came from no list."""
    if query is None or len(query) > LONGEST:
        return None
    asked = QueryDict(query)
    form = browse.BrowseForm(asked, user)
    rows = browse.narrowed(RecordingJob.objects.visible_to(user), form).only("pk", "happened_at", "duration")
    column, falling = browse.sort_of(asked)
    if column == "duration":
        rows = rows.filter(duration__isnull=False)
    before, after = keyset.neighbours(rows, recording, order=(column, "id"), descending=falling)
    return Review(query, before.pk if before else None, after.pk if after else None)
