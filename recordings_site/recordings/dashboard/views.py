"""The home page."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.recordings.dashboard.queries import home as figures
from recordings_site.recordings.dashboard.setup_steps import setup_steps


@require_safe
@access.signed_in
def home(request: Request) -> HttpResponse:
    """Today's figures, overdue recordings, the last thirty days, and the user's saved searches."""
    found = figures(request.user, now=timezone.now())
    # With a playable recording the setup is over: then its steps are not queried.
    context = {
        "home": found,
        "setup_steps": setup_steps() if request.user.is_admin and not found.newest else [],
        "no_team": request.user.sees_nothing,
    }
    return page_or_partial(request, "recordings/dashboard/home.html", "recordings/dashboard/_today.html", context)
