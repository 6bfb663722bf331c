"""The state of a recording as a pure function of the facts known of it."""

from datetime import datetime
from typing import Protocol

from django.db import models


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
