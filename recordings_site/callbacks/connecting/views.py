"""The pages that connect an application with Sinch: its checklist, callback URLs, numbers, secrets, and the relay."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.accounts.approvals.kinds import WAITS
from recordings_site.accounts.picking.choices import MOST
from recordings_site.accounts.sessions.fresh import fresh_to_write
from recordings_site.base.formatting import counted, digits
from recordings_site.base.text import digits_of
from recordings_site.callbacks.connecting import checklist
from recordings_site.calls.models import UpstreamExchange
from recordings_site.policies.applications import actions_connect as actions
from recordings_site.policies.applications.forms_connect import CallbacksForm, ImportForm, RelayForm
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.sinch.rest.client import ApiError

SHOWN = 30


@require_safe
@access.admin_only
def connect(request: Request, application_id: int) -> HttpResponse:
    """The checklist to the first success, and what each step takes; htmx asks for the checklist alone."""
    application = _application(application_id)
    return page_or_partial(
        request, "callbacks/connecting/connect.html", "callbacks/connecting/_checklist.html", _context(application)
    )


@require_POST
@access.admin_only
def connect_ask(request: Request, application_id: int) -> HttpResponse:
    """Ask Sinch: are key and secret right, and where do callbacks go?"""
    application = _application(application_id)
    actions.ask_sinch(by=request.user, application=application)
    if application.sinch_problem:
        messages.error(request, f"Sinch: {application.sinch_problem}")
    else:
        messages.success(request, "Sinch accepts the key and the secret.")
    return redirect("connect", application.pk)


@require_POST
@access.admin_only
def connect_callbacks(request: Request, application_id: int) -> HttpResponse:
    """Have Sinch send the callbacks here."""
    application = _application(application_id)
    form = CallbacksForm(request.POST, relays=application.relays)
    if not form.is_valid():
        return _page(request, application, callbacks_form=form)
    try:
        actions.set_callbacks(by=request.user, application=application, fallback=form.cleaned_data["fallback"])
    except ApiError as problem:
        messages.error(request, f"Sinch: {problem}")
    else:
        messages.success(request, "Sinch now sends callbacks here.")
    return redirect("connect", application.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def connect_numbers(request: Request, application_id: int) -> HttpResponse:
    """The numbers that Sinch has, and their import."""
    application = _application(application_id)
    problem, found = "", []
    try:
        found = actions.numbers_at_sinch(application)
    except ApiError as error:
        problem = str(error)
    sought = digits_of(request.GET.get("q", ""))
    found = [number for number in found if sought in digits(number.number)]
    known = {each.digits: each for each in PhoneNumber.objects.listed()}
    new = [number for number in found if digits(number.number) not in known]
    form = ImportForm(request.POST or None, user=request.user, choices=[number.number for number in new])
    if request.method == "POST" and form.is_valid():
        return _imported(request, application, form)
    # Those that can be imported come first: a page shows a few of all that an account has.
    shown = [*new, *(number for number in found if digits(number.number) in known)][:MOST]
    context = {
        "application": application,
        "rows": [(number, known.get(digits(number.number))) for number in shown],
        "count": len(found),
        "new": len(new),
        "sought": sought,
        "form": form,
        "problem": problem,
    }
    return render(request, "callbacks/connecting/connect_numbers.html", context, status=422 if form.is_bound else 200)


def _imported(request: Request, application: Application, form: ImportForm) -> HttpResponse:
    assign = form.cleaned_data["assign"]
    try:
        count = actions.import_numbers(by=request.user, application=application, numbers=form.numbers(), assign=assign)
    except ApiError as problem:
        messages.error(request, f"Sinch didn’t assign the numbers, so none were imported: {problem}")
    else:
        messages.success(request, f"{counted(count, 'number')} imported.")
    return redirect("connect", application.pk)


@require_POST
@access.admin_only
@fresh_to_write
def connect_rotate(request: Request, application_id: int) -> HttpResponse:
    """Finish a rotation: the second secret becomes the first."""
    application = _application(application_id)
    try:
        actions.finish_rotation(by=request.user, application=application)
    except ValueError:
        messages.error(request, "Add the new secret as the second secret first.")
    else:
        messages.success(request, "The new secret is now the first. The old one was removed.")
    return redirect("connect", application.pk)


@require_POST
@access.admin_only
def connect_relay(request: Request, application_id: int) -> HttpResponse:
    """Choose between answering and relaying."""
    application = _application(application_id)
    form = RelayForm(request.POST, initial=_relay(application))
    if not form.is_valid():
        return _page(request, application, relay_form=form)
    data = form.cleaned_data
    waits = actions.set_relay(
        by=request.user, application=application, mode=data["mode"], url=data["url"], timeout_ms=data["timeout_ms"]
    )
    messages.success(request, WAITS if waits else "It applies from the next call.")
    return redirect("connect", application.pk)


def _application(application_id: int) -> Application:
    return get_object_or_404(Application.objects.in_use(), pk=application_id)


def _page(request: Request, application: Application, **forms: CallbacksForm | RelayForm) -> HttpResponse:
    return render(request, "callbacks/connecting/connect.html", _context(application) | forms, status=422)


def _context(application: Application) -> dict[str, object]:
    steps = checklist.checklist(application)
    return {
        "application": application,
        "steps": steps,
        "done": sum(step.state == "done" for step in steps),
        "callback_url": actions.callback_url(),
        "points_here": actions.points_here(application.sinch_callback_url),
        "callbacks_form": CallbacksForm(
            initial={"fallback": application.sinch_fallback_url}, relays=application.relays
        ),
        "relay_form": RelayForm(initial=_relay(application)),
        "figures": checklist.upstream_figures(application),
        "exchanges": UpstreamExchange.objects.of(application)[:SHOWN],
    }


def _relay(application: Application) -> dict[str, object]:
    theirs = application.sinch_callback_url
    return {
        "mode": application.callback_mode,
        # Who answers today is who a relay would ask.
        "url": application.upstream_url or ("" if actions.points_here(theirs) else theirs),
        "timeout_ms": application.upstream_timeout_ms,
    }
