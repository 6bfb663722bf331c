"""Anchors the audit trail outside of the database: a signed head per day in each of its places, which are compared with
the trail each hour, and from which it is verified each night.

Without them whoever can delete rows could cut off the newest: what is left would still be a whole chain.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.anchor_places import Anchor, Broken, Place, Unreachable
from recordings_site.accounts.models import AuditEvent, User

log = logging.getLogger(__name__)
SHOWN = 10
ANCHORED, BROKEN, NOT_KEPT = "audit.anchored", "alert.audit.broken", "alert.audit.not_anchored"
# A worker that anchors once a day has missed one by then.
LATE = timedelta(hours=50)


@dataclass(frozen=True)
class Comparison:
    """The newest anchor of each place that has one, all of which are in the trail; why others could not be read."""

    anchors: Mapping[str, Anchor] = field(default_factory=dict)
    unreachable: Mapping[str, str] = field(default_factory=dict)

    @property
    def oldest(self) -> Anchor | None:
        """The anchors from which the trail is verified: rows before each were verified with an earlier one."""
        return min(self.anchors.values(), key=lambda anchor: anchor.id, default=None)


def compare(places: Sequence[Place]) -> Comparison:
    """Look for the newest anchor of each place in the trail. Raises Broken for rows, and for anchors, that are gone."""
    noted = _last_days()
    anchors, unreachable = {}, {}
    for place in places:
        try:
            anchor = place.newest()
        except Unreachable as problem:
            unreachable[place.name] = str(problem)
            continue
        day = noted.get(place.name, "")
        if day and (anchor is None or anchor.day < day):
            raise Broken(f"The anchor of {day} is missing from {place.name}.")
        if anchor is not None:
            _find(anchor)
            anchors[place.name] = anchor
    return Comparison(anchors, unreachable)


def _last_days() -> dict[str, str]:
    """When the trail says that an anchor was last kept in each place; the latest rows alone are asked."""
    found: dict[str, str] = {}
    for row in _latest(ANCHORED):
        found = {name: str(row.data["day"]) for name in row.data["places"]} | found
    return found


def _find(anchor: Anchor) -> None:
    row = AuditEvent.objects.filter(pk=anchor.id).first()
    if row is None and anchor.id:
        raise Broken(f"Row {anchor.id}, the newest on {anchor.day}, is gone. Rows were removed from the end.")
    if row is not None and not audit.same(row.chain, anchor.head):
        raise Broken(f"Row {anchor.id} isn’t the row that was the newest on {anchor.day}.")


def verify_since(anchor: Anchor | None) -> audit.ChainCheck:
    """Verify the rows after an anchor, or all. Raises Broken."""
    events = AuditEvent.objects.all()
    if anchor is not None:
        _find(anchor)
        events = events.filter(pk__gt=anchor.id)
    found = audit.verify(chain.from_iterable(events.batches()), previous=anchor.head if anchor else "")
    if found.broken:
        ids = ", ".join(map(str, found.broken[:SHOWN]))
        raise Broken(f"Rows that don’t match the row before them: {ids}")
    return found


def anchor_if_due(now: datetime, places: Sequence[Place]) -> None:
    """Compare the trail with its anchors; once a day verify it from them, then keep the new head in each place.

    Alerts the admins, once a day, of a break and of a place where no anchor can be kept.
    """
    today = timezone.localdate(now, timezone.get_default_timezone())
    try:
        if not _due(places, compare(places), today):
            return
        # Another worker may have found the same: one of them anchors, and the next one finds its anchors.
        with audit.anchoring_claimed() as is_ours:
            if not is_ours:
                return
            known = compare(places)
            due = _due(places, known, today)
            verify_since(known.oldest)
            kept = _keep(today, [place for place in due if place.name not in known.unreachable], known.unreachable)
    except Broken as problem:
        _alert(BROKEN, str(problem), today)
        return
    except DatabaseError:
        raise
    # Whoever can add a row could add an unreadable one, which must not stop the verification of the others.
    except Exception as error:
        log.exception("the audit trail cannot be verified")
        _alert(BROKEN, f"The trail can’t be verified: {type(error).__name__}.", today)
        return
    _tell(kept)


def anchor_anew(*, by: User, reason: str, places: Sequence[Place]) -> None:
    """Keep the head as it is now in each place, although the trail does not follow from the anchors there.

    For a trail that was restored from a backup, or whose break was looked into; the trail says who did it, and why.
    """
    audit.record(by=by, action="audit.anchored_anew", data={"reason": reason})
    for admin in User.objects.active_admins():
        text = f"{by} accepted the audit trail as it is now: {reason}"
        send_mail("The audit trail was re-anchored", text, None, [admin.email])
    _tell(_keep(timezone.localdate(), places, {}))


def _due(places: Sequence[Place], known: Comparison, today: date) -> Sequence[Place]:
    """The places that have no anchor of this day."""
    days = {name: anchor.day for name, anchor in known.anchors.items()}
    return [place for place in places if days.get(place.name, "") < today.isoformat()]


@dataclass(frozen=True)
class _Kept:
    """An anchor, whether it is to be mailed, and where it could not be kept and why."""

    anchor: Anchor
    is_mailed: bool
    failed: Mapping[str, str]


def _keep(today: date, places: Sequence[Place], unreachable: Mapping[str, str]) -> _Kept:
    newest = AuditEvent.objects.order_by("-id").first()
    anchor = Anchor(today.isoformat(), newest.pk if newest else 0, newest.chain if newest else "")
    failed, kept = dict(unreachable), []
    for place in places:
        try:
            place.keep(anchor)
            kept.append(place.name)
        except Unreachable as problem:
            failed[place.name] = str(problem)
    is_first = not any(row.data["day"] == anchor.day for row in _latest(ANCHORED))
    if kept:
        audit.record(by=None, action=ANCHORED, data={"day": anchor.day, "until": anchor.id, "places": kept})
    return _Kept(anchor, bool(kept) and is_first, failed)


def _tell(kept: _Kept) -> None:
    """Mail the anchor, and alert of places without it. Outside of the transaction: a mail server may take its time."""
    anchor = kept.anchor
    for name, why in kept.failed.items():
        _alert(NOT_KEPT, f"No anchor can be saved in {name}: {why}", date.fromisoformat(anchor.day))
    if settings.AUDIT_ANCHOR_EMAIL and kept.is_mailed:
        send_mail(f"Audit trail of {anchor.day}", anchor.line(), None, [settings.AUDIT_ANCHOR_EMAIL])


def _latest(action: str) -> list[AuditEvent]:
    """The latest rows of an action, the newest first, that the site itself wrote; rows of others could be forged."""
    return [row for row in AuditEvent.objects.filter(action=action).order_by("-id")[:SHOWN] if audit.is_signed(row)]


def _alert(action: str, problem: str, today: date) -> None:
    """Tell the admins, once a day."""
    log.error("the audit trail: %s", problem)
    with transaction.atomic():
        audit.lock_chain()
        reported = [row.data for row in _latest(action) if row.data["day"] == today.isoformat()]
        # The row of an alert may take the id of one that was cut off: then the break looks like another.
        if reported and (action == BROKEN or any(data["problem"] == problem for data in reported)):
            return
        audit.record(by=None, action=action, data={"problem": problem, "day": today.isoformat()})
    title, remedy = _WORDS[action]
    for admin in User.objects.active_admins():
        send_mail(title, f"{problem}\n\n{remedy}", None, [admin.email])


_WORDS = {
    BROKEN: (
        "The audit trail was changed outside this site",
        "Rows or anchors were changed or deleted outside this site. Before anything else, copy the database, the "
        "anchors and the logs. Then find out who had write access to them. Was a backup restored? Then run "
        "manage.py verify_audit --anchor-anew REASON --by EMAIL.",
    ),
    NOT_KEPT: (
        "The audit trail couldn’t be anchored",
        "Until this is fixed, rows removed from the end may go unnoticed. Check the destination or the file.",
    ),
}


def _places_of(day: str) -> list[str]:
    """Where anchors of this day are kept: several machines may have noted it."""
    return sorted({name for row in _latest(ANCHORED) if row.data["day"] == day for name in row.data["places"]})


@dataclass(frozen=True)
class Trail:
    """How the trail fares: where it was last anchored and when; what is wrong, and what to do about it."""

    anchored_at: datetime | None = None
    places: Sequence[str] = ()
    problem: str = ""
    remedy: str = ""


def trail(now: datetime) -> Trail:
    """How the trail fares, by what the last comparison with its anchors noted."""
    anchored, broken, not_kept = (next(iter(_latest(action)), None) for action in (ANCHORED, BROKEN, NOT_KEPT))
    at, places = (anchored.at, _places_of(anchored.data["day"])) if anchored else (None, [])
    for row in (broken, not_kept):
        if row is not None and (at is None or row.at > at):
            return Trail(at, places, str(row.data["problem"]), _WORDS[row.action][1])
    first = AuditEvent.objects.order_by("id").values_list("at", flat=True).first()
    if first is not None and now - (at or first) > LATE:
        return Trail(at, places, "No anchor has been saved for two days.", "Start a worker. It saves one each day.")
    return Trail(at, places)
