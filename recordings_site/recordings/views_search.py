"""Searches what was said in all recordings that one may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.recordings.models import IndexedRecording
from recordings_site.recordings.search import find, summary, tree
from recordings_site.recordings.search.language import QueryError, corrected, parse
from recordings_site.web.http import Request, page_or_partial

# A cursor is an id of the index, 64 bits at most; among the best it is the number of a page.
_LONGEST_CURSOR = 18
_LAST_PAGE = 50
BEST = "best"


@dataclass(frozen=True, slots=True)
class Asked:
    """A typed query: the text, the text as it was understood ("" when it was not), its tree and its first error."""

    text: str
    meant: str
    node: tree.Node | None
    error: QueryError | None

    @property
    def cut(self) -> tuple[str, str, str]:
        """The typed text around the place of its error."""
        if self.error is None:
            return self.text, "", ""
        start, end = self.error.start, self.error.end
        return self.text[:start], self.text[start:end], self.text[end:]


@require_safe
@access.signed_in
def search(request: Request) -> HttpResponse:
    """The search page, or its hits alone for htmx. Whatever is typed gives hits or a sentence that helps."""
    asked = read(request)
    sort = BEST if request.GET.get("sort") == BEST else ""
    context: dict[str, object] = {"asked": asked, "sort": sort}
    if asked.node is not None:
        kept = urlencode({"q": asked.meant} | ({"sort": sort} if sort else {}))
        context["save_link"] = f"{reverse('saved_new')}?{urlencode({'page': 'search', 'query': kept})}"
        context |= _best(request, asked.node) if sort == BEST else _newest(request, asked.node)
    elif not asked.text:
        context["nothing_indexed"] = not IndexedRecording.objects.exists()
    return page_or_partial(request, "recordings/search.html", "recordings/_hits.html", context)


@require_safe
@access.signed_in
def search_summary(request: Request) -> HttpResponse:
    """How many calls a query finds and how they divide; `exact` counts beyond the newest thousand."""
    asked = read(request)
    context: dict[str, object] = {"asked": asked}
    if asked.node is not None:
        found = summary.summarize(asked.node, user=request.user)
        context |= {"summary": found, "facets": [(facet, _refined(asked, facet)) for facet in found.facets]}
        if found.more and request.GET.get("exact"):
            context["exact"], context["exact_more"] = summary.count(asked.node, user=request.user, most=summary.MOST)
    return page_or_partial(request, "recordings/search_summary.html", "recordings/_summary.html", context)


def read(request: Request) -> Asked:
    """The query of a request, read in the zone of who asks."""
    text = request.GET.get("q", "").replace("\0", " ").strip()
    if not text:
        return Asked("", "", None, None)
    now, zone = timezone.now(), request.user.zone
    meant, error = corrected(text, now=now, zone=zone)
    return Asked(text, meant, parse(meant, now=now, zone=zone) if meant else None, error)


def _newest(request: Request, node: tree.Node) -> dict[str, object]:
    found = find.find(node, user=request.user, before=_cursor(request))
    return {"found": found, "older": _link(request.GET, found.older)}


def _best(request: Request, node: tree.Node) -> dict[str, object]:
    number = min(max(_cursor(request) or 1, 1), _LAST_PAGE)
    found, more = find.find_best(node, user=request.user, page=number)
    return {"found": found, "older": _link(request.GET, found.older), "considered": more, "first": number == 1}


def _refined(asked: Asked, facet: summary.Facet) -> list[tuple[summary.FacetValue, str]]:
    assert asked.node is not None
    return [
        (each, f"?{urlencode({'q': summary.refined(asked.meant, each.condition, asked.node)})}")
        for each in facet.values
    ]


def _cursor(request: Request) -> int | None:
    text = request.GET.get("cursor", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_CURSOR else None


def _link(query: Mapping[str, str], cursor: int | None) -> str:
    if cursor is None:
        return ""
    kept = {name: query[name] for name in ("q", "sort") if query.get(name)}
    return f"?{urlencode(kept | {'cursor': cursor})}"
