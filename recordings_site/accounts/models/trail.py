"""The audit trail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from recordings_site.base.formatting import sortable
from recordings_site.web import keyset

# The page of each kind of audited subject, by the label of its model.
SUBJECT_PAGES = {
    "accounts.team": "team",
    "accounts.user": "person",
    "calls.call": "call",
    "destinations.destination": "destination",
    "policies.application": "application",
    "policies.numberschange": "numbers_change",
    "policies.phonenumber": "number",
    "policies.policy": "policy",
    "recordings.recordingjob": "recording",
}


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Named reads of the audit trail."""

    def about(self, subject_type: str, subject_id: object) -> Self:
        """What was done to one thing."""
        return self.filter(subject_type=subject_type, subject_id=str(subject_id))

    def matching(
        self, *, who: str = "", action: str = "", subject: str = "", since: datetime | None, until: datetime | None
    ) -> Self:
        """Rows by a part of the person's address, the start of the action, a part of the subject's name, and time."""
        found = self
        if who:
            found = found.filter(actor_email__icontains=who)
        if action:
            found = found.filter(action__startswith=action)
        if subject:
            found = found.filter(models.Q(subject_name__icontains=subject) | models.Q(subject_id=subject))
        if since:
            found = found.filter(at__gte=since)
        if until:
            found = found.filter(at__lt=until)
        return found

    def page(self, *, before: int | None, after: int | None, size: int) -> "AuditPage":
        """At most `size` rows, newest first: those older than id `before`, or those just newer than id `after`."""
        if after is not None:
            rows = list(reversed(self.filter(pk__gt=after).order_by("id")[: size + 1]))
            more = len(rows) > size
            rows = rows[-size:]
            return AuditPage(rows, newer=more, older=bool(rows))
        older_than = self if before is None else self.filter(pk__lt=before)
        rows = list(older_than.order_by("-id")[: size + 1])
        return AuditPage(rows[:size], newer=before is not None and bool(rows), older=len(rows) > size)

    def batches(self) -> "Iterator[Sequence[AuditEvent]]":
        """All rows, oldest first, a thousand at a time."""
        return keyset.batches(self, order=("id", "id"), descending=False)

    def kinds(self) -> list[str]:
        """The first words of the actions there are, such as "policy"."""
        actions = self.order_by().values_list("action", flat=True).distinct()
        return sorted({action.split(".")[0] for action in actions})


@dataclass(frozen=True)
class AuditPage:
    """One page of the audit trail, and whether there are newer and older rows than its own."""

    rows: "list[AuditEvent]"
    newer: bool
    older: bool


class AuditEvent(models.Model):
    """One action of a user or the site. No foreign keys: the row outlives its subject, and is never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_email = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=200, blank=True)
    data: Any = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    # HMAC over this row and the chain of the row before it: a row removed or altered breaks every later one.
    chain = models.CharField(max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject_type", "subject_id", "id"), name="audit_subject"),)

    def __str__(self) -> str:
        return f"{sortable(self.at)} {self.actor_email} {self.action}"

    @property
    def subject_url(self) -> str:
        """The page of its subject, which may be gone by now; empty when its kind has no page."""
        try:
            return reverse(SUBJECT_PAGES.get(self.subject_type, ""), args=[self.subject_id])
        except NoReverseMatch:
            return ""
