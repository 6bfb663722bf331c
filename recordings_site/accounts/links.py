"""The link for setting a password: usable once, for PASSWORD_RESET_TIMEOUT seconds."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from recordings_site.accounts.models import User


def password_link(person: User) -> str:
    """The absolute address at which `person` chooses a password.

    The token in it hangs on the password and the last sign-in: when one of them changes, the link is dead.
    """
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return f"{settings.PUBLIC_URL}{path}"


def way_in(person: User) -> str:
    """The address where an invited person starts: a link to choose a password, or the sign-in."""
    return password_link(person) if person.may_use_password else f"{settings.PUBLIC_URL}/"
