"""What a provider's groups say of a person: a role, and teams."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from recordings_site.accounts.models import Role

# Who is in groups of several roles has the first of these.
ORDER = (Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR, Role.SUPPORT)


def decide_roles() -> bool:
    """Whether roles come from the provider."""
    return bool(settings.OIDC_ROLES)


def groups_in(claims: Mapping[str, Any]) -> list[str] | None:
    """The names of the groups among what a provider says of a person; None when it says nothing of groups."""
    named = claims.get(settings.OIDC_GROUPS_CLAIM)
    if isinstance(named, str):
        named = [named]
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else None


def role_of(groups: Sequence[str]) -> Role | None:
    """The highest role of these groups; None when they give none."""
    roles = {settings.OIDC_ROLES[name] for name in groups if name in settings.OIDC_ROLES}
    return next((role for role in ORDER if role in roles), None)


def teams_of(groups: Sequence[str]) -> set[str]:
    """The names of the teams of these groups."""
    return {settings.OIDC_TEAMS[name] for name in groups if name in settings.OIDC_TEAMS}
