"""The page of changes that wait for a second admin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts.access import Request, admin_only
from recordings_site.accounts.approvals import actions
from recordings_site.accounts.approvals.kinds import CHANGES, Refused
from recordings_site.accounts.models import Approval
from recordings_site.accounts.sessions.fresh import fresh_to_write


@require_safe
@admin_only
def approvals(request: Request) -> HttpResponse:
    """What waits, the oldest first."""
    waiting = [
        {"row": row, "label": CHANGES[row.kind].label, "shown": CHANGES[row.kind].shown(row.data)}
        for row in Approval.objects.waiting()
        if row.kind in CHANGES
    ]
    return render(request, "accounts/approvals/approvals.html", {"waiting": waiting})


@require_POST
@admin_only
@fresh_to_write
def approval_decide(request: Request, pk: int) -> HttpResponse:
    """Approve or refuse one."""
    found = get_object_or_404(Approval, pk=pk)
    approve = "approve" in request.POST
    try:
        actions.decide(by=request.user, approval=found, approve=approve)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Approved. The change was made." if approve else "Rejected. Nothing was changed.")
    return redirect("approvals")
