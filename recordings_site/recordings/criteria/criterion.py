"""What a criterion is: its names, how a typed value is parsed, and the condition of the value."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Q

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import Choices
from recordings_site.base.formatting import parse_duration
from recordings_site.base.text import plain
from recordings_site.recordings.criteria.dates import span_of

_STROKES = re.compile(r"\d{1,2}/\d{1,2}/\d{4}", re.ASCII)
MOST_VERSIONS = 10**6


class UnreadableValue(ValueError):
    """A value that cannot be parsed: a sentence, the likely meaning, and an example of a valid value."""

    def __init__(self, sentence: str, *, meant: str = "", example: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.meant, self.example = sentence, meant, example


@dataclass(frozen=True, slots=True)
class ParseContext:
    """When and in which time zone a value was typed: what "yesterday" means."""

    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Span:
    """The call began at `start` or later and before `end`; either may be open."""

    start: datetime | None
    end: datetime | None


Value = str | float | Span
Parser = Callable[[str, ParseContext], Value]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Criterion:
    """A criterion that recordings can be filtered by.

    `name` is its parameter in the list's URL and its field in the search language, where `also` are further names and
    `meant` are synonyms that are suggested. `parse` makes a value of what was typed (or raises UnreadableValue), and
    `condition` a Q on RecordingJob without joins; for a criterion with `rows` it also takes the key of one of them.
    """

    name: str
    label: str
    parse: Parser
    condition: Callable[[Any, User], Q]
    # The search tip: an example and what it finds. Without an example it is not a search operator.
    example: str = ""
    help: str = ""
    also: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    # Whether the list has it as a filter.
    listed: bool = True
    # For a value that names rows: the keys of those that a text matches, and the existing names (None for a
    # text that is not a name).
    named: Callable[[str, User], Sequence[Any]] = lambda text, user: ()
    names: Callable[[str, User], Iterable[str] | None] = lambda text, user: None
    # The filter's widget: a choice, a picker of rows, or an input.
    choices: Callable[[User], Sequence[tuple[str, str]]] | None = None
    rows: Choices | None = None
    input: str = "text"
    attributes: Mapping[str, str] = field(default_factory=dict)
    # Whether an index supports it.
    indexed: bool = False
    # Whether `value`, of which `first` is the first word and `last` the last, is one value even without quotes.
    continues: Callable[[str, str, str, ParseContext], bool] = lambda first, value, last, context: False

    @property
    def fields(self) -> tuple[str, ...]:
        """Its names in the search language."""
        return (self.name, *self.also) if self.example else ()


def parse_text(text: str, context: ParseContext) -> str:
    """Return the text, which must have a letter or digit."""
    if not plain(text):
        raise UnreadableValue(f"Enter at least one letter or digit instead of “{text}”.")
    return text.strip()


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """Return the error message for an unknown field, filter or value."""
    return f"Unknown {what} “{name}”. Use {', '.join(known[:-1])} or {known[-1]}."


def parse_choice(what: str, values: Sequence[str], meant: Mapping[str, str] | None = None) -> Parser:
    """Make a parser of one of these values, in any spelling; `meant` maps synonyms to suggest."""

    def parse(text: str, context: ParseContext) -> str:
        wanted = re.sub(r"[\s-]+", "_", text.strip().lower())
        for each in (wanted, wanted.removesuffix("s")):
            if each in values:
                return each
        close = difflib.get_close_matches(wanted, values, 1, 0.5)
        likely = (meant or {}).get(wanted.removesuffix("s")) or next(iter(close), "")
        sentence = unknown(what, text, values)
        raise UnreadableValue(sentence, meant=likely, example=values[0])

    return parse


def parse_length(text: str, context: ParseContext) -> float:
    """Return seconds, typed as 90, 5m, 1h30m or 2:05."""
    seconds = parse_duration(text)
    if seconds is None:
        raise UnreadableValue("Enter a length such as 90, 5m, 1h30m or 2:05.", meant="5m")
    return seconds


def parse_version(text: str, context: ParseContext) -> int:
    """Return the number of a policy version, typed as 3 or v3."""
    digits = text.strip().lower().removeprefix("v")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and 1 <= int(digits) <= MOST_VERSIONS):
        raise UnreadableValue("Enter a version number, such as 3.", example="1")
    return int(digits)


def parse_span(choose: Callable[[datetime, datetime], Span]) -> Parser:
    """Make a parser of dates; `choose` makes the span of the date's start and its excluded end."""

    def parse(text: str, context: ParseContext) -> Span:
        span = span_of(text, now=context.now, zone=context.zone)
        if span is None:
            sentence = _two_ways(text) or (
                f"“{text}” isn’t a valid date. Try 2024-03-05, 2024-03, 5 march, yesterday, last week or 3 days ago."
            )
            raise UnreadableValue(sentence, example="today")
        return choose(*span)

    return parse


def _two_ways(value: str) -> str:
    """Return the error message for a date that is ambiguous between day and month."""
    figures = [int(each) for each in value.split("/")] if _STROKES.fullmatch(value) else []
    if not figures or max(figures[:2]) > 12 or 0 in figures:
        return ""
    one, other, year = figures
    return f"“{value}” is ambiguous. Try {year}-{one:02}-{other:02} or {year}-{other:02}-{one:02}."
