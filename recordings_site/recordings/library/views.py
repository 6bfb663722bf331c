"""The list of recordings: filtered and sorted by its URL, with bulk actions."""

import uuid
from itertools import chain
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
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
from recordings_site.recordings.library import actions, columns, exports, rows
from recordings_site.recordings.library.periods import periods
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.recordings.playback.actions import mark_played
from recordings_site.recordings.playback.archive import archived
from recordings_site.web import keyset
from recordings_site.web.csv_cells import byte_order_mark
from recordings_site.web.undo import Undo, undoable

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
    found = narrowing.ordered(_narrowed(request, form), order).as_rows(names, request.user)
    page = keyset.page(
        found,
        order=(order, "id"),
        descending=descending,
        cursor=request.GET.get("cursor", ""),
        source=narrowing.page_source(found, form, order),
    )
    chips = narrowing.chips(form)
    kept = narrowing.link(query)[1:]
    # A form sends its empty fields, too: the URL keeps only the filters in use.
    here = request.path + narrowing.link(query, cursor=query.get("cursor", "")).rstrip("?")
    context = {
        "form": form,
        "chips": chips,
        "page": page,
        "rows": rows.rows_of(page.rows),
        "periods": periods(query, timezone.localdate()),
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
    chosen = _narrowed(request, filters).with_facts()
    selected = _selected_ids(request.GET.getlist("pk"))
    if selected:
        chosen = chosen.filter(pk__in=selected)
    order, descending = narrowing.sort_order(request.GET)
    if request.method == "GET":
        query = narrowing.link(request.GET)[1:]
        actions.record_list_export(by=request.user, query=query, export_format=export_format, selected=len(selected))
    pieces = exports.lines(narrowing.ordered(chosen, order), export_format, order=(order, "id"), descending=descending)
    kind = "text/csv" if export_format == "csv" else "application/x-ndjson"
    if export_format == "csv":
        pieces = chain([byte_order_mark(request)], pieces)
    answer = StreamingHttpResponse(pieces, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="recordings.{export_format}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@access.supervisor_or_admin
def library_audio(request: Request) -> HttpResponseBase:
    """Stream the audio of the selected recordings as one ZIP file."""
    found = _selected(request, request.GET).order_by("happened_at", "id")
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        return HttpResponseBadRequest("Select at least one recording.", content_type="text/plain; charset=utf-8")
    pieces = archived(keys, by=request.user, zone=timezone.get_current_timezone()) if request.method == "GET" else ()
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="recordings-{timezone.localdate()}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@access.supervisor_or_admin
def library_tag(request: Request) -> HttpResponse:
    """Tag each selected recording."""
    form = TagForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        new = actions.tag_all(by=request.user, recordings=_selected(request, request.POST), name=name)
        undo = Undo(reverse("recordings_untag"), _fields(request, new, name=name))
        undoable(request, f"{counted(len(new), 'recording')} tagged “{name}”.", undo)
    else:
        messages.error(request, "Enter a tag.")
    return _back(request)


@require_POST
@access.own_affairs
def library_mark_played(request: Request) -> HttpResponse:
    """Mark each selected recording as played by the user, or with `played=no` as not played."""
    played = request.POST.get("played") != "no"
    changed = mark_played(by=request.user, recordings=_selected(request, request.POST), played=played)
    undo = Undo(reverse("recordings_mark_played"), _fields(request, changed, played="no" if played else "yes"))
    undoable(request, f"{counted(len(changed), 'recording')} marked as {'played' if played else 'not played'}.", undo)
    return _back(request)


@require_POST
@access.supervisor_or_admin
def library_untag(request: Request) -> HttpResponse:
    """Remove a tag from each selected recording."""
    name = request.POST.get("name", "")
    removed = actions.untag_all(by=request.user, recordings=_selected(request, request.POST), name=name)
    undo = Undo(reverse("recordings_tag"), _fields(request, removed, name=name))
    undoable(request, f"Tag “{name}” removed from {counted(len(removed), 'recording')}.", undo)
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


def _selected(request: Request, sent: QueryDict) -> RecordingJobQuerySet:
    """Return the recordings selected in `sent` that are visible to the user."""
    return RecordingJob.objects.visible_to(request.user).filter(pk__in=_selected_ids(sent.getlist("pk")))


def _fields(request: Request, changed: list[uuid.UUID], **more: str) -> tuple[tuple[str, str], ...]:
    """The fields of the form that undoes what was done to these recordings."""
    keys = (("pk", str(pk)) for pk in changed)
    return (*keys, *more.items(), ("here", request.POST.get("here", "")))


def _back(request: Request) -> HttpResponse:
    """Redirect to the list as it was; never to another site."""
    here = request.POST.get("here", "")
    safe = here.startswith(reverse("recordings")) and url_has_allowed_host_and_scheme(here, None)
    return HttpResponseRedirect(here if safe else reverse("recordings"))
