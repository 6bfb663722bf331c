"""Puts a destination away, unless something in force still records to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.destinations import actions
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, Policy


@require_POST
@access.admin_only
def destination_archive(request: Request, destination_id: int) -> HttpResponse:
    """Put it away: without it, calls that are to be recorded there would go unrecorded."""
    found = get_object_or_404(Destination.objects.in_use(), pk=destination_id)
    users = [*Policy.objects.recording_to(found), *PhoneNumber.objects.recording_to(found)]
    if users:
        named = ", ".join(str(each) for each in users[:5]) + (" and others" if len(users) > 5 else "")
        messages.error(request, f"{found} is still used by {named}. Choose another destination there first.")
        return redirect("destination", found.pk)
    actions.archive_destination(by=request.user, destination=found)
    messages.success(request, f"{found} was archived. Its recordings are kept and can still be played.")
    return redirect("destinations")
