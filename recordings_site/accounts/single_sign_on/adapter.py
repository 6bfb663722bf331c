"""How django-allauth's single sign-on behaves here: it opens accounts that exist, and makes none."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from recordings_site.accounts.models import User
from recordings_site.accounts.single_sign_on import actions, confirming, groups

log = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on: it opens accounts that exist, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never: an account is invited first; the provider's verified address then finds it."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Find the account of an address whose `email_verified` is true: the text "false", which some providers send,
        is not.
        """
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True
        found: tuple[User, str] | None = super().authenticate_by_email(sociallogin)
        return found

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take the provider's answer: of who proves again who they are, connects an account, or signs in."""
        if confirming.is_asked_for(sociallogin):
            confirming.finish(request, sociallogin)
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._only_ones_own(request, sociallogin)
        if sociallogin.is_existing and sociallogin.user.is_active:
            self._admit(request, sociallogin)

    def _only_ones_own(self, request: HttpRequest, login: SocialLogin) -> None:
        """Refuse to connect an account with anybody else's at the provider: that would open it to them."""
        if not login.is_existing or login.user.pk != request.user.pk:
            problem = "That account belongs to someone else."
            messages.error(request, f"{problem} You can only connect an account that uses your own email address.")
            raise ImmediateHttpResponse(redirect("profile"))

    def _admit(self, request: HttpRequest, login: SocialLogin) -> None:
        """Set role and teams by the groups, and keep what lets the site ask the provider again."""
        person, data = login.user, login.account.extra_data
        claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
        try:
            if groups.decide_roles():
                actions.apply_groups(person=person, groups=groups.groups_in(claims) or [])
        except actions.NoAccess as refused:
            actions.refuse(person=person, why="None of this person’s groups at the identity provider grants access.")
            messages.error(request, "Your account isn’t in a group that has access. Ask your admin.")
            raise ImmediateHttpResponse(redirect("account_login")) from refused
        if login.token:
            token, refresh = login.token.token, login.token.token_secret
            actions.keep_grant(person=person, uid=login.account.uid, access=token, refresh=refresh)
        person.refresh_from_db()

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say in the log why the provider's answer was of no use; the person sees only that it was not."""
        log.warning("single sign-on failed: %s %r", error or "", exception)
