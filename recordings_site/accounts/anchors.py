"""Anchors the audit trail outside of the database: a signed head per day, from which the next night verifies.

Without them whoever can delete rows could cut off the newest: what is left would still be a whole chain.
"""

import hmac
import json
import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User

log = logging.getLogger(__name__)
SHOWN = 10


class Broken(Exception):
    """The trail does not follow from its last anchor; says where."""


@dataclass(frozen=True)
class Anchor:
    """The head of the trail on a day: the id and the chain of its newest row."""

    day: str
    id: int
    head: str

    def line(self) -> str:
        """As it is kept: JSON with a signature."""
        text = json.dumps(asdict(self), sort_keys=True)
        return json.dumps({**asdict(self), "signature": audit.sign(text)}, sort_keys=True)


def parse(line: str) -> Anchor:
    """An anchor as it was kept. Raises Broken for one that we did not sign."""
    try:
        found = json.loads(line)
        anchor = Anchor(str(found["day"]), int(found["id"]), str(found["head"]))
        signature = str(found["signature"])
    except (ValueError, TypeError, KeyError) as error:
        raise Broken("The last anchor cannot be read.") from error
    text = json.dumps(asdict(anchor), sort_keys=True)
    if not any(hmac.compare_digest(signature, audit.sign(text, key)) for key in audit.key_ring()):
        raise Broken("The last anchor was not signed by this site.")
    return anchor


def last() -> Anchor | None:
    """The newest anchor in the file; None before the first. Raises Broken, and OSError."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    kept = [line for line in lines if line.strip()]
    return parse(kept[-1]) if kept else None


def verify_since(anchor: Anchor | None) -> audit.ChainCheck:
    """Verify the rows after an anchor, or all. Raises Broken."""
    events = AuditEvent.objects.all()
    if anchor is not None and anchor.id:
        row = events.filter(pk=anchor.id).first()
        if row is None:
            raise Broken(f"Row {anchor.id}, the newest on {anchor.day}, is gone: rows were cut off.")
        if not hmac.compare_digest(row.chain, anchor.head):
            raise Broken(f"Row {anchor.id} is not the one that was the newest on {anchor.day}.")
        events = events.filter(pk__gt=anchor.id)
    found = audit.verify(chain.from_iterable(events.batches()), previous=anchor.head if anchor else "")
    if found.broken:
        ids = ", ".join(map(str, found.broken[:SHOWN]))
        raise Broken(f"Rows that do not follow from the row before: {ids}")
    return found


def anchor_if_due(now: datetime) -> None:
    """Once a day: verify from the last anchor, then keep the new head. Alerts the admins of any break."""
    today = timezone.localdate(now, timezone.get_default_timezone())
    try:
        before = last()
        if before is not None and before.day >= today.isoformat():
            return
        verify_since(before)
    except Broken as problem:
        alert(str(problem), today)
        return
    newest = AuditEvent.objects.order_by("-id").first()
    keep(Anchor(today.isoformat(), newest.pk if newest else 0, newest.chain if newest else ""))


def keep(anchor: Anchor) -> None:
    """Add an anchor to the file, and mail it where that is wished."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{anchor.line()}\n")
    if settings.AUDIT_ANCHOR_EMAIL:
        send_mail(f"Audit trail of {anchor.day}", anchor.line(), None, [settings.AUDIT_ANCHOR_EMAIL])


def alert(problem: str, today: date) -> None:
    """Tell the admins, once a day."""
    log.error("the audit trail is broken: %s", problem)
    reported = AuditEvent.objects.filter(action="audit.broken").order_by("-id").values_list("data", flat=True).first()
    if reported and reported.get("day") == today.isoformat():
        return
    audit.record(by=None, action="audit.broken", data={"problem": problem, "day": today.isoformat()})
    text = f"{problem}\n\nThe audit trail was changed in the database. Keep a copy of the database and the logs."
    for admin in User.objects.active_admins():
        send_mail("The audit trail was changed", text, None, [admin.email])
