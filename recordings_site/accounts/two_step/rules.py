"""Who needs two-step verification, and who has it."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from recordings_site.accounts.models import User

# Recovery codes replace a factor that was lost; they are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required(user: User) -> bool:
    """Whether this person's role requires a second factor."""
    return user.role in settings.TWO_STEP_ROLES


def factors_of(user: User) -> QuerySet[Authenticator]:
    """The authenticator app and the security keys of a person."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)
    return found


def may_remove_one(user: User) -> bool:
    """Whether this person may do without one of their factors: not without the last while the role requires it."""
    return not is_required(user) or factors_of(user).count() > 1
