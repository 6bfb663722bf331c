"""What a view behind the sign-in needs: the typed request, who may open the page, and the page or a part of it.

Roles (Support, Supervisor, Admin, Auditor) decide which pages there are; which rows are on them is decided by
`visible_to(user)` on each QuerySet. An auditor reads what the role allows and changes nothing.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from recordings_site.accounts.models import Role, User


class Request(HttpRequest):
    """A request behind the sign-in: `user` is a person, `htmx` says whether htmx sent it."""

    user: User
    htmx: HtmxDetails


P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]
DjangoView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def require(allowed: Callable[[User, bool], bool]) -> Callable[[View[P]], DjangoView[P]]:
    """Make a decorator: `allowed(user, writes)` tells whether this person may send this request.

    Nobody signed in: a redirect to the sign-in that comes back here. Not allowed: 404, as for a page that is not.
    """

    def decorate(view: View[P]) -> DjangoView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return _to_sign_in(cast(Request, request))
            if not allowed(user, request.method not in READING):
                raise Http404
            return view(cast(Request, request), *args, **kwargs)

        return guarded

    return decorate


def _to_sign_in(request: Request) -> HttpResponseBase:
    """The way to the sign-in, and back: for htmx the whole page goes there, not the part that it asked for."""
    if getattr(request, "htmx", None):
        here = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(here, reverse("account_login")).url)
    return redirect_to_login(request.get_full_path() if request.method in READING else "/", reverse("account_login"))


# Anybody with an account; an auditor only reads.
signed_in = require(lambda user, writes: not writes or user.role != Role.AUDITOR)
# Anyone with an account, for their own affairs: profile, saved views, playback progress.
own_affairs = require(lambda user, writes: True)
# Export, correct, tag: supervisors and admins write; support has no such page; an auditor reads.
supervisor_or_admin = require(
    lambda user, writes: user.role in {Role.SUPERVISOR, Role.ADMIN} or (user.role == Role.AUDITOR and not writes)
)
# Policies, numbers, destinations, people: admins write, auditors read, for others there is no such page.
admin_only = require(lambda user, writes: user.role == Role.ADMIN or (user.role == Role.AUDITOR and not writes))


def is_for_partial(request: Request, partial: str) -> bool:
    """Whether `page_or_partial` answers this request with the partial alone."""
    target = partial.rsplit("/", 1)[-1].removesuffix(".html").lstrip("_")
    return bool(request.htmx) and request.htmx.target == target


def page_or_partial(
    request: Request, page: str, partial: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render `partial` when htmx targets its root element (whose id is the partial's name), else the whole `page`.

    A partial `templates/recordings/library/_list.html` has the root element `id="list"`; a request from htmx whose
    `HX-Target` is that id gets the partial alone. The answer varies by the two headers, so no cache mixes them.
    """
    chosen = partial if is_for_partial(request, partial) else page
    response = render(request, chosen, context, status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response
