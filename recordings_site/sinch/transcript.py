"""Reads the transcript file that Sinch writes beside a recording: lenient with its contents, strict with its size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import TranscriptError
from .hostile import field, number_of, read_object, text_of

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 50_000
MAX_LINE = 20_000
MAX_LABEL = 100
MAX_SECONDS = 7 * 24 * 3600.0

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


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
    problems: tuple[str, ...]


def parse(data: bytes) -> Transcript:
    """Read a transcript file (UTF-8 JSON `{"text", "lines": [{"timestamp", "speakerLabel", "text"}]}`).

    Numbers as text, missing labels, missing lines and empty texts are accepted and told in `problems`.
    Raises TranscriptError, and nothing else, when the file is no JSON object or too large.
    """
    try:
        raw = read_object(data, limit=MAX_BYTES)
    except ValueError as problem:
        raise TranscriptError(f"The transcript cannot be read: {problem}.") from None
    problems: dict[str, None] = {}  # an ordered set
    text = _spoken(field(raw, "text"), limit=MAX_BYTES)
    given = field(raw, "lines")
    if not isinstance(given, list):
        problems["It has no lines."] = None
        given = []
    if len(given) > MAX_LINES:
        problems[f"It has more than {MAX_LINES} lines; the rest is left out."] = None
    lines = _lines(given[:MAX_LINES], problems)
    if not lines and text:
        problems["It has text but no lines; the text stands as one line."] = None
        lines = [Line(0.0, "", text[:MAX_LINE])]
    if not text and lines:
        text = " ".join(line.text for line in lines)
    return Transcript(text, tuple(sorted(lines, key=lambda line: line.timestamp)), tuple(problems))


def _lines(given: list[Any], problems: dict[str, None]) -> list[Line]:
    lines: list[Line] = []
    previous = 0.0
    for item in given:
        if not isinstance(item, Mapping):
            problems["Some lines are not objects; they are left out."] = None
            continue
        text = _spoken(field(item, "text"), limit=MAX_LINE)
        if not text:
            continue
        timestamp = number_of(field(item, "timestamp"))
        if timestamp is None or not 0 <= timestamp <= MAX_SECONDS:
            problems["Some lines have no usable time; they take that of the line before."] = None
            timestamp = previous
        previous = timestamp
        label = " ".join(_spoken(field(item, "speakerLabel"), limit=MAX_LABEL).split())
        lines.append(Line(timestamp, label, text))
    return lines


def _spoken(value: object, *, limit: int) -> str:
    return _CONTROL.sub(" ", text_of(value, limit=limit)).strip()
