"""The list of recordings: filtered and sorted by its URL, with bulk actions."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from recordings_site.accounts import access
from recordings_site.accounts import actions as account_actions
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.base.formatting import counted
from recordings_site.recordings.annotations.forms import TagForm
from recordings_site.recordings.criteria import narrowing
from recordings_site.recordings.criteria.emptiness import empty_reason
from recordings_site.recordings.criteria.form import FilterForm
from recordings_site.recordings.library import actions, columns, exports
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.recordings.playback.actions import mark_played
from recordings_site.web import keyset

# Parameters that the form around the list adds when selected rows are exported.
SELECTION = ("pk", "here", "name", "csrfmiddlewaretoken")


@require_safe
@access.signed_in
def library(request: Request) -> HttpResponse:
    """A page of recordings, or its list alone for htmx."""
    form = FilterForm(request.GET, request.user)
    query = form.query()
    # A row that was typed into a picker is kept in the URL by its key.
    if form.has_typed_rows() and not form.errors and not request.htmx:
        return redirect(request.path + narrowing.link(query, cursor=query.get("cursor", "")))
    order, descending = narrowing.sort_order(query)
    shown = columns.chosen_by(request.user)
    names = {column.name for column in shown}
    rows = narrowing.ordered(_narrowed(request, form), order).as_rows(names, request.user)
    page = keyset.page(
        rows,
        order=(order, "id"),
        descending=descending,
        cursor=request.GET.get("cursor", ""),
        source=narrowing.page_source(rows, form, order),
    )
    chips = narrowing.chips(form)
    kept = narrowing.link(query)[1:]
    # A form sends its empty fields, too: the URL keeps only the filters in use.
    here = request.path + narrowing.link(query, cursor=query.get("cursor", "")).rstrip("?")
    context = {
        "form": form,
        "chips": chips,
        "page": page,
        "newer": narrowing.link(query, cursor=page.newer) if page.newer else "",
        "older": narrowing.link(query, cursor=page.older) if page.older else "",
        "sort": request.GET.get("sort", ""),
        "columns": shown,
        "shown": {column.name: column in shown for column in columns.COLUMNS},
        "all_columns": columns.COLUMNS,
        "here": here,
        # Each recording's link carries it, for previous and next in this list.
        "list_query": kept,
        "save_link": f"{reverse('saved_new')}?{urlencode({'page': 'recordings', 'query': kept})}",
        "empty": "" if page.rows or form.errors else empty_reason(request, narrowed=bool(chips)),
    }
    answer = page_or_partial(request, "recordings/library/library.html", "recordings/library/_list.html", context)
    return push_url(answer, here) if request.htmx else answer


@require_safe
@access.supervisor_or_admin
def library_export(request: Request, export_format: str) -> HttpResponseBase:
    """Stream the filtered list, or the selected rows of it, as a file."""
    if export_format not in exports.WRITERS:
        raise Http404
    filters = FilterForm(request.GET, request.user, beside=SELECTION)
    if wrong := filters.error_messages():
        return HttpResponseBadRequest(wrong[0], content_type="text/plain; charset=utf-8")
    rows = _narrowed(request, filters).with_facts()
    selected = _selected_ids(request.GET.getlist("pk"))
    if selected:
        rows = rows.filter(pk__in=selected)
    order, descending = narrowing.sort_order(request.GET)
    if request.method == "GET":
        query = narrowing.link(request.GET)[1:]
        actions.record_list_export(by=request.user, query=query, export_format=export_format, selected=len(selected))
    pieces = exports.lines(narrowing.ordered(rows, order), export_format, order=(order, "id"), descending=descending)
    kind = "text/csv" if export_format == "csv" else "application/x-ndjson"
    answer = StreamingHttpResponse(pieces, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="recordings.{export_format}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@access.supervisor_or_admin
def library_tag(request: Request) -> HttpResponse:
    """Tag each selected recording."""
    form = TagForm(request.POST)
    if form.is_valid():
        count = actions.tag_all(by=request.user, recordings=_selected(request), name=form.cleaned_data["name"])
        messages.success(
            request, f"{counted(count, 'recording is', 'recordings are')} tagged “{form.cleaned_data['name']}”."
        )
    else:
        messages.error(request, "Enter a tag.")
    return _back(request)


@require_POST
@access.own_affairs
def library_mark_played(request: Request) -> HttpResponse:
    """Mark each selected recording as played by the user, or with `played=no` as not played."""
    played = request.POST.get("played") != "no"
    count = mark_played(by=request.user, recordings=_selected(request), played=played)
    messages.success(request, f"{counted(count, 'recording')} marked as {'played' if played else 'not played'}.")
    return _back(request)


@require_POST
@access.own_affairs
def library_columns(request: Request) -> HttpResponse:
    """Save which columns the user wants to see."""
    account_actions.remember(by=request.user, columns=columns.known(request.POST.getlist("column")))
    return _back(request)


def _narrowed(request: Request, form: FilterForm) -> RecordingJobQuerySet:
    return narrowing.narrowed(RecordingJob.objects.visible_to(request.user), form)


def _selected_ids(values: list[str]) -> list[uuid.UUID]:
    """Return the valid ids, at most a page of them."""
    found = []
    for value in values[: keyset.PAGE]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def _selected(request: Request) -> RecordingJobQuerySet:
    """Return the selected recordings that are visible to the user."""
    return RecordingJob.objects.visible_to(request.user).filter(pk__in=_selected_ids(request.POST.getlist("pk")))


def _back(request: Request) -> HttpResponse:
    """Redirect to the list as it was; never to another site."""
    here = request.POST.get("here", "")
    safe = here.startswith(reverse("recordings")) and url_has_allowed_host_and_scheme(here, None)
    return HttpResponseRedirect(here if safe else reverse("recordings"))
