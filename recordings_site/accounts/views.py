"""The pages about people, teams, one's own profile and the activity."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.contrib import messages
from django.http import (
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from recordings_site.accounts import actions, audit
from recordings_site.accounts.access import Request, admin_only, own_affairs, page_or_partial
from recordings_site.accounts.approvals.kinds import WAITS
from recordings_site.accounts.forms import ActivityForm, InviteForm, PersonForm, ProfileForm, TeamForm, ZoneForm
from recordings_site.accounts.links import way_in
from recordings_site.accounts.models import Approval, AuditEvent, AuditQuerySet, Team, User
from recordings_site.accounts.sessions.fresh import fresh_to_write
from recordings_site.accounts.sessions.listing import open_sessions
from recordings_site.web.csv_cells import escape_formula

PAGE = 50


@require_http_methods(["GET", "POST"])
@admin_only
@fresh_to_write
def people(request: Request) -> HttpResponse:
    """Everybody with an account; posting invites one more and shows the link once."""
    form = InviteForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.invite_person(by=request.user, **form.cleaned_data)
        except actions.PeopleError as error:
            form.add_error("role", str(error))
        else:
            request.session["invited"] = person.pk
            if person.role != form.cleaned_data["role"]:
                messages.success(request, WAITS)
            return redirect("people")
    context = {
        "people": User.objects.listed(),
        "form": form,
        "invitation": _invitation(request) if request.method == "GET" else None,
    }
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


def _invitation(request: Request) -> dict[str, str] | None:
    """The invitation link, shown once to the admin who invited. Made now, because sessions are in the database."""
    invited = User.objects.filter(pk=request.session.pop("invited", None)).first()
    return {"email": invited.email, "link": way_in(invited)} if invited and invited.is_invited else None


@require_http_methods(["GET", "POST"])
@admin_only
@fresh_to_write
def person(request: Request, pk: int) -> HttpResponse:
    """One account: name, role, teams; what was done to it lately."""
    found = get_object_or_404(User, pk=pk)
    initial = {"name": found.name, "role": found.role, "teams": found.teams.all()}
    form = PersonForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            waits = actions.change_person(by=request.user, person=found, **form.cleaned_data)
        except actions.PeopleError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, WAITS if waits else f"{found.email} was changed.")
            return redirect("person", pk=pk)
    history = AuditEvent.objects.about("accounts.user", pk)[:10]
    sessions = open_sessions(found, here=request.session.session_key)
    context = {"person": found, "form": form, "history": history, "sessions": sessions}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_POST
@admin_only
@fresh_to_write
def person_standing(request: Request, pk: int) -> HttpResponse:
    """Deactivate or reactivate a person."""
    found = get_object_or_404(User, pk=pk)
    change = actions.reactivate_person if request.POST.get("active") == "1" else actions.deactivate_person
    try:
        change(by=request.user, person=found)
    except actions.PeopleError as error:
        messages.error(request, str(error))
    return redirect("person", pk=pk)


@require_POST
@admin_only
@fresh_to_write
def person_invite(request: Request, pk: int) -> HttpResponse:
    """Send the link again; show it once to who invites, while its owner has never signed in."""
    found = get_object_or_404(User, pk=pk)
    try:
        actions.resend_invitation(by=request.user, person=found)
    except actions.PeopleError as error:
        messages.error(request, str(error))
        return redirect("person", pk=pk)
    if found.is_invited:
        request.session["invited"] = found.pk
        return redirect("people")
    messages.success(request, f"The link was sent to {found.email}.")
    return redirect("person", pk=pk)


@require_POST
@admin_only
@fresh_to_write
def person_factors(request: Request, pk: int) -> HttpResponse:
    """Remove a person's second factors."""
    found = get_object_or_404(User, pk=pk)
    try:
        done = actions.remove_second_factors(by=request.user, person=found)
    except actions.PeopleError as error:
        messages.error(request, str(error))
    else:
        removed = f"{found.email} no longer uses two-step verification and signs in with just a password."
        messages.success(request, WAITS if isinstance(done, Approval) else removed)
    return redirect("person", pk=pk)


@require_http_methods(["GET", "POST"])
@admin_only
@fresh_to_write
def teams(request: Request) -> HttpResponse:
    """Every team; posting makes one more."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.create_team(by=request.user, name=form.cleaned_data["name"])
        messages.success(request, f"{made.name} was created. Add numbers and people to it.")
        return redirect("teams")
    context = {"teams": Team.objects.listed(), "form": form}
    return render(request, "accounts/teams.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@admin_only
@fresh_to_write
def team(request: Request, pk: int) -> HttpResponse:
    """One team: its name, its people, its numbers."""
    found = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, team=found, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_team(by=request.user, team=found, name=form.cleaned_data["name"])
        return redirect("team", pk=pk)
    context = {"team": found, "form": form, "members": found.members.all(), "numbers": found.numbers.all()}
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


@require_POST
@admin_only
@fresh_to_write
def team_delete(request: Request, pk: int) -> HttpResponse:
    """Delete a team that owns no number."""
    found = get_object_or_404(Team, pk=pk)
    try:
        actions.delete_team(by=request.user, team=found)
    except actions.PeopleError as error:
        messages.error(request, str(error))
        return redirect("team", pk=pk)
    messages.success(request, f"{found.name} was deleted.")
    return redirect("teams")


@require_GET
@admin_only
def activity(request: Request) -> HttpResponse:
    """The audit trail, newest first; the address of the page is the filter."""
    form = ActivityForm(request.GET)
    filters = form.filters()
    events = AuditEvent.objects.none() if form.errors else AuditEvent.objects.matching(**filters)
    page = events.page(**form.cursor(), size=PAGE)
    context = {"form": form, "page": page, "kinds": AuditEvent.objects.kinds(), "filtered": any(filters.values())}
    return page_or_partial(request, "accounts/activity.html", "accounts/_events.html", context)


@require_GET
@admin_only
def activity_export(request: Request) -> HttpResponseBase:
    """The filtered audit trail as CSV, oldest first, with the chain for checking it elsewhere."""
    form = ActivityForm(request.GET)
    rows = AuditEvent.objects.matching(**form.filters())
    if form.errors:
        return HttpResponseBadRequest("A filter isn’t valid, so nothing was exported.", content_type="text/plain")
    audit.record(by=request.user, action="activity.exported", data={"query": request.GET.urlencode()})
    response = StreamingHttpResponse(_csv_chunks(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="activity.csv"'
    return response


def _csv_chunks(events: AuditQuerySet) -> Iterator[str]:
    """The events, oldest first, as pieces of CSV; cells that a spreadsheet would run are escape_formula."""
    yield _csv([("id", "at", "who", "what", "subject_type", "subject_id", "subject", "data", "address", "chain")])
    for batch in events.batches():
        yield _csv(_cells(event) for event in batch)


def _cells(event: AuditEvent) -> list[object]:
    cells = [event.actor_email, event.action, event.subject_type, event.subject_id, event.subject_name, event.data]
    return [event.pk, event.at.isoformat(), *map(escape_formula, cells), escape_formula(event.address), event.chain]


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


@require_http_methods(["GET", "POST"])
@own_affairs
def profile(request: Request) -> HttpResponse:
    """One's own name and time zone, and the ways to password and second factors."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name, "time_zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        actions.change_profile(by=request.user, **form.cleaned_data)
        messages.success(request, "Your profile was saved.")
        return redirect("profile")
    context = {"form": form, "sessions": open_sessions(request.user, here=request.session.session_key)}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_POST
@own_affairs
def profile_zone(request: Request) -> HttpResponse:
    """Take the browser's guess of the time zone, or not; it is offered once."""
    form = ZoneForm(request.POST)
    if form.is_valid() and form.cleaned_data["time_zone"]:
        zone = form.cleaned_data["time_zone"]
        actions.change_profile(by=request.user, name=request.user.name, time_zone=zone)
        messages.success(request, f"Times are now shown in {zone.replace('_', ' ')}.")
    actions.remember(by=request.user, zone_offered=True)
    back = request.POST.get("next", "/")
    # Not redirect(): that takes a word for the name of a page.
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
