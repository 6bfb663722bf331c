"""What each request brings along: the address for the audit trail, and the time zone of the person who asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from recordings_site.accounts import audit

Answer = Callable[[HttpRequest], HttpResponseBase]


def audit_address(get_response: Answer) -> Answer:
    """Middleware: rows of the audit trail tell from which address they were caused."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        with audit.recording_for(request):
            return get_response(request)

    return answer


def person_time_zone(get_response: Answer) -> Answer:
    """Middleware: activate the signed-in person's zone for the length of the request.

    A request that carries no session (Sinch's callbacks, health checks) is let through without asking who it is.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key is None or not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(request.user.zone):
            return get_response(request)

    return answer
