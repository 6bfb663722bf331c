"""The state of a recording, as codes: its state, whether it is overdue, what is wrong with its file, why it is gone.

Codes come with values (a time, a number of minutes) in a column beside them; `recordings.lifecycle.sentences` has the
words.
"""

from collections.abc import Collection
from typing import Protocol

from django.db import models


class State(models.TextChoices):
    """The state of a recording, from expected to deleted."""

    EXPECTED = "expected", "Expected"
    NOT_RECORDED = "not_recorded", "Not recorded"
    RECORDING = "recording", "Recording"
    FINISHED = "finished", "Finished"
    # Sinch reported it at a place that no destination covers: it exists, and cannot be played here.
    ELSEWHERE = "elsewhere", "Stored elsewhere"
    AVAILABLE = "available", "Available"
    DELETED = "deleted", "Deleted"


# States in which a file is still awaited: only then can it be overdue.
AWAITED: Collection[str] = (State.EXPECTED, State.RECORDING, State.FINISHED)
# Those in which it is looked for: what was reported elsewhere may lie where it was requested after all.
LOOKED_FOR: Collection[str] = (*AWAITED, State.ELSEWHERE)


class Origin(models.TextChoices):
    """What started a recording."""

    FLAG = "flag", "Automatically"
    INSTRUCTION = "instruction", "Automatically"
    LIVE = "live", "From the live page"
    UPSTREAM = "upstream", "By your back end"
    ADOPTED = "adopted", "Found in storage"


def origin_choices() -> list[tuple[str, str]]:
    """The origins as choices; a callable keeps the list out of migrations."""
    return Origin.choices


class LocaleSource(models.TextChoices):
    """Where the language of a transcript is known from."""

    FILE = "file", "as the file says"
    REQUESTED = "requested", "as requested"
    GUESSED = "guessed", "detected"
    NUMBER = "number", "the number’s language"


class OverdueKind(models.TextChoices):
    """Whether an overdue file is still looked for (late), or given up (missing)."""

    LATE = "late", "Late"
    MISSING = "missing", "Missing"


class OverdueCode(models.TextChoices):
    """How a file was found to be overdue."""

    # `minutes` after the call's end nothing was written.
    NOT_WRITTEN = "not_written"
    # It was not there when the store was listed `at` a time.
    NOT_LISTED = "not_listed"


class Problem(models.TextChoices):
    """What is wrong with the file of a recording."""

    NOT_AUDIO = "not_audio"
    MP3_WITHOUT_SOUND = "mp3_without_sound"
    WAV_UNREADABLE = "wav_unreadable"
    WAV_WITHOUT_SOUND = "wav_without_sound"
    UNDECODABLE = "undecodable"
    # It is of a `format` (audio.formats) that no browser plays.
    UNPLAYABLE = "unplayable"
    # It has no bytes, yet.
    EMPTY = "empty"
    # It is larger than what is read to find out what it is.
    TOO_LARGE = "too_large"
    # Another version took its place, written `at` a time; the first was `seen` at another, where that is known.
    REPLACED = "replaced"
    # It was no longer there when the store was listed `at` a time.
    GONE = "gone"


# With these there is nothing that a browser could play; the file may still be downloaded.
SILENT: Collection[str] = (
    Problem.NOT_AUDIO,
    Problem.MP3_WITHOUT_SOUND,
    Problem.WAV_UNREADABLE,
    Problem.WAV_WITHOUT_SOUND,
    Problem.UNPLAYABLE,
    Problem.EMPTY,
)


# With these an available recording is not shown as available: what its page says could not be played.
UNPLAYABLE: Collection[str] = (*SILENT, Problem.GONE)


class FileState(models.TextChoices):
    """What becomes of "available" where there is a file, and nothing to play."""

    UNPLAYABLE = "unplayable", "Unplayable"


class DeletedCode(models.TextChoices):
    """How a recording came to be deleted."""

    # On purpose, and not by us: it was no longer there when the store was listed `at` a time.
    GONE = "gone"


def state_choices() -> list[tuple[str, str]]:
    """The states as choices; a callable keeps the list out of migrations."""
    return State.choices


class StateColumns(Protocol):
    """What decides how a recording is shown: a row of the table, or some of its columns."""

    @property
    def state(self) -> str:
        """One of State."""

    @property
    def overdue_kind(self) -> str:
        """One of OverdueKind, "" while it is not overdue."""

    @property
    def problem_code(self) -> str:
        """One of Problem, or empty."""


Shown = State | OverdueKind | FileState


def shown_state(row: StateColumns) -> Shown:
    """The state of a recording as every page, list, filter and export shows it.

    While overdue it is late or missing; a file that cannot be played is not "available".
    """
    if row.overdue_kind:
        return OverdueKind(row.overdue_kind)
    if row.state == State.AVAILABLE and row.problem_code in UNPLAYABLE:
        return FileState.UNPLAYABLE
    return State(row.state)
