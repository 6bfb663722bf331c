"""The pages of destinations: all of them with their health, one, its forms, and its check."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.approvals.kinds import WAITS
from recordings_site.accounts.sessions.fresh import fresh_to_open
from recordings_site.destinations import actions
from recordings_site.destinations.forms import CredentialsForm, PlaceForm, suggested_place
from recordings_site.destinations.kinds import KINDS
from recordings_site.destinations.models import Destination, offered_kinds
from recordings_site.destinations.steps import PENDING, CheckStep
from recordings_site.destinations.store_facts import described
from recordings_site.storage import Location


@require_GET
@access.admin_only
def destinations(request: Request) -> HttpResponse:
    """All destinations and how they fare."""
    found = Destination.objects.in_use()
    context = {"destinations": found, "failing": found.failing().count(), "kinds": offered_kinds()}
    return render(request, "destinations/destinations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
@fresh_to_open
def destination_new(request: Request, kind: str) -> HttpResponse:
    """Make a destination of this kind. The URL may name its place, for which see `forms.suggested_place`."""
    store_kind = KINDS.get(kind)
    if store_kind not in offered_kinds():
        raise Http404
    place = PlaceForm(request.POST or None, kind=store_kind, initial=suggested_place(request.GET))
    valid = request.method == "POST" and place.is_valid()
    sets = _credentials_form(request, place, valid=valid)
    if valid and sets.is_valid():
        destination = actions.create_destination(
            by=request.user,
            name=place.cleaned_data["name"],
            kind=kind,
            read_mode=sets.mode,
            sets=sets.sets,
            **place.place(),
        )
        messages.success(request, f"{destination} was created and is being checked.")
        return redirect("destination", destination.pk)
    context = {"kind": store_kind, "place": place, "sets": sets, "guide": store_kind.guide()}
    return render(request, "destinations/new.html", context, status=422 if request.method == "POST" else 200)


def _credentials_form(request: Request, place: PlaceForm, *, valid: bool) -> CredentialsForm:
    found = place.cleaned_data if place.is_bound else {}
    names = ("account", "bucket", "region", "endpoint", "addressing")
    location = Location(place.kind.name, **{name: found.get(name, "") for name in names}) if valid else None
    return CredentialsForm(request.POST or None, kind=place.kind, location=location, region=found.get("region", ""))


@require_GET
@access.admin_only
def destination(request: Request, destination_id: int) -> HttpResponse:
    """One destination: where it is, its two sets, its last check, and the documents to paste."""
    found = get_object_or_404(Destination, pk=destination_id)
    steps = [CheckStep(**step) for step in found.check_result]
    context = {
        "destination": found,
        "steps": steps,
        "checking": any(step.outcome == PENDING for step in steps),
        "guide": found.guide,
        "learnt": described(found.learnt, addressing=found.addressing),
    }
    return page_or_partial(request, "destinations/destination.html", "destinations/_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
@fresh_to_open
def destination_edit(request: Request, destination_id: int) -> HttpResponse:
    """Change what is not secret."""
    found = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    names = ("name", "account", "bucket", "region", "endpoint", "addressing", "key_template")
    initial = {**{name: getattr(found, name) for name in names}, "folder": found.prefix}
    form = PlaceForm(request.POST or None, kind=found.store_kind, destination=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        waits = actions.update_destination(by=request.user, destination=found, name=name, **form.place())
        actions.request_check(by=request.user, destination=found)
        messages.success(request, WAITS if waits else f"{found} was changed and is being checked.")
        return redirect("destination", found.pk)
    context = {"destination": found, "form": form}
    return render(request, "destinations/edit.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
@fresh_to_open
def destination_credentials(request: Request, destination_id: int) -> HttpResponse:
    """Replace one set of credentials, or both."""
    found = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    form = CredentialsForm(
        request.POST or None,
        kind=found.store_kind,
        location=found.location,
        region=found.region,
        present=True,
        initial={"read_mode": found.read_mode},
    )
    if request.method == "POST" and form.is_valid():
        actions.replace_credentials(by=request.user, destination=found, sets=form.sets, read_mode=form.mode)
        actions.request_check(by=request.user, destination=found)
        messages.success(request, f"The credentials of {found} were replaced and are being checked.")
        return redirect("destination", found.pk)
    context = {"destination": found, "form": form, "guide": found.guide}
    return render(request, "destinations/credentials.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@access.admin_only
def destination_check(request: Request, destination_id: int) -> HttpResponse:
    """Check it now."""
    found = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    actions.request_check(by=request.user, destination=found)
    return redirect("destination", found.pk)
