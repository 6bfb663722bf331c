"""Forms of signing in that differ from django-allauth's: nothing tells who has an account, and guesses are slowed."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest

from recordings_site.accounts import audit
from recordings_site.accounts.mail import letters
from recordings_site.accounts.models import User
from recordings_site.accounts.sign_in import guessing

LONGEST_CODE = 64


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for the address; a worker looks who has it."""

    def clean_email(self) -> str:
        """The address in lower case."""
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Queue the message."""
        email: str = self.cleaned_data["email"]
        letters.ask_for_link(email)
        return email


class SlowedCode(forms.Form):
    """A second factor's code, guessed no faster than a password."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code; wrong ones are counted and kept in the audit trail."""
        code: str = self.cleaned_data["code"][:LONGEST_CODE]
        tried = guessing.attempt(f"code of {self.user.email}", get_adapter().get_client_ip(context.request))
        if not tried.begin():
            raise get_adapter().validation_error("too_many_login_attempts")
        for factor in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if factor.wrap().validate_code(code):
                self.authenticator = factor
                tried.forget()
                return code
        audit.record(by=self.user, action="person.code_failed", subject=self.user, name=self.user.email)
        raise forms.ValidationError("Incorrect code.")


class SignInCodeForm(SlowedCode, AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class ConfirmCodeForm(SlowedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code before a sensitive page."""
