"""How django-allauth behaves here: no open sign-up, throttling by account and address, sign-ins in the audit trail."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.accounts.sessions.actions import end_sessions
from recordings_site.accounts.sessions.fresh import is_fresh
from recordings_site.accounts.sign_in import guessing
from recordings_site.accounts.single_sign_on import confirming
from recordings_site.accounts.two_step.rules import factors_of

NOT_BY_SSO = {"why": "not by single sign-on"}
# The messages about a factor that was added.
ADDED = frozenset({"totp_activated", "webauthn_added"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Password, passkeys and what follows a sign-in."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Wrong email address or password.",
        "enter_current_password": "Enter your current password.",
        "incorrect_code": "Wrong code. Enter the one that your app shows now.",
        "incorrect_password": "Wrong password.",
        "invalid_password_reset": "This link has expired.",
        "rate_limited": "Too many requests. Wait a minute and try again.",
        "too_many_login_attempts": "Too many failed attempts. Try again later.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from invitations."""
        return False

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Never: the address is the name of the account, and admins set it."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who guesses too fast; count the attempt as failed until it has succeeded."""
        if not self._attempt(request, credentials).begin():
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Forget the failures of who is right."""
        found = cast("User | None", super().authenticate(request, **credentials))
        if found is not None:
            self._attempt(request, credentials).forget()
        return found

    def _attempt(self, request: HttpRequest, credentials: Mapping[str, Any]) -> guessing.Attempt:
        account = str(credentials.get("email") or credentials.get("username") or "")
        return guessing.attempt(account, self.get_client_ip(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep a failed sign-in, by the e-mail address that was typed."""
        audit.record(
            by=None,
            action="person.sign_in_failed",
            name=str(credentials.get("email") or credentials.get("username") or ""),
        )

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse passwords, passkeys and links where single sign-on is the only way in."""
        if not user.may_use_password and "sociallogin" not in (kwargs.get("signal_kwargs") or {}):
            audit.record(by=None, action="person.sign_in_refused", subject=user, name=user.email, data=NOT_BY_SSO)
            messages.error(request, f"Sign in with {settings.OIDC_NAME}.")
            return redirect("account_login")
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Keep who signed in."""
        audit.record(by=user, action="person.signed_in", subject=user, name=user.email)
        return cast(HttpResponse, super().post_login(request, user=user, **kwargs))

    def set_password(self, user: User, password: str) -> None:
        """Set the password and keep that it was set, in one transaction."""
        with transaction.atomic():
            super().set_password(user, password)
            audit.record(by=user, action="person.password_set", subject=user, name=user.email)
            end_sessions(by=user, person=user, besides=self.request.session.session_key)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner that a way to sign in changed, and keep it: "mfa/email/totp_activated" and its like."""
        what = template_prefix.rsplit("/", 1)[-1]
        if what in ADDED and factors_of(user).count() == 1:
            # They were signed in without it, and may be another person's.
            end_sessions(by=user, person=user, besides=self.request.session.session_key)
        audit.record(by=user, action=f"person.{what}"[:60], subject=user, name=user.email)
        known = {**(context or {}), "public_url": settings.PUBLIC_URL}
        super().send_notification_mail(template_prefix, user, known, email or user.email)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the user must confirm their identity before changing how they sign in: some time after signing in."""
        if is_fresh(self.request):
            return False
        if not get_reauthentication_flows(self.request.user):
            # Whoever has neither password nor factor django-allauth would let through: the provider asks them.
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways in which the user can confirm their identity, best first."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, User) and not user.may_use_password:
            methods = [each for each in methods if each["id"] != "reauthenticate"]
        if isinstance(user, User) and confirming.is_offered_to(user):
            text = f"Continue with {settings.OIDC_NAME}"
            methods.append({"id": "oidc", "description": text, "url": reverse("single_sign_on_confirm")})
        return methods

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing about signing in and out: one sees that."""
        template = args[0] if args else kwargs.get("message_template") or ""
        if template in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            return
        super().add_message(request, level, *args, **kwargs)
