"""How django-allauth's single sign-on behaves here: it opens accounts that exist, and makes none."""

import logging
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from recordings_site.accounts.models import User
from recordings_site.accounts.single_sign_on import confirming

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
        """Take the answer of somebody who proves again who they are."""
        if confirming.is_asked_for(sociallogin):
            confirming.finish(request, sociallogin)

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
