"""Ends sessions: what was signed in then stays signed out."""

from collections.abc import Sequence

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.accounts.sessions import devices


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    """End one of one's own sessions."""
    data = {"device": devices.name_of(session.user_agent), "from": str(session.ip)}
    _end([session.session_key])
    audit.record(by=by, action="person.session_ended", subject=by, name=by.email, data=data)


@transaction.atomic
def end_sessions(*, by: User | None, person: User, besides: str | None = None) -> int:
    """End every session of a person but the one with the key `besides`; returns how many. `by` None: the site itself.

    No session lives again: its row is gone, and a request that is being answered meanwhile cannot bring it back.
    """
    # Not by django-allauth's rows alone: a session that was never used has none yet.
    open_ones = Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=besides or "")
    theirs = [each.pk for each in open_ones if each.get_decoded().get(SESSION_KEY) == str(person.pk)]
    ended = _end(theirs)
    if ended:
        audit.record(by=by, action="person.sessions_ended", subject=person, name=person.email, data={"sessions": ended})
    return ended


def delete_ended() -> None:
    """Delete what is known of sessions that ended by themselves."""
    UserSession.objects.exclude(Exists(Session.objects.filter(pk=OuterRef("session_key")))).delete()


def _end(keys: Sequence[str]) -> int:
    UserSession.objects.filter(session_key__in=keys).delete()
    deleted, _ = Session.objects.filter(pk__in=keys).delete()
    return deleted
