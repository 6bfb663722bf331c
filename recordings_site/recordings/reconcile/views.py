"""The page of a destination's reconciliations: start one, watch it, read earlier ones."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import Reconciliation
from recordings_site.recordings.reconcile.actions import request_reconciliation, request_stop
from recordings_site.recordings.reconcile.forms import ReconcileForm

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def reconcile(request: Request, destination_id: int) -> HttpResponse:
    """Start a reconciliation, or show those of the destination."""
    destination = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    form = ReconcileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request_reconciliation(
            by=request.user, destination=destination, since=form.since_datetime,
            gone_is_deleted=form.cleaned_data["gone_is_deleted"],
        )  # fmt: skip
        return redirect("destination_reconcile", destination.pk)
    runs = list(Reconciliation.objects.of(destination)[:SHOWN])
    last_time = Reconciliation.objects.objects_last_time(destination)
    expected = runs[0].expected(last_time) if runs else None
    context = {
        "destination": destination,
        "form": form,
        "runs": runs,
        "open": runs[0] if runs and runs[0].done_at is None else None,
        "expected": expected,
        "left": runs[0].seconds_left(expected) if runs else None,
    }
    status = 422 if form.errors else 200
    return page_or_partial(
        request, "recordings/reconcile/reconcile.html", "recordings/reconcile/_runs.html", context, status=status
    )


@require_POST
@access.admin_only
def reconcile_stop(request: Request, destination_id: int) -> HttpResponse:
    """Have the reconciliation that is under way stop after the page that it is at."""
    destination = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    run = Reconciliation.objects.of(destination).open().first()
    if run is not None and request_stop(by=request.user, run=run):
        messages.success(request, "The import stops in a moment. What it has found is kept.")
    return redirect("destination_reconcile", destination.pk)
