"""A fresh sign-in before secrets, people and keys: who is asked, and how they come back to what they did."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from recordings_site.accounts.access import READING, Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof of who this is, at the sign-in or since, is recent."""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    last = max((record["at"] for record in records), default=0)
    return bool(time.time() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def fresh_to_open(view: View[P]) -> View[P]:
    """Decorate a form with secrets: asks before it is shown to who may send it.

    What is sent too late is not kept anywhere: the page that asks keeps the browser's own copy, to be sent again.
    """

    @wraps(view)
    def asking(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_admin or is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method in READING:
            return _to_the_proof(request, request.get_full_path())
        way = _way(request)
        if way is None:
            return _out(request)
        where = f"{way}?{urlencode({'next': reverse('confirmed')})}"
        return render(request, "accounts/sessions/confirm.html", {"confirm_url": where}, status=403)

    return asking


def fresh_to_write(view: View[P]) -> View[P]:
    """Decorate a page that is read by many and holds no secrets: asks when something is sent, and then does it."""

    @wraps(view)
    def asking(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method in READING or is_fresh(request):
            return view(request, *args, **kwargs)
        if _way(request) is None:
            return _out(request)
        raise ReauthenticationRequired  # django-allauth keeps what was sent, asks, and calls the view again

    return asking


def _way(request: Request) -> str | None:
    """The first page at which this person can prove who they are; None: they have nothing to prove it with."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return str(methods[0]["url"]) if methods else None


def _to_the_proof(request: Request, back: str) -> HttpResponseBase:
    way = _way(request)
    return redirect(f"{way}?{urlencode({'next': back})}") if way else _out(request)


def _out(request: Request) -> HttpResponseBase:
    """Who cannot prove who they are signs in anew."""
    back = request.get_full_path() if request.method in READING else "/"
    auth.logout(request)
    return redirect_to_login(back, reverse("account_login"))
