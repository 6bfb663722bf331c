"""Reads the transcript file that Sinch writes beside a recording: lenient with its contents, strict with its size.

The file is read as a stream of JSON tokens, because 16 MB of `{}` would otherwise become 800 MB of dictionaries.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any

from ijson.backends import yajl2_c
from ijson.common import JSONError

from .errors import TranscriptError
from .json_fields import clean_text, field, text_of
from .line_times import seconds_of

MAX_BYTES = 16_000_000
MAX_LINES = 16_384
"""The most that search can tell apart in one recording."""
MAX_TEXT = 2_000_000
"""Characters; more than a whole day of speech."""
MAX_LINE = 4_000
MAX_LABEL = 100
MAX_SECONDS = 7 * 24 * 3600.0
MAX_MEMORY = 6 * MAX_BYTES
"""Peak memory in bytes for reading the largest file, including the file."""

# The parser holds the tokens of a chunk, and begins a long text that is not ASCII again with each.
_CHUNK = 512 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*(?:\s+|(?<=[。！？]))")
# Times that are larger than any call and whole numbers are milliseconds.
_LONGEST_CALL = 24 * 3600.0
_MILLI = 0.001
# What Python's own writer may put into JSON, although it is none: a number without a value, half a surrogate pair. And
# numbers of very many digits, which Python does not read: at the end of a file the parser ends the process over them.
_ODD = re.compile(rb"NaN|Infinity|\\u[dD][89a-fA-F]|(?<![0-9])[0-9]{400}")
_REPAIRED = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb'|\\.|(?P<quote>")|(?P<constant>-?Infinity|NaN|(?<![0-9.eE+-])-?[0-9][0-9.eE+-]{399,})',
    re.DOTALL,
)
# Sinch's file does not name its language; those of other tools that adopted recordings come from do.
_LANGUAGE = ("locale", "language", "languageCode", "language_code", "lang")
_OF_FILES = frozenset(("text", *map(str.lower, _LANGUAGE)))
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,2}", re.IGNORECASE)
_LONGEST_LOCALE = 20
_OF_LINES = frozenset(("text", "timestamp", "speakerlabel"))


class Problem(StrEnum):
    """What is odd about a transcript file, each with its values. `lines` counts those concerned."""

    # It is no JSON object: `parse` raises TranscriptError. `reason`: one of Unreadable.
    UNREADABLE = "unreadable"
    # The file has more than MAX_BYTES and was not read. `size` in bytes.
    TOO_LARGE = "too_large"
    # The file ends early or is damaged after its first lines.
    DAMAGED = "damaged"
    NO_LINES = "no_lines"
    # Of `lines` only the first `kept` are kept: MAX_LINES or MAX_TEXT was reached.
    TOO_LONG = "too_long"
    # The text has no times and is split into lines at sentence ends.
    TEXT_ALONE = "text_alone"
    # Some aren't objects and are skipped.
    ODD_LINES = "odd_lines"
    # Some have no usable time and get the previous line's time.
    TIMELESS_LINES = "timeless_lines"
    # Some labels are longer than MAX_LABEL characters and are cut.
    LONG_LABELS = "long_labels"
    # The times are in milliseconds.
    MILLISECONDS = "milliseconds"


class Unreadable(StrEnum):
    """Why a file cannot be read at all."""

    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker said. `timestamp` is in seconds from the recording's start, as Sinch gives it."""

    timestamp: float
    speaker_label: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole transcript: lines in order of time (equal times in Sinch's order), and what was odd about the file."""

    lines: tuple[Line, ...]
    problems: Mapping[Problem, Mapping[str, Any]]
    # As the file names it, "" when it does not.
    locale: str = ""


def parse(data: bytes, *, duration: float | None = None) -> Transcript:
    """Read a transcript file (UTF-8 JSON `{"text", "lines": [{"timestamp", "speakerLabel", "text"}]}`).

    Numbers and clock times as text, missing labels, missing lines and empty texts are accepted and named in
    `problems`. A line longer than MAX_LINE becomes several. `duration`: the recording's seconds, where they are known;
    they tell seconds from milliseconds. Raises TranscriptError, and nothing else, when nothing can be read.
    """
    reader = _Reader()
    data = data.removeprefix(codecs.BOM_UTF8)
    source = BytesIO(_repaired(data) if _ODD.search(data) else data)
    damage: Unreadable | None = None
    try:
        for event, value in yajl2_c.basic_parse(source, buf_size=_CHUNK):
            reader.take(event, value)
    except UnicodeError:
        damage = Unreadable.NOT_UTF8
    except (JSONError, ValueError, ArithmeticError) as error:  # the last for an exponent of very many digits
        damage = Unreadable.NOT_UTF8 if "UTF8" in str(error) else Unreadable.NOT_JSON
    return reader.finish(damage, duration)


class _Reader:
    """Assembles lines from JSON tokens; tokens outside of lines are dropped at once."""

    def __init__(self) -> None:
        self._depth = 0
        self._member = self._key = ""
        self._top: dict[str, Any] = {}
        self._line: dict[str, Any] | None = None
        self._in_lines = self._has_lines = False
        self._lines: list[Line] = []
        self._labels: dict[str, str] = {}
        self._given = self._size = 0
        self._previous = 0.0
        self._whole_numbers = True
        self._counts = dict.fromkeys((Problem.ODD_LINES, Problem.TIMELESS_LINES, Problem.LONG_LABELS), 0)

    def take(self, event: str, value: Any) -> None:
        """One token."""
        if event == "map_key":
            if self._depth == 1:
                self._member = value
            elif self._depth == 3:
                self._key = value
        elif event in ("start_map", "start_array"):
            self._open(event == "start_map")
        elif event in ("end_map", "end_array"):
            self._close()
        elif self._depth == 0:
            raise TranscriptError(Unreadable.NOT_AN_OBJECT)
        elif self._depth == 1:
            if self._member.lower() in _OF_FILES:
                self._top[self._member] = float(value) if isinstance(value, Decimal) else value
        elif self._depth == 2:
            self._counts[Problem.ODD_LINES] += self._in_lines
        elif self._depth == 3 and self._line is not None and self._key.lower() in _OF_LINES:
            self._line[self._key] = float(value) if isinstance(value, Decimal) else value

    def _open(self, is_map: bool) -> None:
        if self._depth == 0 and not is_map:
            raise TranscriptError(Unreadable.NOT_AN_OBJECT)
        if self._depth == 1:
            self._in_lines = not is_map and self._member.lower() == "lines"
            self._has_lines |= self._in_lines
        elif self._depth == 2 and self._in_lines:
            self._line = {} if is_map else None
            self._counts[Problem.ODD_LINES] += not is_map
        self._depth += 1

    def _close(self) -> None:
        self._depth -= 1
        if self._depth == 2 and self._line is not None:
            if self._line:
                self._add(self._line)
            self._line = None
        elif self._depth == 1:
            self._in_lines = False

    def _add(self, given: Mapping[str, Any]) -> None:
        text = _spoken(field(given, "text"))
        if not text:
            return
        value = field(given, "timestamp")
        timestamp = seconds_of(value)
        if timestamp is None or not 0 <= timestamp <= MAX_SECONDS * 1000:
            self._counts[Problem.TIMELESS_LINES] += 1
            timestamp = self._previous
        self._whole_numbers &= timestamp.is_integer() and not isinstance(value, str)
        self._previous = timestamp
        label = " ".join(_spoken(field(given, "speakerLabel")).split())
        if len(label) > MAX_LABEL:
            self._counts[Problem.LONG_LABELS] += 1
        label = label[:MAX_LABEL]
        self._keep(timestamp, self._labels.setdefault(label, label), text)

    def _keep(self, timestamp: float, label: str, text: str) -> None:
        for piece in _pieces(text):
            self._given += 1
            self._size += len(piece)
            if len(self._lines) < MAX_LINES and self._size <= MAX_TEXT:
                self._lines.append(Line(timestamp, label, piece))

    def finish(self, damage: Unreadable | None, duration: float | None) -> Transcript:
        """The transcript read so far. `damage`: why no more could be read. Raises TranscriptError if empty."""
        if damage is not None and not self._lines and not self._top:
            raise TranscriptError(damage)
        problems: dict[Problem, Mapping[str, Any]] = {}
        if damage is not None:
            problems[Problem.DAMAGED] = {}
        text = "" if self._lines else _spoken(field(self._top, "text"))
        if text:
            problems[Problem.TEXT_ALONE] = {}
            self._keep(0.0, "", text)
        elif not self._has_lines:
            problems[Problem.NO_LINES] = {}
        if self._given > len(self._lines):
            problems[Problem.TOO_LONG] = {"lines": self._given, "kept": len(self._lines)}
        problems |= {problem: {"lines": count} for problem, count in self._counts.items() if count}
        lines = self._lines
        if self._whole_numbers and _is_milliseconds(max((line.timestamp for line in lines), default=0.0), duration):
            problems[Problem.MILLISECONDS] = {}
            lines = [replace(line, timestamp=line.timestamp * _MILLI) for line in lines]
        lines = [replace(line, timestamp=MAX_SECONDS) if line.timestamp > MAX_SECONDS else line for line in lines]
        locale = text_of(field(self._top, *_LANGUAGE), limit=_LONGEST_LOCALE + 1).strip().replace("_", "-")
        named = _LOCALE.fullmatch(locale) is not None and len(locale) <= _LONGEST_LOCALE
        return Transcript(tuple(sorted(lines, key=lambda line: line.timestamp)), problems, locale if named else "")


def _is_milliseconds(last: float, duration: float | None) -> bool:
    """Whether the last of the whole numbers is too large for seconds but plausible for milliseconds."""
    if not duration:
        return last > _LONGEST_CALL
    return last > 2 * duration + 60 and duration / 50 <= last * _MILLI <= 1.1 * duration + 5


def _pieces(text: str) -> Iterator[str]:
    """The text in lines of at most MAX_LINE characters: cut at the end of a sentence, else of a word."""
    at = 0
    while len(text) - at > MAX_LINE:
        stop = at + MAX_LINE
        middle = at + MAX_LINE // 2
        ends = [found.end() for found in _SENTENCE_END.finditer(text, middle, stop)]
        cut = ends[-1] if ends else text.rfind(" ", middle, stop) + 1
        cut = cut or stop
        if piece := text[at:cut].strip():
            yield piece
        at = cut
    if piece := text[at:].strip():
        yield piece


def _spoken(value: object) -> str:
    return _CONTROL.sub(" ", clean_text(text_of(value, limit=MAX_BYTES))).strip()


def _repaired(data: bytes) -> bytearray:
    """The file with null for what is no number and for very long ones, and a replacement for half surrogate pairs."""
    repaired = bytearray()
    at, quoted = 0, False
    for found in _REPAIRED.finditer(data):
        if found.lastgroup == "quote":
            quoted = not quoted
        elif found.lastgroup == "half" or (found.lastgroup == "constant" and not quoted):
            repaired += data[at : found.start()]
            repaired += b"null" if found.lastgroup == "constant" else b"\\ufffd"
            at = found.end()
    repaired += data[at:]
    return repaired
