"""What is done to applications and numbers: made, changed, given another secret or policy; each with its audit row.

Every change counts up the revision row, after which each process rebuilds its snapshot within a second.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals.kinds import Refused, change
from recordings_site.accounts.models import Approval, Team, User
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring
from recordings_site.policies.applications import four_eyes
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.policies.revision.actions import bump_revision
from recordings_site.sinch import credentials
from recordings_site.web.locking import lock
from recordings_site.web.logs.redaction import conceal

APPLICATION_FIELDS = (
    "name",
    "key",
    "region",
    "country",
    "callback_mode",
    "default_route",
    "callout_policy_id",
    "upstream_url",
    "upstream_timeout_ms",
)
NUMBER_FIELDS = ("label", "application_id", "team_id", "policy_id", "destination_id", "language")


@transaction.atomic
def create_application(
    *, by: User | None, name: str, key: str, secret: str, default_route: Mapping[str, Any], **fields: Any
) -> Application:
    """Make an application; its secret is sealed before it is stored."""
    application = Application.objects.create(name=name, key=key, default_route=default_route, **fields)
    # What a secret is sealed with names the row's id.
    _seal(application, "secret", secret)
    application.save(update_fields=["secret", "secret_fingerprint"])
    bump_revision()
    audit.record(by=by, action="application.created", subject=application, data=_shown(application, APPLICATION_FIELDS))
    return application


@transaction.atomic
def update_application(*, by: User | None, application: Application, **fields: Any) -> Approval | None:
    """Change what is not secret. Where calls go may wait for a second admin: then that alone stays as it is."""
    lock(application)
    waits, rest = four_eyes.hold_back(by, application, fields)
    _change(by, application, APPLICATION_FIELDS, rest, "application.changed")
    return waits


@transaction.atomic
def replace_secret(*, by: User | None, application: Application, field: str, secret: str) -> None:
    """Set `secret` or `second_secret`; an empty one removes it. Only fingerprints reach the audit trail.

    While a secret is being rotated at Sinch both are accepted: set the new one as second, then as first.
    """
    lock(application)
    before = getattr(application, f"{field}_fingerprint")
    _seal(application, field, secret)
    application.save(update_fields=[field, f"{field}_fingerprint"])
    bump_revision()
    after = getattr(application, f"{field}_fingerprint")
    audit.record(by=by, action="application.secret_replaced", subject=application, data={field: [before, after]})


@transaction.atomic
def archive_application(*, by: User | None, application: Application) -> None:
    """Put it away: its callbacks are answered 401 from now on."""
    lock(application)
    application.archived_at = timezone.now()
    application.save(update_fields=["archived_at"])
    bump_revision()
    audit.record(by=by, action="application.archived", subject=application)


@transaction.atomic
def create_number(
    *,
    by: User | None,
    digits: str,
    application: Application,
    team: Team,
    label: str = "",
    policy: Policy | None = None,
    destination: Destination | None = None,
    language: str = "",
) -> PhoneNumber:
    """Make a number known, or bring back one that was put away; `digits` without the plus sign."""
    _keep_past(PhoneNumber.objects.select_for_update().filter(digits=digits).first(), policy, destination)
    number, _ = PhoneNumber.objects.update_or_create(
        digits=digits,
        defaults={
            "application": application,
            "team": team,
            "label": label,
            "policy": policy,
            "destination": destination,
            "language": language,
            "archived_at": None,
        },
    )
    bump_revision()
    audit.record(by=by, action="number.created", subject=number, data=_shown(number, NUMBER_FIELDS))
    return number


@transaction.atomic
def update_number(*, by: User | None, number: PhoneNumber, **fields: Any) -> Approval | None:
    """Change a number: label, application, team, policy, destination, language.

    What answers its calls, and who hears them, may wait for a second admin: then that alone stays as it is.
    """
    lock(number)
    waits, rest = four_eyes.hold_back(by, number, fields)
    _change_number(by, number, rest)
    return waits


def _change_number(by: User | None, number: PhoneNumber, fields: Mapping[str, Any]) -> None:
    before = PhoneNumber.objects.get(pk=number.pk)
    _change(by, number, NUMBER_FIELDS, fields, "number.changed")
    _keep_past(before, number.policy, number.destination)


@transaction.atomic
def archive_number(*, by: User | None, number: PhoneNumber) -> Approval | None:
    """Put it away: the application's default route answers it from now on; its recordings stay. It may have to wait."""
    lock(number)
    waits, rest = four_eyes.hold_back(by, number, {"archived_at": timezone.now()})
    if rest:
        _archive_number(by, number, rest["archived_at"])
    return waits


def _archive_number(by: User | None, number: PhoneNumber, at: Any) -> None:
    number.archived_at = at
    number.save(update_fields=["archived_at"])
    bump_revision()
    audit.record(by=by, action="number.archived", subject=number)


@change("number.change", "Change the number", shown=four_eyes.shown)
def _carry_number(by: User, approval: Approval) -> None:
    number = PhoneNumber.objects.select_for_update().in_use().filter(pk=approval.subject_id).first()
    if number is None:
        raise Refused("This number has since been archived.")
    if "archived_at" in approval.data:
        _archive_number(by, number, timezone.now())
    else:
        _change_number(by, number, four_eyes.values_of(number, approval.data))


@change("application.change", "Change the application", shown=four_eyes.shown)
def _carry_application(by: User, approval: Approval) -> None:
    application = Application.objects.select_for_update().in_use().filter(pk=approval.subject_id).first()
    if application is None:
        raise Refused("This application has since been archived.")
    values = four_eyes.values_of(application, approval.data)
    _change(by, application, APPLICATION_FIELDS, values, "application.changed")


def _keep_past(number: PhoneNumber | None, policy: Policy | None, destination: Destination | None) -> None:
    """Keep what a number had before it is given these: the recordings of that time stay with it."""
    if number is not None and number.policy and number.policy != policy:
        number.past_policies.add(number.policy)
    if number is not None and number.destination and number.destination != destination:
        number.past_destinations.add(number.destination)


def _seal(application: Application, field: str, secret: str) -> None:
    secret = secret.strip()
    conceal(secret)
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    setattr(application, field, ring.seal(secret, application.context(field)) if secret else "")
    setattr(application, f"{field}_fingerprint", credentials.fingerprint(secret) if secret else "")


def _change(
    by: User | None, row: Application | PhoneNumber, names: tuple[str, ...], fields: Mapping[str, Any], action: str
) -> None:
    before = _shown(row, names)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    after = _shown(row, names)
    changes = {name: [before[name], after[name]] for name in names if before[name] != after[name]}
    if changes:
        bump_revision()
        audit.record(by=by, action=action, subject=row, data=changes)


def _shown(row: Application | PhoneNumber, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
