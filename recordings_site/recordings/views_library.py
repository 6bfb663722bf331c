"""Shows the recordings that one may see as a list: newest first, narrowed by its URL."""

from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.recordings import browse
from recordings_site.recordings.models import Listening, RecordingJob, RecordingJobQuerySet, Transcript
from recordings_site.web import keyset
from recordings_site.web.http import Request, page_or_partial


@require_safe
@access.signed_in
def library(request: Request) -> HttpResponse:
    """A page of recordings, or its list alone for htmx."""
    form = browse.BrowseForm(request.GET, request.user)
    rows = browse.narrowed(RecordingJob.objects.visible_to(request.user).with_facts(), form)
    column, falling = browse.sort_of(request.GET)
    if column == "duration":
        rows = rows.filter(duration__isnull=False)
    page = keyset.page(
        _with_marks(rows, request), order=(column, "id"), descending=falling, cursor=request.GET.get("cursor", "")
    )
    context = {
        "form": form,
        # Goes along to each recording, so that one can walk through this very list there.
        "list_query": browse.link(request.GET).removeprefix("?"),
        "chips": browse.chips(form, request.GET),
        "page": page,
        "newer": browse.link(request.GET, cursor=page.newer) if page.newer else "",
        "older": browse.link(request.GET, cursor=page.older) if page.older else "",
        "sort": request.GET.get("sort", ""),
        "empty": "" if page.rows else why_empty(request, narrowed=bool(browse.chips(form, request.GET))),
    }
    return page_or_partial(request, "recordings/library.html", "recordings/_list.html", context)


def _with_marks(rows: RecordingJobQuerySet, request: Request) -> RecordingJobQuerySet:
    mine = Listening.objects.filter(recording=OuterRef("pk"), user=request.user)
    return rows.annotate(
        has_transcript=Exists(Transcript.objects.filter(recording=OuterRef("pk"))),
        heard_at=Subquery(mine.values("heard_at")[:1]),
        heard_to=Subquery(mine.values("position")[:1]),
    )


def why_empty(request: Request, *, narrowed: bool) -> str:
    """Why a list has no rows: "end", "narrowed", "no_team" or "nothing"."""
    if request.GET.get("cursor"):
        return "end"
    if narrowed:
        return "narrowed"
    if not request.user.sees_all and not request.user.teams.exists():
        return "no_team"
    return "nothing"
