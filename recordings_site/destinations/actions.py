"""What is done to destinations: made, changed, given other credentials, put away; each with its audit row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals import actions as approvals
from recordings_site.accounts.approvals.kinds import Refused, change
from recordings_site.accounts.models import Approval, User
from recordings_site.destinations import doctor
from recordings_site.destinations.kinds.pasted_credentials import WHOLE
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring
from recordings_site.destinations.steps import BAD, CheckStep, pending
from recordings_site.destinations.store_facts import learnt
from recordings_site.sinch import credentials
from recordings_site.sinch.errors import CredentialsError
from recordings_site.tasks.registry import enqueue
from recordings_site.web.locking import lock
from recordings_site.web.logs.redaction import conceal

# Where Sinch uploads to, and where we read: who changes these takes every recording from then on.
GUARDED = ("account", "bucket", "prefix", "endpoint")
KIND = "destination.change"
PLACE = ("kind", "account", "bucket", "prefix", "region", "endpoint", "addressing", "read_mode", "key_template")


@dataclass(frozen=True, slots=True)
class CredentialSets:
    """The secrets as entered, in plaintext: None leaves a set as it is, "" removes it."""

    write: str | None = None
    read: str | None = None

    def __repr__(self) -> str:
        return "CredentialSets(…)"


@transaction.atomic
def create_destination(
    *, by: User | None, name: str, kind: str, bucket: str, sets: CredentialSets, **place: str
) -> Destination:
    """Make a destination; `place` holds the other fields of PLACE. The secrets are sealed before they are stored.

    A worker checks it at once, and every night from then on; and it looks for the recordings that Sinch reported there.
    """
    steps = [step.to_dict() for step in pending()]
    destination = Destination.objects.create(name=name, kind=kind, bucket=bucket, check_result=steps, **place)
    _seal(destination, sets)
    enqueue("destination.check", destination.pk)
    enqueue("destination.covers", destination.pk)
    audit.record(by=by, action="destination.created", subject=destination, data=_shown(destination))
    return destination


@transaction.atomic
def update_destination(*, by: User | None, destination: Destination, name: str, **place: str) -> Approval | None:
    """Change what is not secret. Recordings that lie there already keep their keys.

    Where recordings are uploaded to may wait for a second admin (POLICY_APPROVAL): then that alone stays as it is, and
    the request is returned. Raises Refused.
    """
    lock(destination)
    guarded = GUARDED if settings.POLICY_APPROVAL else ()
    held = {each: place[each] for each in guarded if each in place and place[each] != getattr(destination, each)}
    _change(by, destination, {"name": name, **{field: each for field, each in place.items() if field not in held}})
    if not held:
        return None
    if by is None:
        raise Refused("A second admin has to approve this. Use --by to name the admin making the request.")
    return approvals.ask(by=by, kind=KIND, subject=destination, name=destination.name, data=held)


def _words(data: Mapping[str, Any]) -> str:
    return "; ".join(f"{field}: {value or 'none'}" for field, value in data.items())


@change(KIND, "Change the location of", shown=_words)
def _carry_place(by: User, approval: Approval) -> None:
    destination = Destination.objects.select_for_update().in_use().filter(pk=approval.subject_id).first()
    if destination is None:
        raise Refused("This destination has since been archived.")
    _change(by, destination, approval.data)
    enqueue("destination.check", destination.pk)


def _change(by: User | None, destination: Destination, fields: Mapping[str, str]) -> None:
    before = _shown(destination)
    for field, value in fields.items():
        setattr(destination, field, value)
    destination.learnt = {} if before["endpoint"] != destination.endpoint else destination.learnt
    destination.save(update_fields=["learnt", *fields])
    if before["region"] != destination.region and (write_set := destination.decrypted("write_credentials")):
        _seal(destination, CredentialSets(write=destination.store_kind.moved(write_set, destination.region)))
    enqueue("destination.covers", destination.pk)
    changes = {field: [before[field], value] for field, value in _shown(destination).items() if before[field] != value}
    audit.record(by=by, action="destination.changed", subject=destination, data=changes)


@transaction.atomic
def replace_credentials(
    *, by: User | None, destination: Destination, sets: CredentialSets, read_mode: str | None = None
) -> None:
    """Seal other secrets in place of the old ones; only fingerprints reach the audit trail."""
    lock(destination)
    destination.read_mode = read_mode or destination.read_mode
    destination.save(update_fields=["read_mode"])
    before = {"write": destination.write_fingerprint, "read": destination.read_fingerprint}
    _seal(destination, sets)
    enqueue("destination.covers", destination.pk)
    after = {"write": destination.write_fingerprint, "read": destination.read_fingerprint}
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    audit.record(by=by, action="destination.credentials_replaced", subject=destination, data=changes)


@transaction.atomic
def archive_destination(*, by: User | None, destination: Destination) -> None:
    """Put it away: no policy can choose it, its recordings stay and play."""
    lock(destination)
    destination.archived_at = timezone.now()
    destination.save(update_fields=["archived_at"])
    audit.record(by=by, action="destination.archived", subject=destination, data={})


class Sealed(Protocol):
    """A row with sealed fields."""

    def context(self, field: str) -> str:
        """What a secret of this row is bound to."""
        ...


@transaction.atomic
def reseal(*, row: Sealed, fields: Iterable[str]) -> int:
    """Seal a row's secrets again with the ring's first key; how many needed it. The row is locked meanwhile."""
    assert isinstance(row, Model)
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    lock(row)
    changed = []
    for field in fields:
        sealed = getattr(row, field)
        if sealed and not ring.is_current(sealed):
            setattr(row, field, ring.seal(ring.open(sealed, row.context(field)), row.context(field)))
            changed.append(field)
    if changed:
        row.save(update_fields=changed)
        audit.record(by=None, action="credentials.resealed", subject=row, data={"with": ring.first, "fields": changed})
    return len(changed)


def _seal(destination: Destination, sets: CredentialSets) -> None:
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    changed = []
    for name, secret in (("write", sets.write), ("read", sets.read)):
        if secret is None:
            continue
        secret = secret.strip()
        conceal(secret)
        if WHOLE.search(secret) and not secret.startswith("{"):
            raise CredentialsError("This is a whole address, file or connection string. Enter only the key from it.")
        field = f"{name}_credentials"
        setattr(destination, field, ring.seal(secret, destination.context(field)) if secret else "")
        setattr(destination, f"{name}_fingerprint", credentials.fingerprint(secret) if secret else "")
        setattr(destination, f"{name}_tail", shown(secret))
        changed += [field, f"{name}_fingerprint", f"{name}_tail"]
    destination.save(update_fields=changed)


def shown(secret: str) -> str:
    """What may be shown of a secret: the last four characters of an access key's public half, nothing of the rest."""
    public, colon, _ = secret.partition(":")
    if not colon or len(public) < 12 or secret.lstrip().startswith("{"):
        return ""
    return f"…{public[-4:]}"


def _shown(destination: Destination) -> Mapping[str, Any]:
    return {field: getattr(destination, field) for field in ("name", *PLACE)}


@transaction.atomic
def request_check(*, by: User | None, destination: Destination) -> None:
    """Have a worker check it now; its steps are pending from here on."""
    lock(destination)
    destination.check_result = [step.to_dict() for step in pending()]
    destination.save(update_fields=["check_result"])
    enqueue("destination.check", destination.pk)
    audit.record(by=by, action="destination.check_requested", subject=destination, data={})


def check_destination(
    *, destination: Destination, report_step: Callable[[CheckStep], None] = lambda step: None
) -> bool:
    """Check it here and now, keeping each step as it is taken; whether nothing failed. No transaction spans it.

    What was changed meanwhile is checked again: these findings are not of the place that it is now.
    """
    examined = _examined(destination)
    steps = {step.name: step for step in pending()}
    examination = doctor.examine(destination)
    for step in examination:
        steps[step.name] = step
        report_step(step)
        destination.check_result = [each.to_dict() for each in steps.values()]
        Destination.objects.filter(pk=destination.pk).update(check_result=destination.check_result)
    failed = any(step.outcome == BAD for step in steps.values())
    with transaction.atomic():
        lock(destination)
        if _examined(destination) != examined:
            enqueue("destination.check", destination.pk)
            return not failed
        destination.checked_at = timezone.now()
        was_failing = destination.failing_since is not None
        destination.failing_since = (destination.failing_since or destination.checked_at) if failed else None
        # A store that says nothing now is still the one that it was.
        destination.learnt = learnt(examination.facts) or destination.learnt
        destination.save(update_fields=["checked_at", "failing_since", "learnt"])
        if failed != was_failing:
            action = "destination.failing" if failed else "destination.mended"
            data = {step.name: step.text for step in steps.values() if step.outcome == BAD}
            audit.record(by=None, action=action, subject=destination, data=data)
    return not failed


def _examined(destination: Destination) -> tuple[str, ...]:
    """What a check is about: the place and the credentials."""
    return tuple(getattr(destination, name) for name in (*PLACE, "write_credentials", "read_credentials"))
