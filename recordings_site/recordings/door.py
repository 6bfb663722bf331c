"""Lets audio through before what is for pages: a player asks for it with each seek, and every listener seeks."""

import re
from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.accounts.sessions import SessionStore
from recordings_site.recordings import views_audio
from recordings_site.recordings.playable import playable
from recordings_site.web.http import Request, wants_page

View = Callable[[HttpRequest], HttpResponseBase]


def audio_first(get_response: View) -> View:
    """Middleware that sends audio to players whose person may hear it, and passes on all else.

    It checks what the long way through the other middleware checks, and with the same functions, except what is for
    writing and for pages; whatever it does not grant is refused there. It stands behind the one that insists on https.
    """
    before, after = map(re.escape, reverse("recording_audio", args=[UUID(int=0)]).split(str(UUID(int=0))))
    path = re.compile(f"{before}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}){after}")

    def answer(request: HttpRequest) -> HttpResponseBase:
        found = path.fullmatch(request.path_info)
        if found is None or request.method not in ("GET", "HEAD") or wants_page(request):
            return get_response(request)
        return _answered(request, UUID(found[1])) or get_response(request)

    return answer


def _answered(request: HttpRequest, recording_id: UUID) -> HttpResponseBase | None:
    """The audio, or why there is none; None to who may not hear it."""
    request.get_host()  # refuses hosts that are not ours
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = auth.get_user(request)
    if not isinstance(user, User):
        return None
    request.user = user
    recording = playable(user, recording_id)
    if recording is None:
        return None
    with audit.answering(request):
        response = views_audio.sent(cast(Request, request), recording)
    response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    if isinstance(response, HttpResponse) and "Content-Length" not in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    return response
