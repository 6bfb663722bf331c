"""Reads the transcript file that Sinch writes beside a recording: lenient with its contents, strict with its size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import TranscriptError
from .json_fields import field, number_of, read_object, text_of

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 50_000
MAX_LINE = 20_000
MAX_LABEL = 100
MAX_SECONDS = 7 * 24 * 3600.0

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Problem(StrEnum):
    """What is odd about a transcript file."""

    # It is no JSON object, or too large: `parse` raises TranscriptError.
    UNREADABLE = "unreadable"
    NO_LINES = "no_lines"
    # More than MAX_LINES: the rest is left out.
    TOO_MANY_LINES = "too_many_lines"
    # The text stands as one line.
    TEXT_ALONE = "text_alone"
    # Some are not objects, and left out.
    ODD_LINES = "odd_lines"
    # Some have no usable time, and take that of the line before.
    TIMELESS_LINES = "timeless_lines"


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker said. `timestamp` is in seconds from the recording's start, as Sinch gives it."""

    timestamp: float
    speaker_label: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole transcript: lines in order of time (equal times in Sinch's order), and what was odd about the file."""

    text: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def parse(data: bytes) -> Transcript:
    """Read a transcript file (UTF-8 JSON `{"text", "lines": [{"timestamp", "speakerLabel", "text"}]}`).

    Numbers as text, missing labels, missing lines and empty texts are accepted and named in `problems`.
    Raises TranscriptError, and nothing else, when the file is no JSON object or too large; its message says which.
    """
    try:
        raw = read_object(data, limit=MAX_BYTES)
    except ValueError as problem:
        raise TranscriptError(str(problem)) from None
    problems: dict[Problem, None] = {}  # an ordered set
    text = _spoken(field(raw, "text"), limit=MAX_BYTES)
    given = field(raw, "lines")
    if not isinstance(given, list):
        problems[Problem.NO_LINES] = None
        given = []
    if len(given) > MAX_LINES:
        problems[Problem.TOO_MANY_LINES] = None
    lines = _lines(given[:MAX_LINES], problems)
    if not lines and text:
        problems[Problem.TEXT_ALONE] = None
        lines = [Line(0.0, "", text[:MAX_LINE])]
    if not text and lines:
        text = " ".join(line.text for line in lines)
    return Transcript(text, tuple(sorted(lines, key=lambda line: line.timestamp)), tuple(problems))


def _lines(given: list[Any], problems: dict[Problem, None]) -> list[Line]:
    lines: list[Line] = []
    previous = 0.0
    for item in given:
        if not isinstance(item, Mapping):
            problems[Problem.ODD_LINES] = None
            continue
        text = _spoken(field(item, "text"), limit=MAX_LINE)
        if not text:
            continue
        timestamp = number_of(field(item, "timestamp"))
        if timestamp is None or not 0 <= timestamp <= MAX_SECONDS:
            problems[Problem.TIMELESS_LINES] = None
            timestamp = previous
        previous = timestamp
        label = " ".join(_spoken(field(item, "speakerLabel"), limit=MAX_LABEL).split())
        lines.append(Line(timestamp, label, text))
    return lines


def _spoken(value: object, *, limit: int) -> str:
    return _CONTROL.sub(" ", text_of(value, limit=limit)).strip()
