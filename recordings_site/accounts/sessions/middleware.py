"""Ends sessions that have come to their end, and notes when one was last used."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.accounts.sessions.lifetimes import lifetime_of

Answer = Callable[[HttpRequest], HttpResponseBase]
# A request within so long of the one before writes nothing.
NOTED_EVERY = timedelta(minutes=1)
# What pages fetch by themselves says so (static/js/site.js): a page that is merely left open is not in use.
BY_ITSELF = "X-By-Itself"


def lasting_sessions_only(get_response: Answer) -> Answer:
    """Middleware: whose session is over is signed out before anything else is asked.

    Costs a query a request, and once a minute one that writes. Audio is a request like any other: who listens is there.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key is not None and isinstance(request.user, User):
            _check(request, request.user)
        return get_response(request)

    return answer


def _check(request: HttpRequest, person: User) -> None:
    """Sign the person out, or note that they were here."""
    now = timezone.now()
    session = UserSession.objects.filter(session_key=request.session.session_key, user_id=person.pk).first()
    if session is None:  # just signed in, or its key was changed: by another password, or another SECRET_KEY
        UserSession.objects.create_from_request(request)
    elif lifetime_of(person.role).is_over(session, now):
        session.delete()
        auth.logout(request)
        messages.info(
            request, "You were signed out because you were inactive or signed in for too long. Sign in again."
        )
    elif now - session.last_seen_at >= NOTED_EVERY and BY_ITSELF not in request.headers:
        # By itself, and never with the session: what others write there at the same time is kept.
        address = get_adapter().get_client_ip(request)
        UserSession.objects.filter(pk=session.pk).update(last_seen_at=now, ip=address)
