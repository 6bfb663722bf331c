"""The figures of the home page, as one user may see them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Value, When
from django.utils import timezone

from recordings_site.accounts.approvals.kinds import described
from recordings_site.accounts.models import Approval, User
from recordings_site.base.formatting import counted, grouped, short_day
from recordings_site.calls.models import Call
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, PolicyVersion
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.models import (
    AWAITED,
    Comment,
    Listening,
    OverdueKind,
    RecordingJob,
    RecordingJobQuerySet,
    State,
)
from recordings_site.web import keyset

DAYS = 30
SHOWN = 6  # rows of a short list
UNFINISHED_FOR = timedelta(days=14)
A_WEEK = timedelta(days=7)
MOST_COUNTED = 1000  # late and missing ones, at most
CHART_HEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its parts as (kind, count, y, height) from the bottom up, and the list that it opens,
    "" for none.
    """

    label: str
    x: float
    width: float
    parts: Sequence[tuple[str, int, float, float]]
    query: str
    # The same a week before: how many, and at which height; None where nothing is compared.
    before: tuple[int, float] | None = None

    @property
    def count(self) -> int:
        """The sum of its parts."""
        return sum(part[1] for part in self.parts)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside each other on a scale from 0 to `top`; `sentence` describes them for screen readers."""

    bars: Sequence[Bar]
    highest: int
    top: int
    sentence: str
    # Labels below, each at the beginning of one of as many equal parts.
    ticks: Sequence[str]

    @property
    def half(self) -> int | None:
        """The middle of the scale, if it is a whole number."""
        return self.top // 2 if self.top % 2 == 0 and self.top else None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on the home page.

    Counts are of today in the user's zone, beside those until the same time a week before; `late`, `missing` and
    `elsewhere` are of any day, at most MOST_COUNTED. Each is the number of rows in the list that its link opens.
    """

    today: date
    calls: int
    calls_before: int
    recordings: int
    recordings_before: int
    available: int
    waiting: int
    not_recorded: int
    late: int
    missing: int
    elsewhere: int
    overdue: Sequence[RecordingJob]
    newest: Sequence[RecordingJob]
    # Recordings that the user has not played to the end, last visited first.
    unfinished: Sequence[Listening]
    mentions: Sequence[Comment]
    transcripts_late: int
    days: Chart
    hours: Chart
    failing: Sequence[Destination]
    without_policy: Sequence[PhoneNumber]
    approvals: Sequence[PolicyVersion]
    # Other changes that another admin asked for, each with what it does in words.
    requests: Sequence[tuple[Approval, str]]
    most_counted: int = MOST_COUNTED

    @property
    def needs_attention(self) -> bool:
        """Whether there is anything that a supervisor or an admin should look at."""
        late = self.late or self.missing or self.elsewhere or self.transcripts_late
        return bool(late or self.failing or self.without_policy or self.approvals or self.requests)


def home(user: User, *, now: datetime) -> Dashboard:
    """Return the figures for one user, with times in the active time zone."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = RecordingJob.objects.visible_to(user)
    recent = mine.happened_between(today - timedelta(days=DAYS - 1), None)
    states = Counter(dict(mine.happened_between(today, None).values_list("state").annotate(Count("pk")).order_by()))
    calls = Call.objects.visible_to(user)
    late, missing = (mine.overdue(kind)[:MOST_COUNTED].count() for kind in (OverdueKind.LATE, OverdueKind.MISSING))
    return Dashboard(
        today=today.date(),
        calls=calls.filter(started_at__gte=today).count(),
        calls_before=calls.filter(started_at__gte=today - A_WEEK, started_at__lt=now - A_WEEK).count(),
        recordings=sum(states.values()),
        recordings_before=mine.happened_between(today - A_WEEK, now - A_WEEK).count(),
        available=states[State.AVAILABLE],
        waiting=sum(states[state] for state in AWAITED) - mine.happened_between(today, None).overdue().count(),
        not_recorded=states[State.NOT_RECORDED],
        late=late,
        missing=missing,
        elsewhere=mine.filter(state=State.ELSEWHERE)[:MOST_COUNTED].count(),
        overdue=list(mine.overdue().with_facts().newest_first()[:SHOWN]),
        newest=_newest(mine, user),
        unfinished=list(Listening.objects.unfinished(user, since=now - UNFINISHED_FOR)[:SHOWN]),
        mentions=list(Comment.objects.mentioning(user)[:SHOWN]),
        transcripts_late=recent.filter(transcript_overdue_since__isnull=False)[:MOST_COUNTED].count(),
        days=_days(recent, today),
        hours=_hours(mine, today),
        failing=list(Destination.objects.failing()) if user.oversees else [],
        without_policy=list(PhoneNumber.objects.filter(policy=None, archived_at=None)[:SHOWN]) if user.oversees else [],
        approvals=list(PolicyVersion.objects.awaiting_approval_of(user)[:SHOWN]) if user.is_admin else [],
        requests=[(each, described(each)) for each in Approval.objects.waiting_for(user)[:SHOWN]],
    )


def _newest(mine: RecordingJobQuerySet, user: User) -> Sequence[RecordingJob]:
    """Return the newest playable recordings."""
    rows = mine.filter(state=State.AVAILABLE).with_facts()
    facts, numbers = RecordingJob.objects.filter(state=State.AVAILABLE), limited_scope.numbers_of(user)
    source = limited_scope.PerNumberSource(rows, facts, numbers, "happened_at") if numbers is not None else None
    return keyset.page(rows, order=("happened_at", "id"), size=SHOWN, source=source).rows


def _days(recent: RecordingJobQuerySet, today: datetime) -> Chart:
    starts = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    by_day = [Counter[str]() for _ in starts]
    for (day, state), number in _counted(recent, starts).items():
        by_day[day]["kept" if state == State.AVAILABLE else "other"] += number
    for (day, _), late in _counted(recent.overdue(), starts).items():
        by_day[day].update(other=-late, overdue=late)
    days = [start.date() for start in starts]
    columns = [(short_day(day), parts, f"?since={day}&until={day}") for day, parts in zip(days, by_day, strict=True)]
    total = sum(sum(parts.values()) for parts in by_day)
    overdue = sum(parts["overdue"] for parts in by_day)
    sentence = f"{counted(total, 'recording')} in {DAYS} days, {grouped(overdue)} of them late or missing."
    return _chart(columns, sentence, every=5)


def _hours(mine: RecordingJobQuerySet, today: datetime) -> Chart:
    day, by_hour, before = today.date(), _by_hour(mine, today), _by_hour(mine, today - A_WEEK)
    columns = [
        (f"{hour}:00", Counter(kept=by_hour[hour]), f"?since={day}T{hour:02}:00&until={day}T{hour:02}:59")
        for hour in range(24)
    ]
    busiest = max(by_hour, key=lambda hour: by_hour[hour], default=None)
    sentence = (
        "No recordings today yet." if busiest is None else f"Busiest hour today: {busiest}:00 to {busiest + 1}:00."
    )
    return _chart(columns, sentence, every=6, before=[before[hour] for hour in range(24)])


def _by_hour(mine: RecordingJobQuerySet, midnight: datetime) -> Counter[int]:
    """The recordings of the day from this midnight, by the hour after it."""
    rows = mine.happened_between(midnight, midnight + timedelta(days=1))
    by_hour = Counter[int]()
    for (hour, _), number in _counted(rows, [midnight + timedelta(hours=hour) for hour in range(24)]).items():
        by_hour[hour] += number
    return by_hour


def _counted(rows: RecordingJobQuerySet, starts: Sequence[datetime]) -> dict[tuple[int, str], int]:
    """Count the recordings of each state between consecutive times in `starts`; none may precede the first.

    Times are compared, not truncated to days or hours: for that SQLite would call Python for each row.
    """
    newest_first = reversed(list(enumerate(starts)))
    place = Case(*(When(happened_at__gte=start, then=Value(index)) for index, start in newest_first))
    grouped = rows.annotate(place=place).values_list("place", "state").annotate(Count("pk")).order_by()
    return {(index, state): number for index, state, number in grouped}


def _chart(
    columns: Sequence[tuple[str, Counter[str], str]], sentence: str, *, every: int, before: Sequence[int] = ()
) -> Chart:
    """Draw columns of (label, parts, query); each `every`th is labelled, `before` are the counts to compare with."""
    highest = max((sum(parts.values()) for _, parts, _ in columns), default=0)
    top = top_of_scale(max(highest, *before) if before else highest)
    step = 100.0 / max(len(columns), 1)
    bars = []
    for index, (label, parts, query) in enumerate(columns):
        foot = CHART_HEIGHT
        drawn = []
        for kind in ("kept", "other", "overdue"):
            height = CHART_HEIGHT * parts[kind] / top if top else 0.0
            if height:
                foot -= height
                drawn.append((kind, parts[kind], round(foot, 2), round(height, 2)))
        then = (before[index], round(CHART_HEIGHT * (1 - before[index] / top), 2)) if before and top else None
        bars.append(Bar(label, round(index * step + step * 0.1, 3), round(step * 0.8, 3), drawn, query, then))
    return Chart(bars, highest, top, sentence, [label for label, _, _ in columns[::every]])


def top_of_scale(highest: int) -> int:
    """The least number at or above `highest` that halves well: 1, 2, 4, 6, 8, 10, 20, 30, … 100, 120, 140, …"""
    if highest <= 2:
        return highest
    step = 2 if highest <= 10 else 10 if highest <= 100 else 2 * 10 ** (len(str(highest)) - 2)
    return -(-highest // step) * step
