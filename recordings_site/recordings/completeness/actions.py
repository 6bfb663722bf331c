"""Counts what became of each day's recordings, and alerts when a number falls below the target."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.completeness.rates import OUTCOMES, alert_rate, outcome
from recordings_site.recordings.models import NumberDay, RecordingJob
from recordings_site.tasks.registry import enqueue

HISTORY = 35  # days that are counted again: what arrives late, or is found missing, changes them
ALERTED = 2  # days, today among them, of which a number below the target is an alert
BELOW_TARGET = "alert.completeness.below_target"


def count_due(now: datetime) -> int:
    """Count the days whose figures are due; how many. Today's are due every five minutes, older ones ever less."""
    days = _days(now)
    counted = dict(NumberDay.objects.filter(number=None, day__in=days).values_list("day", "counted_at"))
    due = [day for day in days if day not in counted or now - counted[day] >= _good_for(days[0] - day)]
    _count(due, now)
    return len(due)


def count_all(now: datetime) -> None:
    """Count all days again, due or not: after recordings of earlier days were added."""
    _count(_days(now), now)


def _days(now: datetime) -> list[date]:
    today = timezone.localdate(now, timezone.get_default_timezone())
    return [today - timedelta(days=back) for back in range(HISTORY)]


def _count(days: list[date], now: datetime) -> None:
    for day in days:
        with suppress(IntegrityError):  # another worker counted it at this very moment
            count_day(day, now=now)


def _good_for(age: timedelta) -> timedelta:
    if age.days < ALERTED:
        return timedelta(minutes=5)
    return timedelta(hours=1 if age.days <= 7 else 24)


@transaction.atomic
def count_day(day: date, *, now: datetime) -> None:
    """Count one day anew, by the index of the calls' time, and alert about numbers that are below the target."""
    counts: dict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(OUTCOMES, 0))
    counts[None].update({})  # the row that stands for the day itself
    start = datetime.combine(day, time.min, timezone.get_default_timezone())
    end = datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())
    kinds = RecordingJob.objects.happened_between(start, end).order_by()
    for number, state, overdue, short, several in kinds.values_list(
        "number", "state", "overdue_kind", "is_short"
    ).annotate(Count("pk")):
        if name := outcome(state=state, overdue_kind=overdue, is_short=short):
            counts[number][name] += several
    known = NumberDay.objects.filter(day=day)
    alerted: set[int | None] = set(known.filter(alerted=True).values_list("number_id", flat=True))
    if timezone.localdate(now, timezone.get_default_timezone()) - day < timedelta(days=ALERTED):
        alerted |= _alert(day, {number: each for number, each in counts.items() if number not in alerted})
    known.delete()
    NumberDay.objects.bulk_create(
        NumberDay(number_id=number, day=day, counted_at=now, alerted=number in alerted, **each)
        for number, each in counts.items()
    )


def _alert(day: date, counts: dict[int | None, dict[str, int]]) -> set[int | None]:
    """Alert about each number that is below the target, once a day; which ones."""
    below = {
        number: percent
        for number, each in counts.items()
        if number is not None and (percent := alert_rate(each)) is not None and percent < settings.COMPLETENESS_TARGET
    }
    for number in PhoneNumber.objects.filter(pk__in=below):
        data = {"day": day.isoformat(), "rate": round(below[number.pk], 1), "target": settings.COMPLETENESS_TARGET}
        audit.record(by=None, action=BELOW_TARGET, subject=number, data={**data, **counts[number.pk]})
        enqueue("alert.below_target", f"{number.pk} {day.isoformat()}")
    return set(below)
