"""The page that imports numbers from a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.base.formatting import counted
from recordings_site.policies.applications import actions_connect
from recordings_site.policies.applications.forms_connect import NumbersFileForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def numbers_import(request: Request) -> HttpResponse:
    """Import numbers with label, team and policy, all or none."""
    form = NumbersFileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        count = actions_connect.store_numbers(
            by=request.user, application=form.cleaned_data["application"], numbers=form.read.numbers
        )
        known = f", {form.read.known} were known already" if form.read.known else ""
        messages.success(request, f"{counted(count, 'number')} imported{known}.")
        return redirect("numbers")
    return render(request, "policies/applications/import.html", {"form": form}, status=422 if form.is_bound else 200)
