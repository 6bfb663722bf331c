"""Reads the counted days, as one person may see them: rates per number and per day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.formatting import short_day
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.completeness.rates import INCOMPLETE, OUTCOMES, rate, shown
from recordings_site.recordings.models import NumberDay
from recordings_site.web import keyset

DAYS = 30
MOST_NUMBERS = 500  # rows of the page, the worst first; the export has all


@dataclass(frozen=True, slots=True)
class Line:
    """The outcomes of one number, or of all of them, over the days; `number` is None for those without one."""

    number: PhoneNumber | None
    counts: Mapping[str, int]

    @property
    def rate(self) -> float | None:
        """Percent; None while nothing is known."""
        return rate(self.counts)

    @property
    def shown_rate(self) -> str:
        """The rate for people."""
        return "–" if self.rate is None else shown(self.rate)

    @property
    def is_below(self) -> bool:
        """Whether the target is missed."""
        return self.rate is not None and self.rate < settings.COMPLETENESS_TARGET

    @property
    def incomplete(self) -> Sequence[tuple[str, int]]:
        """Each incomplete outcome with its count, in the order of the columns."""
        return [(name, self.counts[name]) for name in INCOMPLETE]


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day of the chart, in units of a 100 by 100 drawing: x, width, and the height of what is complete."""

    day: date
    label: str
    x: float
    width: float
    height: float
    line: Line

    @property
    def y(self) -> float:
        """The top of the bar."""
        return round(100.0 - self.height, 2)


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the page shows: `since` to `until`, both included."""

    since: date
    until: date
    total: Line
    days: Sequence[DayBar]
    numbers: Sequence[Line]
    chosen: PhoneNumber | None
    target: str
    target_y: float
    counted_at: datetime | None


def completeness(user: User, *, now: datetime, number: PhoneNumber | None = None) -> Completeness:
    """The last thirty days, of one number or of all that this person may see. Reads counted rows only."""
    until = timezone.localdate(now, timezone.get_default_timezone())
    since = until - timedelta(days=DAYS - 1)
    rows = visible_days(user, since=since, until=until)
    rows = rows.filter(number=number) if number else rows
    by_day = {row.pop("day"): _line(None, row) for row in _summed(rows, "day")}
    newest = NumberDay.objects.filter(number=None, day__gte=since).order_by("-day").values_list("counted_at", flat=True)
    return Completeness(
        since=since,
        until=until,
        total=_line(None, _added(line.counts for line in by_day.values())),
        days=_bars(since, by_day),
        numbers=_by_number(rows),
        chosen=number,
        target=shown(settings.COMPLETENESS_TARGET),
        target_y=round(100.0 - settings.COMPLETENESS_TARGET, 2),
        counted_at=newest.first(),
    )


def visible_days(user: User, *, since: date, until: date) -> QuerySet[NumberDay]:
    """The counted days of the numbers that this person may see; of those without a number for who sees all."""
    return NumberDay.objects.visible_to(user).filter(day__gte=since, day__lte=until)


def _summed(rows: QuerySet[NumberDay], column: str) -> list[dict[str, Any]]:
    return list(rows.order_by().values(column).annotate(**{f"sum_{name}": Sum(name) for name in OUTCOMES}))


def _line(number: PhoneNumber | None, row: Mapping[str, Any]) -> Line:
    return Line(number, {name: row.get(f"sum_{name}", row.get(name, 0)) or 0 for name in OUTCOMES})


def _added(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found = dict.fromkeys(OUTCOMES, 0)
    for counts in several:
        for name in OUTCOMES:
            found[name] += counts[name]
    return found


def _by_number(rows: QuerySet[NumberDay]) -> list[Line]:
    """A line per number that had recordings, the worst first."""
    sums = {row.pop("number"): row for row in _summed(rows, "number")}
    numbers = PhoneNumber.objects.in_bulk([pk for pk in sums if pk is not None])
    lines = [_line(numbers.get(pk), row) for pk, row in sums.items() if pk is None or pk in numbers]
    lines = [line for line in lines if any(line.counts.values())]
    return sorted(lines, key=lambda line: (101.0 if line.rate is None else line.rate, str(line.number)))[:MOST_NUMBERS]


def _bars(since: date, by_day: Mapping[date, Line]) -> list[DayBar]:
    step, none = 100.0 / DAYS, Line(None, dict.fromkeys(OUTCOMES, 0))
    bars = []
    for index in range(DAYS):
        day = since + timedelta(days=index)
        line = by_day.get(day, none)
        x, width = round(index * step + step * 0.1, 3), round(step * 0.8, 3)
        bars.append(DayBar(day, short_day(day), x, width, round(line.rate or 0.0, 2), line))
    return bars


def export_rows(rows: QuerySet[NumberDay]) -> Iterable[tuple[object, ...]]:
    """The lines of the file: one per number and day, with the rate and its target in percent."""
    yield ("day", "number", "label", "rate", "target", *OUTCOMES, "counted_at")
    batches = keyset.batches(rows.select_related("number").order_by("day", "id"), order=("day", "id"), descending=False)
    for row in chain.from_iterable(batches):
        counts = {name: getattr(row, name) for name in OUTCOMES}
        if not any(counts.values()):
            continue
        percent = rate(counts)
        number = (row.number.e164, row.number.label) if row.number else ("", "")
        counted = timezone.localtime(row.counted_at).isoformat(timespec="seconds")
        share = "" if percent is None else f"{percent:.2f}"
        yield (row.day.isoformat(), *number, share, settings.COMPLETENESS_TARGET, *counts.values(), counted)
