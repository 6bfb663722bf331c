"""The search page over all transcripts that the user can see."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.picking.choices import Choice
from recordings_site.recordings import hit_rows
from recordings_site.recordings.criteria.call_search import identify
from recordings_site.recordings.criteria.registry import CRITERIA
from recordings_site.recordings.models import IndexedRecording
from recordings_site.recordings.neighbours.queries import HITS
from recordings_site.recordings.results import narrowings
from recordings_site.recordings.results.own_calls import examples
from recordings_site.recordings.saved.views import saved_with_matches
from recordings_site.recordings.search import (
    BEST,
    MOST,
    Facet,
    FacetValue,
    Node,
    TypedQuery,
    best,
    completions,
    count,
    cursor_of,
    find,
    read,
    refined,
    suggest,
    summarize,
    wants_best,
)

_LAST_PAGE = 50
# Characters of a query that is completed.
LONGEST_TYPED = 200


@require_safe
@access.signed_in
def search(request: Request) -> HttpResponse:
    """The search page, or its hits alone for htmx. Every query gives hits or a sentence that helps."""
    asked = typed_query(request)
    sort = BEST if wants_best(request.GET) else ""
    if (query := narrowings.rewritten(request.GET.dict(), asked)) is not None:
        return redirect(f"{request.path}?{urlencode({'q': query} | ({'sort': sort} if sort else {}))}")
    first_page = not request.GET.get("cursor")
    context: dict[str, object] = {
        "asked": asked,
        "sort": sort,
        "first_page": first_page,
        "chips": narrowings.chips(asked, request.user),
        "days": narrowings.days(asked),
        "other_conditions": narrowings.others(asked),
    }
    if asked.text and first_page:
        context["identified"] = identify(request.user, asked.text)
    if asked.node is not None:
        kept = urlencode({"q": asked.meant} | ({"sort": sort} if sort else {}))
        context["save_link"] = f"{reverse('saved_new')}?{urlencode({'page': 'search', 'query': kept})}"
        context |= _best(request, asked.node) if sort == BEST else _newest(request, asked.node)
        if first_page:
            found = bool(context["hits"])
            context["advice"] = suggest(asked.meant, asked.node, user=request.user, found=found)
    elif not asked.text:
        context["nothing_indexed"] = not IndexedRecording.objects.exists()
        context["criteria"] = CRITERIA
        context["examples"] = list(examples(request.user))
        context["saved_searches"] = saved_with_matches(request)
    return page_or_partial(request, "recordings/results/search.html", "recordings/results/_hits.html", context)


@require_safe
@access.signed_in
def search_suggest(request: Request) -> HttpResponse:
    """Queries that continue the one being typed, as options of its input."""
    text = request.GET.get("q", "")[:LONGEST_TYPED].replace("\0", "")
    context = {"choices": [Choice(each, each) for each in completions(text, request.user)]}
    answer = render(request, "_choices.html", context, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@access.signed_in
def search_summary(request: Request) -> HttpResponse:
    """The number of matching calls and their facets; `exact` counts beyond the newest thousand."""
    asked = typed_query(request)
    context: dict[str, object] = {"asked": asked}
    if asked.node is not None:
        found = summarize(asked.node, user=request.user)
        context |= {"summary": found, "facets": [(each, _refined(request, asked, each)) for each in found.facets]}
        if found.more and request.GET.get("exact"):
            context["exact"], context["exact_more"] = count(asked.node, user=request.user, most=MOST)
    return page_or_partial(
        request, "recordings/results/search_summary.html", "recordings/results/_summary.html", context
    )


def typed_query(request: Request) -> TypedQuery:
    """Return the query of a request, with dates in the user's zone.

    `kept` is the query that the chips stand under; where scripts run, `q` comes with them, as it is typed by then.
    """
    return read(request.GET.get("q", request.GET.get("kept", "")), now=timezone.now(), zone=request.user.zone)


def _newest(request: Request, node: Node) -> dict[str, object]:
    found = find(node, user=request.user, before=cursor_of(request.GET))
    hits = hit_rows.rows_of(found.hits, HITS + _kept(request.GET))
    return {"found": found, "hits": hits, "older": _link(request.GET, found.older)}


def _best(request: Request, node: Node) -> dict[str, object]:
    number = min(max(cursor_of(request.GET) or 1, 1), _LAST_PAGE)
    found = best(node, user=request.user, page=number)
    return {
        "found": found,
        "hits": hit_rows.rows_of(found.hits, HITS + _kept(request.GET)),
        "older": _link(request.GET, found.older),
        "onward": "Next",
        "best_end": found.more and found.older is None,
    }


def _refined(request: Request, asked: TypedQuery, facet: Facet) -> list[tuple[FacetValue, str, bool]]:
    """Return each value with the query that adds it, or removes it where it is in use, and whether it is in use."""
    assert asked.node is not None
    without = {each.text: each.without for each in asked.conditions}
    values = []
    for each in facet.values:
        in_use = each.condition in without
        query = without[each.condition] if in_use else refined(asked.meant, each.condition, asked.node)
        values.append((each, f"?{_kept({**request.GET.dict(), 'q': query, 'cursor': ''})}", in_use))
    return values


def _link(query: Mapping[str, str], cursor: int | None) -> str:
    if cursor is None:
        return ""
    return f"?{_kept({**dict(query.items()), 'cursor': str(cursor)})}"


def _kept(query: Mapping[str, str]) -> str:
    return urlencode({name: query[name] for name in ("q", "sort", "cursor") if query.get(name)})
