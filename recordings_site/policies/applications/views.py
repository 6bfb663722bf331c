"""The pages of applications and of single numbers: lists, forms, secrets."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.accounts.approvals.kinds import WAITS
from recordings_site.accounts.sessions.fresh import fresh_to_open
from recordings_site.policies.applications import actions, actions_connect
from recordings_site.policies.applications.forms import ApplicationForm, NumberForm, SecretForm
from recordings_site.policies.applications.signature_problem import signature_problem
from recordings_site.policies.editor.forms_route import route_initial
from recordings_site.policies.models import Application, PhoneNumber


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def number_new(request: Request) -> HttpResponse:
    """Make a number known."""
    form = NumberForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        number = actions.create_number(by=request.user, **form.values())
        messages.success(request, f"{number} was added.")
        return redirect("numbers")
    context = {"form": form, "number": None}
    return render(request, "policies/applications/number.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def number(request: Request, number_id: int) -> HttpResponse:
    """Change one number."""
    found = get_object_or_404(PhoneNumber.objects.listed(), pk=number_id)
    names = ("label", "application", "team", "policy", "destination", "language")
    initial = {name: getattr(found, name) for name in names}
    form = NumberForm(request.POST or None, user=request.user, number=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        waits = actions.update_number(by=request.user, number=found, **form.values())
        messages.success(request, WAITS if waits else f"{found} was changed. It applies from the next call.")
        return redirect("numbers")
    context = {"form": form, "number": found}
    return render(request, "policies/applications/number.html", context, status=422 if form.is_bound else 200)


@require_POST
@access.admin_only
def number_archive(request: Request, number_id: int) -> HttpResponse:
    """Put a number away."""
    found = get_object_or_404(PhoneNumber.objects.in_use(), pk=number_id)
    waits = actions.archive_number(by=request.user, number=found)
    messages.success(request, WAITS if waits else f"{found} was archived. Its recordings are kept.")
    return redirect("numbers")


@require_GET
@access.admin_only
def applications(request: Request) -> HttpResponse:
    """All applications, and whether Sinch calls back."""
    return render(request, "policies/applications/applications.html", {"applications": Application.objects.listed()})


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
@fresh_to_open
def application_new(request: Request) -> HttpResponse:
    """Add an application with its first secret."""
    initial = {"route_action": "connectPstn", "route_cli": "{cli}"}
    form = ApplicationForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.create_application(by=request.user, secret=form.cleaned_data["secret"], **form.values())
        messages.success(request, f"{made} was added.")
        _ask_sinch(request, made)
        return redirect("connect", made.pk)
    context = {"form": form, "application": None}
    return render(request, "policies/applications/application.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def application(request: Request, application_id: int) -> HttpResponse:
    """One application: its facts, its default route, the fingerprints of its secrets."""
    found = get_object_or_404(Application.objects.in_use(), pk=application_id)
    names = ("name", "key", "region", "country", "callback_mode", "upstream_url", "upstream_timeout_ms")
    initial = {
        "callout_policy": found.callout_policy,
        **{name: getattr(found, name) for name in names},
        **route_initial(found.default_route),
    }
    form = ApplicationForm(request.POST or None, user=request.user, application=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        waits = actions.update_application(by=request.user, application=found, **form.values())
        messages.success(request, WAITS if waits else f"{found} was changed. It applies from the next call.")
        return redirect("application", found.pk)
    context = {"form": form, "application": found, "problem": signature_problem(found)}
    return render(request, "policies/applications/application.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
@fresh_to_open
def application_secret(request: Request, application_id: int) -> HttpResponse:
    """Replace one of the two secrets."""
    found = get_object_or_404(Application.objects.in_use(), pk=application_id)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.replace_secret(by=request.user, application=found, field=data["field"], secret=data["secret"])
        messages.success(request, "The secret was replaced." if data["secret"] else "The second secret was removed.")
        if data["field"] == "secret":
            _ask_sinch(request, found)
        return redirect("application", found.pk)
    context = {"form": form, "application": found}
    return render(request, "policies/applications/secret.html", context, status=422 if form.is_bound else 200)


def _ask_sinch(request: Request, application: Application) -> None:
    """Check key and secret at once; a wrong one is kept, as Sinch may be out of reach, and told."""
    actions_connect.ask_sinch(by=request.user, application=application)
    if application.sinch_problem:
        messages.warning(request, f"Sinch: {application.sinch_problem}")


@require_POST
@access.admin_only
def application_archive(request: Request, application_id: int) -> HttpResponse:
    """Put an application away."""
    found = get_object_or_404(Application.objects.in_use(), pk=application_id)
    actions.archive_application(by=request.user, application=found)
    messages.success(request, f"{found} was archived. Its callbacks are now rejected.")
    return redirect("applications")
