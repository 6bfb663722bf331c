"""Pages of saved searches."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.models import Team
from recordings_site.base.formatting import counted
from recordings_site.recordings import search
from recordings_site.recordings.hit_rows import hit_url
from recordings_site.recordings.links import recording_url
from recordings_site.recordings.models import RecordingJob, SavedMatch, SavedPage, SavedSearch
from recordings_site.recordings.neighbours.queries import HITS
from recordings_site.recordings.saved import actions, matching
from recordings_site.recordings.saved.forms import LONGEST_NAME, SavedSearchForm
from recordings_site.web.keyset import row_key
from recordings_site.web.undo import Undo, undoable

# New matches that are marked at once.
MOST_UNSEEN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_affairs
def saved_new(request: Request) -> HttpResponse:
    """Save a search, or the list with its filters, under a name."""
    query = request.GET.get("query", "")
    # The query is the default name.
    first = {"page": request.GET.get("page"), "query": query, "name": QueryDict(query).get("q", "")[:LONGEST_NAME]}
    form = SavedSearchForm(request.POST if request.method == "POST" else None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        page = SavedPage(form.cleaned_data.pop("page") or SavedPage.SEARCH)
        saved = actions.save_search(by=request.user, page=page, **form.cleaned_data)
        messages.success(request, f"“{saved.name}” was saved. Find it on your home page.")
        return redirect(address(saved))
    context = {"form": form, "shown": shown(str(form["query"].value() or ""))}
    return render(request, "recordings/saved/saved_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_affairs
def saved_edit(request: Request, saved_id: int) -> HttpResponse:
    """Rename, share or watch one of the user's saved searches."""
    saved = get_object_or_404(SavedSearch, pk=saved_id, owner=request.user)
    first = {name: getattr(saved, name) for name in ("name", "team", "alert", "alert_by_email", "page", "query")}
    form = SavedSearchForm(
        request.POST if request.method == "POST" else None, user=request.user, saved=saved, initial=first
    )
    if request.method == "POST" and form.is_valid():
        undo = Undo(reverse("saved_edit", args=[saved.pk]), _fields(saved))
        kept = {name: form.cleaned_data[name] for name in ("name", "team", "alert", "alert_by_email")}
        actions.change_saved(by=request.user, saved=saved, **kept)
        undoable(request, f"“{saved.name}” was changed.", undo)
        return redirect("saved")
    context = {"form": form, "saved": saved, "shown": shown(saved.query)}
    return render(request, "recordings/saved/saved_form.html", context, status=400 if form.errors else 200)


@require_POST
@access.own_affairs
def saved_delete(request: Request, saved_id: int) -> HttpResponse:
    """Delete one of the user's saved searches."""
    saved = get_object_or_404(SavedSearch, pk=saved_id, owner=request.user)
    undo = Undo(reverse("saved_new"), _fields(saved))
    actions.delete_saved(by=request.user, saved=saved)
    undoable(request, f"“{saved.name}” was deleted.", undo)
    return redirect("saved")


@require_POST
@access.own_affairs
def saved_seen(request: Request, saved_id: int) -> HttpResponse:
    """Mark the new matches of one of the user's saved searches as seen, or with `seen=no` some as new again."""
    saved = get_object_or_404(SavedSearch, pk=saved_id, owner=request.user)
    if request.POST.get("seen") == "no":
        sent = [row_key(each) for each in request.POST.getlist("match")[:MOST_UNSEEN]]
        actions.mark_unseen(by=request.user, matches=sent)
    else:
        unseen = SavedMatch.objects.filter(saved=saved, seen_at=None).values_list("pk", flat=True)[:MOST_UNSEEN]
        seen = actions.mark_seen(by=request.user, matches=unseen)
        fields = (("seen", "no"), *(("match", str(each)) for each in seen))
        undo = Undo(reverse("saved_seen", args=[saved.pk]), fields)
        undoable(request, f"{counted(len(seen), 'match', 'matches')} of “{saved.name}” marked as seen.", undo)
    return redirect("saved")


@require_safe
@access.signed_in
def saved_found(request: Request, saved_id: int, recording_id: UUID) -> HttpResponse:
    """Redirect from a new match to its recording, at the line that matches."""
    saved = get_object_or_404(SavedSearch, pk=saved_id, owner=request.user)
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user), pk=recording_id)
    searched = matching.parsed_query(saved, request.user) if saved.page == SavedPage.SEARCH else None
    name = saved.query if searched is None else HITS + saved.query
    if searched is not None and (hit := search.within(searched, recording, user=request.user)):
        return redirect(hit_url(hit, name))
    return redirect(recording_url(recording.pk, list_name=name))


@require_safe
@access.signed_in
def saved(request: Request) -> HttpResponse:
    """The user's saved searches and those shared with their teams, with counts and new matches."""
    return page_or_partial(
        request,
        "recordings/saved/saved.html",
        "recordings/saved/_saved.html",
        {"saved_searches": saved_with_matches(request)},
    )


def saved_with_matches(request: Request) -> list[dict[str, object]]:
    """Return each visible saved search with its URL, its count and its newest unseen recordings."""
    user = request.user
    news: dict[int, list[SavedMatch]] = {}
    for match in SavedMatch.objects.unseen_by(user):
        news.setdefault(match.saved_id, []).append(match)
    teams = set(Team.objects.visible_to(user).values_list("pk", flat=True))
    return [
        {
            "saved": each,
            # Its owner may have left the team, whose name is no longer theirs to know.
            "team": each.team if each.team_id in teams else None,
            "address": address(each),
            "count": matching.count(each, user),
            "own": each.owner_id == user.pk,
            "news": news.get(each.pk, [])[:5],
            "new": len(news.get(each.pk, [])),
        }
        for each in SavedSearch.objects.visible_to(user).select_related("owner", "team")
    ]


def _fields(saved: SavedSearch) -> tuple[tuple[str, str], ...]:
    """The fields of the form that makes a saved search what it is now."""
    kept = {"name": saved.name, "page": saved.page, "query": saved.query, "team": str(saved.team_id or "")}
    kept |= {name: "on" for name in ("alert", "alert_by_email") if getattr(saved, name)}
    return tuple(kept.items())


def shown(query: str) -> str:
    """Return what is saved in words: the query, or the list's filters."""
    values = QueryDict(query)
    return values.get("q") or ", ".join(f"{name}: {value}" for name, value in values.items() if value)


def address(saved: SavedSearch) -> str:
    """Return the URL at which a saved search opens."""
    return f"{reverse(saved.page)}?{saved.query}"
