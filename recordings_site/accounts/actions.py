"""Every write about people and teams; each is one transaction with its audit row inside."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals import actions as approvals
from recordings_site.accounts.approvals.kinds import Refused, change
from recordings_site.accounts.mail import letters
from recordings_site.accounts.models import LINK, Approval, AuditEvent, Role, Team, User
from recordings_site.accounts.sessions.actions import end_sessions
from recordings_site.base.formatting import counted
from recordings_site.web.locking import lock

log = logging.getLogger(__name__)
# The actor in the audit trail of what no signed-in user did.
COMMAND_LINE = {"by": "command line"}
# Who took the other admins away makes no new one alone for so long: else one person could be both of the two that
# POLICY_APPROVAL asks for.
ALONE_FOR = timedelta(days=7)


class PeopleError(Refused):
    """A change that would leave the site without an admin, or something else that people must not do; says what."""


@transaction.atomic
def invite_person(*, by: User, email: str, role: str, teams: Iterable[Team] = (), name: str = "") -> User:
    """Make an account without a password and send its owner the link to set one; the address is kept in lower case.

    Where there is another admin, who is to be an admin begins as support, until that other one has approved. Raises
    PeopleError for an admin whom `by` must not make alone.
    """
    asks_for_admin = role == Role.ADMIN and bool(approvals.others(by))
    if role == Role.ADMIN:
        _may_add_admin(by)
    person = User(email=email.strip().lower(), name=name.strip(), role=Role.SUPPORT if asks_for_admin else role)
    person.set_unusable_password()
    person.save(force_insert=True)
    person.teams.set(teams)
    audit.record(by=by, action="person.invited", subject=person, name=person.email, data=_facts(person))
    _send_invitation(person, by)
    if asks_for_admin:
        _ask(by, "person.role", person, {"from": Role.SUPPORT, "to": Role.ADMIN})
    return person


@transaction.atomic
def resend_invitation(*, by: User, person: User) -> None:
    """Send the link once more. Links that were sent before stay good until one of them is used."""
    if not person.is_active:
        raise PeopleError("This account is deactivated. Reactivate it first.")
    audit.record(by=by, action="person.invited_again", subject=person, name=person.email)
    _send_invitation(person, by)


@transaction.atomic
def change_person(*, by: User, person: User, name: str, role: str, teams: Iterable[Team]) -> Approval | None:
    """Set name, role and teams. Raises PeopleError for one's own role and for the last admin's.

    Making or unmaking an admin takes a second one, where there is one: then the role stays and the request is returned.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    before = _facts(person)
    if role != person.role:
        if by.pk == person.pk:
            raise PeopleError("You can’t change your own role. Ask another admin.")
        _keep_one_admin(person)
        if role == Role.ADMIN:
            _may_add_admin(by, person)
    waits = None
    if Role.ADMIN in (role, person.role) and role != person.role:
        waits = _ask(by, "person.role", person, {"from": person.role, "to": role})
    person.name, person.role = name.strip(), person.role if waits else role
    person.save(update_fields=["name", "role"])
    person.teams.set(teams)
    after = _facts(person)
    changed = {key: {"from": before[key], "to": after[key]} for key in after if before[key] != after[key]}
    if changed:
        audit.record(by=by, action="person.changed", subject=person, name=person.email, data=changed)
    if changed.get("role", {}).get("from") == Role.ADMIN:
        _report_removed(by, person)
    return waits


@change("person.role", "Change the role of", shown=lambda data: f"from {data['from']} to {data['to']}")
def _carry_role(by: User, approval: Approval) -> None:
    person = User.objects.select_for_update().get(pk=approval.subject_id)
    if person.role != approval.data["from"]:
        raise PeopleError(f"{person.email}’s role has changed. Submit the request again.")
    _keep_one_admin(person)
    person.role = approval.data["to"]
    person.save(update_fields=["role"])
    audit.record(by=by, action="person.changed", subject=person, name=person.email, data={"role": approval.data})


@transaction.atomic
def deactivate_person(*, by: User, person: User) -> None:
    """Deactivate a person: all their sessions end at once, for good."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if by.pk == person.pk:
        raise PeopleError("You can’t deactivate yourself. Ask another admin.")
    if not person.is_active:
        return
    _keep_one_admin(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    audit.record(by=by, action="person.deactivated", subject=person, name=person.email, data={"role": person.role})
    end_sessions(by=by, person=person)
    if person.is_admin:
        _report_removed(by, person)


@transaction.atomic
def reactivate_person(*, by: User, person: User) -> None:
    """Give access back, with the role and the teams that were; an admin comes back as support, to be made one again."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        return
    if person.is_admin and (approvals.others(by, besides=person) or not _can_add_admin(by, person)):
        person.role = Role.SUPPORT
        person.save(update_fields=["role"])
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(by=by, action="person.reactivated", subject=person, name=person.email)


@transaction.atomic
def remove_second_factors(*, by: User | None, person: User) -> list[str] | Approval:
    """Remove the second factors and passkeys of a person who lost theirs, email them, and return the kinds removed.

    `by` is None for the command line. Raises PeopleError for one's own: who sits at somebody else's screen should not
    come past the second factor. An admin's take another admin, where there is one: then the request is returned.
    """
    if by is not None and by.pk == person.pk:
        raise PeopleError("Remove your own two-step verification on your profile.")
    if by is not None and person.is_admin and (waits := _ask(by, "person.factors", person, {})):
        return waits
    return _remove_factors(by, person)


@change(
    "person.factors",
    "Remove the two-step verification of",
    shown=lambda data: "They’ll then sign in with just a password.",
)
def _carry_factors(by: User, approval: Approval) -> None:
    _remove_factors(by, User.objects.get(pk=approval.subject_id))


def _remove_factors(by: User | None, person: User) -> list[str]:
    factors = Authenticator.objects.filter(user=person)
    kinds = sorted(factors.values_list("type", flat=True))
    if kinds:
        factors.delete()
        data = {"kinds": kinds} if by else {"kinds": kinds, **COMMAND_LINE}
        audit.record(by=by, action="person.second_factors_removed", subject=person, name=person.email, data=data)
        who = by.email if by else "A server operator"
        text = f"{who} removed your two-step verification and passkeys. You now sign in with just your password."
        transaction.on_commit(lambda: _send(person, "Two-step verification removed", text))
    return kinds


@transaction.atomic
def ensure_admin(*, email: str) -> User:
    """Make the account `email` an active admin, creating it when there is none; for the command line."""
    person = User.objects.with_address(email)
    if person is None:
        person = User(email=email.strip().lower(), role=Role.ADMIN)
        person.set_unusable_password()
        person.save(force_insert=True)
    lock(person)
    person.role, person.is_active = Role.ADMIN, True
    person.save(update_fields=["role", "is_active"])
    audit.record(by=None, action="person.made_admin", subject=person, name=person.email, data=COMMAND_LINE)
    for admin in approvals.others(person):
        text = f"{person.email} was made an admin from the server’s command line. If you didn’t expect this, act now."
        transaction.on_commit(partial(_send, admin, "New admin", text))
    return person


@transaction.atomic
def allow_password(*, person: User, until: datetime) -> None:
    """Let a person sign in by password until then although single sign-on is the only way; for the command line."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.password_until = until
    person.save(update_fields=["password_until"])
    data = {"until": until, **COMMAND_LINE}
    audit.record(by=None, action="person.password_allowed", subject=person, name=person.email, data=data)
    for admin in approvals.others(person):
        text = (
            f"{person.email} can sign in with a password until {until:%H:%M} UTC. If this wasn’t authorized, act now."
        )
        transaction.on_commit(partial(_send, admin, "Single sign-on can be bypassed", text))


def send_link(person: User) -> None:
    """Send the person alone the link to choose a password, as who forgot theirs gets it."""
    letters.ask_for_link(person.email)


@transaction.atomic
def create_team(*, by: User | None, name: str) -> Team:
    """Create a team; it sees nothing until numbers are given to it."""
    team = Team.objects.create(name=name.strip())
    audit.record(by=by, action="team.created", subject=team)
    return team


@transaction.atomic
def rename_team(*, by: User, team: Team, name: str) -> None:
    """Give a team another name."""
    lock(team)
    old, team.name = team.name, name.strip()
    if old == team.name:
        return
    team.save(update_fields=["name"])
    audit.record(by=by, action="team.renamed", subject=team, data={"from": old, "to": team.name})


@transaction.atomic
def delete_team(*, by: User, team: Team) -> None:
    """Delete a team that owns no number; otherwise no one could see the number's recordings."""
    owned = team.numbers.count()
    if owned:
        raise PeopleError(f"{team.name} owns {counted(owned, 'number')}. Move them to another team first.")
    audit.record(by=by, action="team.deleted", subject=team)
    team.delete()


@transaction.atomic
def change_profile(*, by: User, name: str, time_zone: str) -> None:
    """Set what one may set of oneself."""
    lock(by)
    changed = {"name": name.strip(), "time_zone": time_zone}
    if changed == {"name": by.name, "time_zone": by.time_zone}:
        return
    by.name, by.time_zone = changed["name"], changed["time_zone"]
    by.save(update_fields=["name", "time_zone"])
    audit.record(by=by, action="profile.changed", subject=by, name=by.email, data=changed)


@transaction.atomic
def remember(*, by: User, **preferences: Any) -> None:
    """Keep preferences of how pages look to `by`; they say nothing about others, so nothing is audited."""
    person = User.objects.select_for_update().get(pk=by.pk)
    person.preferences = by.preferences = {**person.preferences, **preferences}
    person.save(update_fields=["preferences"])


def _ask(by: User, kind: str, person: User, data: dict[str, str]) -> Approval | None:
    """Ask the other admins, if there are any besides the two."""
    if not approvals.others(by, besides=person):
        return None
    return approvals.ask(by=by, kind=kind, subject=person, name=person.email, data=data, besides=person)


def _facts(person: User) -> dict[str, Any]:
    """What an admin sets about a person, for the audit trail."""
    teams = sorted(person.teams.values_list("name", flat=True))
    return {"name": person.name, "role": person.role, "teams": teams}


def _keep_one_admin(person: User) -> None:
    """Raise PeopleError when `person` is the only one left who can set everything."""
    admins = list(User.objects.active_admins().select_for_update().values_list("pk", flat=True))
    if admins == [person.pk]:
        raise PeopleError(f"{person.email} is the only admin. Make someone else an admin first.")


def _can_add_admin(by: User, person: User) -> bool:
    try:
        _may_add_admin(by, person)
    except PeopleError:
        return False
    return True


def _may_add_admin(by: User, person: User | None = None) -> None:
    """Raise PeopleError when `by`, the only admin left, removed another one lately; they may give it back to those."""
    if approvals.others(by):
        return
    demoted = Q(action="person.changed", data__role__from=Role.ADMIN)
    removed = AuditEvent.objects.filter(demoted | Q(action="person.deactivated", data__role=Role.ADMIN))
    removed = removed.filter(actor_id=by.pk, at__gt=timezone.now() - ALONE_FOR)
    if removed.exists() and not (person and removed.filter(subject_id=str(person.pk)).exists()):
        raise PeopleError(
            "You removed the other admin in the last 7 days, so you can’t make a new one alone. Make them an admin "
            "again, or run manage.py create_admin on the server."
        )


def _report_removed(by: User, person: User) -> None:
    """Write to an admin who is none any more, and to those who still are."""
    text = f"{by} removed admin access from {person.email}."
    text += " If this wasn’t authorized, act now: run manage.py create_admin."
    for each in [person, *approvals.others(by, besides=person)]:
        transaction.on_commit(partial(_send, each, "An admin was removed", text))


def _send_invitation(person: User, by: User) -> None:
    """Send the link by email. The admin has it on the page, too."""
    body = render_to_string("accounts/invitation.txt", {"person": person, "by": by, "link": LINK})
    letters.invite(person, subject="Your access to the call recordings", body=body)


def _send(person: User, subject: str, text: str) -> None:
    try:
        send_mail(subject, text, None, [person.email])
    except OSError:
        log.exception("an email to a person could not be sent; check EMAIL_URL")
