"""What single sign-on changes: role and teams by groups, access that ends, and the grant to ask the provider again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.mfa.adapter import get_adapter as sealing
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import ProviderGrant, Team, User
from recordings_site.accounts.sessions.actions import end_sessions
from recordings_site.accounts.single_sign_on import groups as named
from recordings_site.tasks.registry import enqueue

BY_THE_PROVIDER = {"by": "single sign-on"}
# Somebody who leaves has no access after this and a little more, well within the hour.
ASKED_EVERY = timedelta(minutes=20)


class NoAccess(Exception):
    """The provider says that this person has no access here."""


@transaction.atomic
def apply_groups(*, person: User, groups: Sequence[str]) -> None:
    """Give a person the role and the teams of their groups. Raises NoAccess when no group has a role.

    The only admin stays one: no one could undo the change. Teams that no group stands for stay as admins set them.
    """
    role = named.role_of(groups)
    if role is None:
        raise NoAccess
    person = User.objects.select_for_update().get(pk=person.pk)
    changed: dict[str, object] = {}
    admins = list(User.objects.active_admins().select_for_update().values_list("pk", flat=True))
    if role != person.role and admins != [person.pk]:
        changed["role"] = {"from": person.role, "to": str(role)}
        person.role = role
        person.save(update_fields=["role"])
    before = set(person.teams.values_list("name", flat=True))
    after = (before - set(settings.OIDC_TEAMS.values())) | named.teams_of(groups)
    if after != before:
        person.teams.set(Team.objects.filter(name__in=after))
        changed["teams"] = {"from": sorted(before), "to": sorted(person.teams.values_list("name", flat=True))}
    if changed:
        data = {**changed, **BY_THE_PROVIDER}
        audit.record(by=None, action="person.changed", subject=person, name=person.email, data=data)


@transaction.atomic
def refuse(*, person: User, why: str) -> None:
    """End the sessions of a person to whom the provider no longer gives access."""
    ProviderGrant.objects.filter(user_id=person.pk).delete()
    data = {"why": why, **BY_THE_PROVIDER}
    audit.record(by=None, action="person.access_ended", subject=person, name=person.email, data=data)
    end_sessions(by=None, person=person)


@transaction.atomic
def keep_grant(*, person: User, uid: str, access: str, refresh: str, now: datetime | None = None) -> None:
    """Keep, sealed, what lets the site ask the provider again, and have a worker do so."""
    now = now or timezone.now()
    seal = sealing().encrypt
    kept = {"uid": uid, "access_token": seal(access), "refresh_token": seal(refresh) if refresh else ""}
    ProviderGrant.objects.update_or_create(user_id=person.pk, defaults={**kept, "checked_at": now})
    enqueue("single_sign_on.check", person.pk, at=now + ASKED_EVERY)
