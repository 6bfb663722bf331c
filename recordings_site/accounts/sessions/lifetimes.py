"""How long a session lasts: without a request, and at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings


@dataclass(frozen=True)
class Lifetime:
    """What the settings allow a role: so long without a request, and so long since signing in."""

    idle: timedelta
    longest: timedelta

    def is_over(self, session: UserSession, now: datetime) -> bool:
        """Whether the session has come to its end."""
        return bool(now - session.last_seen_at >= self.idle or now - session.created_at >= self.longest)


def lifetime_of(role: str) -> Lifetime:
    """The lifetime of sessions of a role, as it is set now: a person whose role changes has the new one at once."""
    idle, longest = settings.SESSION_IDLE_MINUTES[role], settings.SESSION_HOURS[role]
    return Lifetime(timedelta(minutes=idle), timedelta(hours=longest))
