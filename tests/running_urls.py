"""The site's addresses, an empty one, and one that answers an ICE without keeping anything."""

import json
from collections.abc import Callable
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from recordings_site import urls as site
from recordings_site.policies.engine import answer, snapshot
from recordings_site.sinch import events, signing
from recordings_site.sinch.events import Ice


@csrf_exempt
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing but the body read, through all of the site's middleware: who leaves one unread is hung up on."""
    return HttpResponse(request.body[:0])


def slow(request: HttpRequest) -> HttpResponse:
    """A page that holds a connection for `?seconds=`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET["seconds"])])
    return HttpResponse()


def decided_at_the_door(get_response: Callable[[HttpRequest], HttpResponseBase]) -> object:
    """Middleware that answers /decide where the site answers callbacks (callbacks.middleware)."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/decide":
            return get_response(request)
        response = decide(request)
        response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer


def decide(request: HttpRequest) -> HttpResponse:
    """Verify an ICE, decide, render its SVAML: all of an answer but the rows that it leaves behind."""
    held = snapshot.current()
    given = signing.parse_authorization(request.META["HTTP_AUTHORIZATION"])
    application = held.applications[given.application_key]
    if not signing.verify(
        application.secrets,
        method="POST",
        path="/decide",
        body=request.body,
        content_type=request.META["CONTENT_TYPE"],
        x_timestamp=request.META["HTTP_X_TIMESTAMP"],
        signature=given.signature,
    ):
        return HttpResponse(status=401)
    ice = events.parse(request.body)
    if not isinstance(ice, Ice):
        return HttpResponse(status=400)
    call = answer.call_facts(ice, received_at=timezone.now(), application_key=application.key)
    found = answer.answer_ice(call, held, application_key=application.key, recording_id=uuid4())
    return HttpResponse(json.dumps(found.svaml), content_type="application/json")


handler500 = site.handler500
urlpatterns = [path("empty", empty), path("slow", slow), *site.urlpatterns]
