"""Alerts at once that an answer of ours broke a call: in the audit trail, on the status page, and by email."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.calls.models import Call
from recordings_site.tasks.registry import enqueue

CALL_BROKEN = "alert.call.broken"
# A policy that breaks every call must not fill mailboxes: the status page counts the others.
QUIET_FOR = timedelta(minutes=15)


def call_broken(call: Call, *, reason: str) -> None:
    """Keep, in the caller's transaction, that Sinch could not use our answer, and notify the admins.

    `reason` is Sinch's: CALLBACKERROR (no usable answer came) or INVALIDSVAMLACTION (its action was wrong).
    """
    audit.record(by=None, action=CALL_BROKEN, subject=call, data={"reason": reason})
    enqueue("alert.call_broken", call.pk)


def mail_broken_call(call_pk: int) -> int:
    """Write to each admin about a broken call, unless that was done for another one just now. Gives how many."""
    call = Call.objects.select_related("number", "application", "decision__policy_version__policy").get(pk=call_pk)
    alerts = AuditEvent.objects.filter(action=CALL_BROKEN)
    own = alerts.filter(subject_id=str(call.pk)).order_by("-id").first()
    recent = alerts.filter(at__gte=timezone.now() - QUIET_FOR)
    if own is None or recent.filter(id__lt=own.pk).exists():
        return 0
    decision = getattr(call, "decision", None)
    words = {
        "call": call, "version": decision.policy_version if decision else None, "address": settings.PUBLIC_URL,
        "minutes": QUIET_FOR // timedelta(minutes=1),
    }  # fmt: skip
    text = render_to_string("callbacks/call_broken.txt", words)
    sent = 0
    for admin in User.objects.active_admins():
        sent += send_mail(f"A call was dropped: Sinch reports {call.dice_reason}", text, None, [admin.email])
    return sent
