"""Redirects users whose role requires two-step verification to its set-up until they have it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from recordings_site.accounts.models import User
from recordings_site.accounts.two_step import rules

Answer = Callable[[HttpRequest], HttpResponseBase]
REMOVING = frozenset({"mfa_remove_webauthn", "mfa_deactivate_totp"})
KEEP_ONE = "Your role requires two-step verification. Add another method before you remove this one."


def two_step_first(get_response: Answer) -> Answer:
    """Middleware: whatever is asked for, in whatever way, the answer is the way to the set-up until that is done.

    Costs people of other roles nothing, and those of such a role a query. Removing the last factor is refused here, as
    django-allauth asks for no confirmation before it removes a security key.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user if request.session.session_key is not None else None
        if not isinstance(user, User) or not rules.is_required(user):
            return get_response(request)
        if not rules.factors_of(user).exists():
            if not _leads_to_the_set_up(request.path_info):
                return _to_the_index(request)
            request.two_step_due = True  # type: ignore[attr-defined]
        elif _removes_a_factor(request.path_info) and not rules.may_remove_one(user):
            messages.error(request, KEEP_ONE)
            return _to_the_index(request)
        return get_response(request)

    return answer


def _leads_to_the_set_up(path: str) -> bool:
    """Whether the page sets a factor up, asks before that who one is, or signs out."""
    begins = (reverse("mfa_index"), reverse("single_sign_on_confirm").removesuffix("confirm/"))
    return path.startswith(begins) or path in (reverse("account_reauthenticate"), reverse("account_logout"))


def _removes_a_factor(path: str) -> bool:
    try:
        return resolve(path).url_name in REMOVING
    except Resolver404:
        return False


def _to_the_index(request: HttpRequest) -> HttpResponseBase:
    """For htmx the whole page goes there, not the part that it asked for."""
    index = reverse("mfa_index")
    return HttpResponseClientRedirect(index) if "HX-Request" in request.headers else redirect(index)
