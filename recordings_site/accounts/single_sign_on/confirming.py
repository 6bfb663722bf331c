"""Proving again, at the provider, who one is: the session stays as it is."""

import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.http import urlencode

from recordings_site.accounts import audit
from recordings_site.accounts.models import User

PURPOSE = "confirm"
# A provider's clock and ours differ, and a sign-in there takes a while.
AT_MOST = 5 * 60


def is_offered_to(user: User) -> bool:
    """Whether this person has signed in by the provider that is set up."""
    return bool(settings.OIDC_SERVER_URL) and SocialAccount.objects.filter(user_id=user.pk, provider="oidc").exists()


def to_the_provider(request: HttpRequest, *, back: str) -> HttpResponseBase:
    """The way to the provider, who is to ask for the password or whatever else proves it, and back to a path."""
    provider = get_adapter().get_provider(request, "oidc")
    found: HttpResponseBase = provider.redirect(
        request,
        process=AuthProcess.REDIRECT,
        next_url=back,
        data={"purpose": PURPOSE},
        auth_params={**provider.get_auth_params(), "prompt": "login", "max_age": "0"},
    )
    return found


def is_asked_for(login: SocialLogin) -> bool:
    """Whether the provider's answer is to one of these questions."""
    data = login.state.get("data")
    return isinstance(data, dict) and data.get("purpose") == PURPOSE


def finish(request: HttpRequest, login: SocialLogin) -> None:
    """Note that the person proved who they are, and go on where they were. Raises ImmediateHttpResponse, always."""
    user, back = request.user, login.state.get("next") or "/"
    if not isinstance(user, User) or not login.is_existing or login.user.pk != user.pk or not _is_recent(login):
        if isinstance(user, User):
            audit.record(by=user, action="person.confirmation_failed", subject=user, name=user.email)
        messages.error(
            request, "That was a different account or an older sign-in. Sign in with your own account again."
        )
        raise ImmediateHttpResponse(HttpResponseRedirect("/"))
    record_authentication(
        request, user, "socialaccount", provider=login.account.provider, uid=login.account.uid, reauthenticated=True
    )
    request.GET = QueryDict(urlencode({"next": back}))
    raise ImmediateHttpResponse(resume_request(request) or HttpResponseRedirect(back))


def _is_recent(login: SocialLogin) -> bool:
    """Whether the provider has asked again just now, as far as it says: `auth_time` is seconds since 1970."""
    data: dict[str, Any] = login.account.extra_data
    at = (data.get("id_token") or {}).get("auth_time")
    return not isinstance(at, int | float) or time.time() - at < AT_MOST
