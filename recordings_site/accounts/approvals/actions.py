"""Asks for changes that take a second admin, and decides them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals.kinds import CHANGES, Refused
from recordings_site.accounts.models import Approval, User


def others(by: User, *, besides: User | None = None) -> list[User]:
    """The admins who could decide what `by` asks for; `besides` is whom it is about."""
    return [admin for admin in User.objects.active_admins() if admin.pk not in {by.pk, besides.pk if besides else None}]


@transaction.atomic
def ask(
    *, by: User, kind: str, subject: Model, name: str, data: Mapping[str, Any], besides: User | None = None
) -> Approval:
    """Ask the other admins for a change, by mail too. An open request for the same change of the same thing is void."""
    open_ones = Approval.objects.filter(kind=kind, subject_id=str(subject.pk), decided_at=None)
    open_ones.update(decided_at=timezone.now(), decided_by=by)
    asked = Approval.objects.create(
        kind=kind, subject_id=str(subject.pk), subject_name=name[:200], data=dict(data), requested_by=by
    )
    audit.record(by=by, action=f"{kind}_requested", subject=subject, name=name, data=data)
    mail_admins(
        by=by,
        what=f"{CHANGES[kind].label} {name}",
        detail=CHANGES[kind].shown(data),
        path=reverse("approvals"),
        besides=besides,
    )
    return asked


def mail_admins(*, by: User, what: str, detail: str, path: str, besides: User | None = None) -> None:
    """Write to the admins who can approve something that waits at this path of the site."""
    context = {"by": by, "what": what, "detail": detail, "address": f"{settings.PUBLIC_URL}{path}"}
    text = render_to_string("accounts/approvals/asked.txt", context)
    for admin in others(by, besides=besides):
        send_mail(f"Waiting for your approval: {what}", text, None, [admin.email])


@transaction.atomic
def decide(*, by: User, approval: Approval, approve: bool) -> None:
    """Carry a change out, or refuse it. Raises Refused for one's own request, and for one that was decided already."""
    row = Approval.objects.select_for_update().filter(pk=approval.pk).waiting().first()
    if row is None:
        raise Refused("This request was already decided or has expired. Submit a new one.")
    if approve and row.requested_by_id == by.pk:
        raise Refused("You can’t approve your own request. Another admin has to.")
    if approve and not row.requested_by.is_active:
        raise Refused(f"{row.requested_by} no longer has access. Reject this request.")
    if approve and not row.requested_by.is_admin:
        raise Refused(f"{row.requested_by} is no longer an admin. Reject this request.")
    row.decided_by, row.decided_at, row.approved = by, timezone.now(), approve
    row.save(update_fields=["decided_by", "decided_at", "approved"])
    done = "approved" if approve else "refused"
    data = {"id": row.subject_id, "asked_by": row.requested_by.email, "change": row.data}
    audit.record(by=by, action=f"{row.kind}_{done}", name=row.subject_name, data=data)
    if approve:
        CHANGES[row.kind].carry(row.requested_by, row)
