"""The task of this room: write to the admins when a number falls below its target."""

from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from recordings_site.accounts.models import User
from recordings_site.recordings.completeness.rates import INCOMPLETE, OUTCOMES, alert_rate, shown
from recordings_site.recordings.models import NumberDay
from recordings_site.tasks.registry import Task, task


@task("alert.below_target")
def mail_below_target(job: Task) -> None:
    """Write to the admins about the number and day `job.subject`, unless it is complete by now."""
    pk, _, day = job.subject.partition(" ")
    row = NumberDay.objects.select_related("number").filter(number=int(pk), day=date.fromisoformat(day)).first()
    counts = {name: getattr(row, name) for name in OUTCOMES} if row else dict.fromkeys(OUTCOMES, 0)
    percent = alert_rate(counts)
    if row is None or percent is None or percent >= settings.COMPLETENESS_TARGET:
        return
    words = {
        "number": row.number, "day": row.day, "rate": shown(percent), "target": shown(settings.COMPLETENESS_TARGET),
        "counts": [(name, counts[name]) for name in INCOMPLETE if counts[name]], "address": settings.PUBLIC_URL,
    }  # fmt: skip
    text = render_to_string("recordings/completeness/below_target.txt", words)
    for admin in User.objects.active_admins():
        send_mail(f"Recordings of {row.number} are incomplete: {shown(percent)}", text, None, [admin.email])
