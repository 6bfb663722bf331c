"""The audit trail: one row for each play, download, export, reveal and change, chained so that tampering shows.

A row is written inside the transaction of what it tells of: both are kept, or neither. The database forbids to change
or delete rows (migration `audit_append_only`); who can switch that off cannot forge the chain without AUDIT_KEY.
"""

import fcntl
import hashlib
import hmac
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent, User
from recordings_site.web.html.json_html import MASK, SECRET_KEYS

log = logging.getLogger(__name__)

# PostgreSQL's advisory locks for "the end of the audit chain" and "anchoring"; nothing else in the site takes one.
CHAIN_LOCK, ANCHOR_LOCK = 7310542, 7310543
VERIFIED = "audit.verified"
# No float is larger.
_LARGEST = 10**300

_request: ContextVar[HttpRequest | None] = ContextVar("answered", default=None)


@contextmanager
def recording_for(request: HttpRequest) -> Iterator[None]:
    """Let each row that is recorded meanwhile tell the address from which `request` came."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def record(
    *,
    by: User | None,
    action: str,
    subject: Model | None = None,
    data: Mapping[str, Any] | None = None,
    name: str = "",
) -> AuditEvent:
    """Append one row and give it back.

    `by` is None for what the system or Sinch did. `action` is "thing.verb", such as `policy.published`. `name` is how
    people know the subject (default: its `str`). `data` is JSON; values of secret keys are masked before they are kept.
    The end of the chain is held until the transaction ends: call this late in an action, never around slow work.
    """
    [event] = record_all(by=by, action=action, rows=[(subject, name, data or {})])
    return event


def record_all(
    *, by: User | None, action: str, rows: Iterable[tuple[Model | None, str, Mapping[str, Any]]]
) -> list[AuditEvent]:
    """Append a row for each subject of one action, as `record` does, and give them back: `(subject, name, data)` each.

    Thousands at once cost little more than one.
    """
    at, address = timezone.now(), _address()
    events = [
        AuditEvent(
            at=at,
            actor_id=by.pk if by else None,
            actor_email=by.email if by else "",
            action=action,
            subject_type=subject._meta.label_lower if subject is not None else "",
            subject_id=str(subject.pk) if subject is not None else "",
            subject_name=_clean(name or (str(subject) if subject is not None else ""))[:200],
            data=_clean_json(data),
            address=address,
        )
        for subject, name, data in rows
    ]
    with transaction.atomic():
        lock_chain()
        last_id, last = AuditEvent.objects.order_by("-id").values_list("id", "chain").first() or (0, "")
        for place, event in enumerate(events, 1):
            # The id is signed, too: rows that all moved by as much would else still follow from each other.
            event.pk = last_id + place
            event.chain = last = link(event, last)
        AuditEvent.objects.bulk_create(events, batch_size=500)
    # The log leaves this machine's database: it anchors the head of the chain outside of it.
    for event in events:
        log.info("audit %s %s chain=%s", event.pk, action, event.chain)
    return events


def link(event: AuditEvent, previous: str, key: str = "") -> str:
    """The HMAC-SHA256 (hex) that ties `event` to the chain of the row before it (empty for the first).

    By AUDIT_KEY, unless another key is given.
    """
    fields = [
        previous,
        str(event.pk),
        event.at.isoformat(timespec="microseconds"),
        str(event.actor_id or ""),
        event.actor_email,
        event.action,
        event.subject_type,
        event.subject_id,
        event.subject_name,
        json.dumps(_canonical(event.data), sort_keys=True),
        event.address,
    ]
    return sign(json.dumps(fields), key)


def sign(text: str, key: str = "") -> str:
    """The HMAC-SHA256 (hex) of a text by AUDIT_KEY, unless another key is given."""
    derived = hashlib.sha256(b"audit chain\0" + (key or settings.AUDIT_KEY).encode()).digest()
    return hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()


def same(signature: str, wanted: str) -> bool:
    """Whether a signature, which may be any text, is the right one."""
    return hmac.compare_digest(signature.encode("utf-8", "replace"), wanted.encode())


def is_signed(event: AuditEvent) -> bool:
    """Whether a row follows from the row before it: only who has the key can have added it there."""
    before = AuditEvent.objects.filter(pk__lt=event.pk).order_by("-id").values_list("chain", flat=True).first() or ""
    return any(same(event.chain, link(event, before, key)) for key in key_ring())


def key_ring() -> list[str]:
    """The keys by which rows were signed, the oldest first."""
    return [*reversed(settings.AUDIT_KEY_FALLBACKS), settings.AUDIT_KEY]


@dataclass(frozen=True)
class ChainCheck:
    """What a walk along the chain found: how many rows, the head, and the ids of rows that do not fit."""

    rows: int
    head: str
    broken: tuple[int, ...]


def verify(events: Iterable[AuditEvent], *, previous: str = "") -> ChainCheck:
    """Walk `events`, oldest first, and tell which do not follow from the row before.

    `previous` is the chain of the row before the first of them. A key that another replaced signs no newer row.
    """
    rows, broken, ring = 0, [], key_ring()
    for event in events:
        rows += 1
        fits = (at for at, key in enumerate(ring) if same(event.chain, link(event, previous, key)))
        newest = next(fits, None)
        if newest is None:
            broken.append(event.pk)
        else:
            ring = ring[newest:]
        previous = event.chain
    return ChainCheck(rows, previous, tuple(broken))


def verified_until() -> tuple[int, str]:
    """Return the id and the chain of the last row that a verification has noted as reached, unbroken; (0, "") for none.

    The note is a row of the trail itself: whoever alters it breaks the chain behind it.
    """
    noted = AuditEvent.objects.filter(action=VERIFIED).order_by("-id").values_list("data", flat=True).first()
    return (int(noted["until"]), str(noted["head"])) if noted else (0, "")


def note_verified(until: AuditEvent) -> None:
    """Note in the trail that it was verified, unbroken, up to this row."""
    record(by=None, action=VERIFIED, data={"until": until.pk, "head": until.chain})


def _address() -> str:
    """Return the address of the current request; "" outside of a request."""
    request = _request.get()
    if request is None:
        return ""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # a socket file has no address
        return ""


def lock_chain() -> None:
    """Let one transaction at a time append. SQLite's IMMEDIATE transactions do so by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


@contextmanager
def anchoring_claimed() -> Iterator[bool]:
    """Whether this worker is the one that anchors, in the block.

    That takes a store's time. SQLite's transactions would keep all calls from being stored meanwhile, and its workers
    are on one machine: there a file is locked.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ANCHOR_LOCK])
            yield bool(cursor.fetchone()[0])
        return
    with (settings.DATA_DIR / "anchoring.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _canonical(value: Any) -> Any:
    """`value` with each number in one spelling: PostgreSQL's jsonb gives 1e16 back as an integer."""
    match value:
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case list():
            return [_canonical(item) for item in value]
        case bool():
            return value
        case int() | float():
            return f"{float(value):.17g}" if abs(value) < _LARGEST else str(value)
        case _:
            return value


def _clean_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as plain JSON without secrets and without NUL, which PostgreSQL cannot keep."""
    plain = json.loads(json.dumps(data, default=str))
    return {key: _masked(key, value) for key, value in plain.items()}


def _masked(key: str, value: Any) -> Any:
    """`value` of `key`, masked when the key names a secret, down to the last level."""
    if key.lower() in SECRET_KEYS and value:
        return value if isinstance(value, str) and ("•" in value or "…" in value) else MASK
    match value:
        case dict():
            return {name: _masked(name, item) for name, item in value.items()}
        case list():
            return [_masked("", item) for item in value]
        case str():
            return _clean(value)
        case _:
            return value


def _clean(text: str) -> str:
    """`text` as both databases can keep it: without NUL and without halves of surrogate pairs."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
