"""Shows what happened today: the page that one lands on."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.recordings.home import home as figures
from recordings_site.web.http import Request, page_or_partial


@require_safe
@access.signed_in
def home(request: Request) -> HttpResponse:
    """Today's figures, what is late, the last thirty days, and one's saved searches."""
    context = {"home": figures(request.user, now=timezone.now())}
    return page_or_partial(request, "recordings/home.html", "recordings/_today.html", context)
