"""What is kept for how long: each kind with its setting, its rows and what becomes of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Min, Model, QuerySet

from recordings_site.calls.actions_retention import delete_callbacks, strip_decisions
from recordings_site.calls.models import CallbackDelivery, Decision
from recordings_site.ops.models import RetentionMark
from recordings_site.tasks.models import Task

# Sinch and our own retries are done with a call by then.
MIN_DAYS = 7


@dataclass(frozen=True)
class Kind:
    """Rows that are kept for the days of a setting, counted from `time`.

    `marked`: rows stay, or are too many to look for: they are walked once, in the order of their ids.
    """

    name: str
    setting: str
    what: str
    time: str
    rows: Callable[[], QuerySet[Model]]
    forget: Callable[[Collection[Any]], int]
    marked: bool = False

    @property
    def days(self) -> int | None:
        """The days of the setting; None: for ever."""
        found: int | None = getattr(settings, self.setting)
        return found

    def count(self, now: datetime) -> tuple[int, datetime | None]:
        """How many rows are due, and the time of the oldest."""
        if self.days is None:
            return 0, None
        due = self._remaining().filter(**{f"{self.time}__lt": self._before(now)})
        return due.count(), due.aggregate(oldest=Min(self.time))["oldest"]

    def batch(self, now: datetime, size: int) -> list[Any]:
        """The ids of the oldest rows that are due, at most `size`."""
        if self.days is None:
            return []
        oldest = self._remaining().order_by("pk" if self.marked else self.time).values_list("pk", self.time)[:size]
        # Not by a condition: with nothing due, all that are kept would be looked through.
        return [pk for pk, _ in takewhile(lambda row: row[1] < self._before(now), oldest)]

    def _remaining(self) -> QuerySet[Model]:
        return self.rows().filter(pk__gt=RetentionMark.objects.until(self.name)) if self.marked else self.rows()

    def _before(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days or 0)


def _delete_tasks(ids: Collection[Any]) -> int:
    return Task.objects.filter(pk__in=ids).exclude(done_at=None).delete()[0]


def _delete_sessions(ids: Collection[Any]) -> int:
    return Session.objects.filter(pk__in=ids).delete()[0]


KINDS = (
    Kind(
        "callbacks",
        "KEEP_CALLBACKS_DAYS",
        "callbacks as received",
        "received_at",
        CallbackDelivery.objects.all,
        delete_callbacks,
        marked=True,
    ),
    Kind(
        "decisions",
        "KEEP_DECISIONS_DAYS",
        "details of decisions",
        "decided_at",
        Decision._default_manager.all,
        strip_decisions,
        marked=True,
    ),
    Kind(
        "tasks",
        "KEEP_TASKS_DAYS",
        "finished tasks",
        "done_at",
        lambda: Task.objects.exclude(done_at=None),
        _delete_tasks,
    ),
    Kind("sessions", "KEEP_SESSIONS_DAYS", "expired sessions", "expire_date", Session.objects.all, _delete_sessions),
)
