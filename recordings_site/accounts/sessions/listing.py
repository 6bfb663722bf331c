"""The open sessions of a person, for pages."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.accounts.sessions import devices
from recordings_site.accounts.sessions.lifetimes import lifetime_of


@dataclass(frozen=True)
class OpenSession:
    """One line: the device, its address, since when and when last used; whether it is the one that asks."""

    pk: int
    device: str
    address: str
    since: datetime
    last_seen: datetime
    is_this: bool


def open_sessions(person: User, *, here: str | None) -> list[OpenSession]:
    """The sessions that would be let in now, the one last used first; `here` is the key of the one that asks."""
    lifetime, now = lifetime_of(person.role), timezone.now()
    alive = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=now)
    theirs = UserSession.objects.filter(Exists(alive), user_id=person.pk)
    kept = [each for each in theirs if not lifetime.is_over(each, now)]
    return [
        OpenSession(
            each.pk, devices.name_of(each.user_agent), each.ip, each.created_at, each.last_seen_at,
            each.session_key == here,
        )
        for each in sorted(kept, key=lambda each: (each.last_seen_at, each.pk), reverse=True)
    ]  # fmt: skip
