"""Who: users, the teams that own numbers, and the audit trail; changes that wait for a second admin, and e-mail."""

from recordings_site.accounts.models.approval import Approval
from recordings_site.accounts.models.guesses import GuessCount
from recordings_site.accounts.models.letter import LINK, Letter
from recordings_site.accounts.models.people import (
    Role,
    Team,
    TeamQuerySet,
    User,
    UserManager,
    UserQuerySet,
    role_choices,
)
from recordings_site.accounts.models.provider_grant import ProviderGrant
from recordings_site.accounts.models.trail import SUBJECT_PAGES, AuditEvent, AuditPage, AuditQuerySet

__all__ = [
    "LINK",
    "SUBJECT_PAGES",
    "Approval",
    "AuditEvent",
    "AuditPage",
    "AuditQuerySet",
    "GuessCount",
    "Letter",
    "ProviderGrant",
    "Role",
    "Team",
    "TeamQuerySet",
    "User",
    "UserManager",
    "UserQuerySet",
    "role_choices",
]
