"""Reads what is in force from the database into a snapshot, and keeps the sealed file for the fallback."""

import hashlib
import logging
from pathlib import Path

from django.conf import settings

from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.schema.document import parse, parse_default_route
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.policies.engine.schema.routes import HANGUP, Route
from recordings_site.policies.engine.snapshot import (
    ApplicationFacts,
    DestinationFacts,
    NumberFacts,
    PolicyFacts,
    Snapshot,
)
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.models import Application, PhoneNumber, Policy, SnapshotRevision
from recordings_site.web.logs.redaction import conceal

log = logging.getLogger(__name__)
# What of a destination an answer depends on. Destinations lie below this package and do not know the revision row, so
# their rows, which are few, are looked at themselves.
PLACE = ("pk", "name", "kind", "account", "bucket", "prefix", "key_template", "write_credentials")


class FromDatabase:
    """The loader of this process."""

    def revision(self) -> str:
        """A text that changes whenever something did that a snapshot holds."""
        changes = SnapshotRevision.objects.order_by("pk").values_list("revision", flat=True).first() or 0
        places = Destination.objects.filter(archived_at=None).order_by("pk").values_list(*PLACE)
        return f"{changes}.{hashlib.sha256(repr(list(places)).encode()).hexdigest()[:16]}"

    def load(self) -> Snapshot:
        """Everything; the revision first, so that a change in between is seen at the next look."""
        revision = self.revision()
        ring = Keyring.parse(settings.CREDENTIALS_KEYS)
        return Snapshot(
            revision=revision,
            applications={a.key: _application(a, ring) for a in Application.objects.in_use()},
            numbers={n.digits: _number(n) for n in PhoneNumber.objects.in_use()},
            policies={p.pk: found for p in Policy.objects.with_published() if (found := policy_facts(p))},
            destinations={d.pk: _destination(d) for d in Destination.objects.filter(archived_at=None)},
        )


def seal_to_file(path: Path) -> None:
    """Write the snapshot in force to the fallback's file, without storage credentials."""
    snapshot_file.write(snapshot_file.seal(snapshot.current(), Keyring.parse(settings.CREDENTIALS_KEYS)), path)


class _File:
    """The snapshot in the file, read again when the file changed: each call asks for it while there is no other."""

    def __init__(self) -> None:
        self._seen: object = None
        self._snapshot: Snapshot | None = None

    def read(self) -> Snapshot | None:
        """The snapshot, None when there is no file or it cannot be opened, which is logged once."""
        path = Path(settings.SNAPSHOT_FILE) if settings.SNAPSHOT_FILE else None
        if path is None or not path.is_file():
            return None
        try:
            status = path.stat()
            seen = (path, settings.CREDENTIALS_KEYS, status.st_mtime_ns, status.st_ino)
            if seen != self._seen:
                self._seen, self._snapshot = seen, None
                self._snapshot = snapshot_file.read(path, Keyring.parse(settings.CREDENTIALS_KEYS))
        except (OSError, SealingError, ValueError, KeyError, TypeError) as error:
            log.error("The snapshot file %s cannot be used: %s", settings.SNAPSHOT_FILE, error)
        return self._snapshot


from_file = _File().read


def policy_facts(policy: Policy) -> PolicyFacts | None:
    """A policy with its published version, None when that cannot be read (logged: then default routes answer)."""
    version = policy.published
    if version is None:
        return None
    try:
        return PolicyFacts(policy.pk, policy.name, version.pk, version.number, parse(version.document))
    except DocumentError as error:
        log.error("Version %s of policy %s cannot be read: %s", version.number, policy.name, error)
        return None


def _application(application: Application, ring: Keyring) -> ApplicationFacts:
    secrets = []
    for field in ("secret", "second_secret"):
        sealed = getattr(application, field)
        if not sealed:
            continue
        try:
            secrets.append(ring.open(sealed, application.context(field)))
        except SealingError as error:
            log.error("The %s of application %s: %s", field, application.name, error)
    for secret in secrets:
        conceal(secret)
    return ApplicationFacts(
        id=application.pk,
        key=application.key,
        secrets=tuple(secrets),
        default_route=_default_route(application),
        mode=application.callback_mode,
        region=application.region,
        country=application.country,
        callout_policy_id=application.callout_policy_id,
        upstream_url=application.upstream_url,
        upstream_timeout_ms=application.upstream_timeout_ms,
    )


def _default_route(application: Application) -> Route:
    try:
        return parse_default_route(application.default_route)
    except DocumentError as error:
        log.error("The default route of application %s cannot be read: %s", application.name, error)
        return HANGUP


def _number(number: PhoneNumber) -> NumberFacts:
    return NumberFacts(
        id=number.pk,
        digits=number.digits,
        label=number.label,
        application_id=number.application_id,
        policy_id=number.policy_id,
        destination_id=number.destination_id,
        language=number.language,
    )


def _destination(destination: Destination) -> DestinationFacts:
    credentials: str | None = None
    try:
        credentials = destination.decrypted("write_credentials") or None
    except SealingError as error:
        log.error("The write credentials of destination %s: %s", destination.name, error)
    if credentials:
        conceal(credentials)
    return DestinationFacts(
        id=destination.pk,
        name=destination.name,
        kind=destination.kind,
        account=destination.account,
        bucket=destination.bucket,
        prefix=destination.prefix,
        key_template=destination.key_template,
        credentials=credentials,
    )
