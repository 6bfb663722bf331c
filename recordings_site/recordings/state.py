"""The state of a recording as a pure function of the facts known of it."""

from datetime import datetime
from typing import Protocol

from django.db import models
from django.utils.text import capfirst


class State(models.TextChoices):
    """Where a recording stands, from expected to deleted."""

    EXPECTED = "expected", "Expected"
    NOT_RECORDED = "not_recorded", "Not recorded"
    RECORDING = "recording", "Recording"
    FINISHED = "finished", "Finished"
    AVAILABLE = "available", "Available"
    DELETED = "deleted", "Deleted"


def state_choices() -> list[tuple[str, str]]:
    """The states as choices; a callable keeps the list out of migrations."""
    return State.choices


class Facts(Protocol):
    """The facts that decide the state: each is the time at which it became known, or None."""

    started_at: datetime | None
    not_recorded_at: datetime | None
    finished_at: datetime | None
    available_at: datetime | None
    deleted_at: datetime | None


class Standing(Protocol):
    """A state, and what is wrong with it."""

    @property
    def state(self) -> str:
        """One of State."""

    @property
    def overdue_since(self) -> datetime | None:
        """Since when it is late or missing."""

    @property
    def overdue_reason(self) -> str:
        """Why, in a sentence; recordings.looking begins it with "Late: " or "Missing: "."""

    @property
    def problem(self) -> str:
        """What else is wrong."""


def shown_state(standing: Standing) -> str:
    """The state in a list's words: while overdue it is late or missing."""
    if standing.overdue_since is None or standing.state == State.DELETED:
        return standing.state
    return "missing" if standing.overdue_reason.startswith("Missing") else "late"


def shown_reason(standing: Standing) -> str:
    """Why it stands so, in a sentence, without the word that the state shows already."""
    overdue = shown_state(standing) in ("late", "missing")
    reason = standing.overdue_reason if overdue else standing.problem
    return capfirst(reason.removeprefix("Late: ").removeprefix("Missing: "))


def state_of(facts: Facts) -> State:
    """The furthest state that a fact proves; the order in which facts arrived plays no part."""
    if facts.deleted_at is not None:
        return State.DELETED
    if facts.available_at is not None:
        return State.AVAILABLE
    if facts.finished_at is not None:
        return State.FINISHED
    if facts.started_at is not None:
        return State.RECORDING
    if facts.not_recorded_at is not None:
        return State.NOT_RECORDED
    return State.EXPECTED
