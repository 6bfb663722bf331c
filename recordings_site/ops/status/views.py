"""The status page and its actions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from recordings_site.accounts.access import Request, admin_only, page_or_partial
from recordings_site.calls import sentences
from recordings_site.calls.models import CallbackDelivery
from recordings_site.ops.status import actions
from recordings_site.ops.status.queries import read_status
from recordings_site.tasks.models import Task


@require_GET
@admin_only
def status(request: Request) -> HttpResponse:
    """Failed tasks, suspect callbacks, dropped calls, overdue recordings; refreshed by polling."""
    return page_or_partial(request, "ops/status/status.html", "ops/status/_status.html", {"status": read_status()})


@require_POST
@admin_only
def task_retry(request: Request, pk: int) -> HttpResponse:
    """Retry a failed task."""
    task = get_object_or_404(Task, pk=pk)
    actions.retry(task=task, by=request.user)
    messages.success(request, f"{task.kind} for {task.subject} will be retried.")
    return redirect("status")


@require_POST
@admin_only
def delivery_apply(request: Request, pk: int) -> HttpResponse:
    """Apply a stale or replayed callback."""
    delivery = get_object_or_404(CallbackDelivery, pk=pk)
    messages.success(request, sentences.result(actions.apply_suspect(delivery=delivery, by=request.user)))
    return redirect("status")
