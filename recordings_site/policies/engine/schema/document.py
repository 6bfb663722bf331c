"""The document of a policy version: ordered rules, how to record, where the call goes; and its stable JSON.

Each field is declared once: reading, writing, the form, its initial data and its JSON follow from the declaration.
A field that is added touches at most four files: this one (the declaration), `forms_fields` (label, help and the words
of its choices, where its name does not give them), `descriptions` (its sentence) and the template on which it stands
(`_rules.html` or `_how.html`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from recordings_site.destinations import key_template
from recordings_site.policies.engine.schema import sequence
from recordings_site.policies.engine.schema.fields import (
    Choice,
    Declared,
    Flag,
    Format,
    Integers,
    Kind,
    Locale,
    Masks,
    Number,
    Part,
    Parts,
    Reference,
    Text,
    Texts,
    Time,
    Voice,
)
from recordings_site.policies.engine.schema.parsing import Reader, read
from recordings_site.policies.engine.schema.route_parsing import BRACES, has_other_braces, parse_route
from recordings_site.policies.engine.schema.routes import HANGUP, Route, RunMenu
from recordings_site.policies.engine.schema.sequence import Step

DAY = r"([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
# Callers and numbers are compared in E.164, which never starts with a zero.
MASK = r"\+?[1-9*][0-9*]{0,19}"
# A name, but not a number mangled by a spreadsheet.
NAME = r"(?!\+)(?![0-9.]*[0-9][.][0-9]*\Z)(?![0-9.]+[eE][+-]?[0-9]+\Z)[^\s,]{1,64}"
MASK_REMEDY = "must be a number or a pattern with its country code, like +4670*"
CALLER_REMEDY = f"{MASK_REMEDY}, an app user’s name, or “private” for private numbers"


@dataclass(frozen=True)
class When(Declared):
    """The conditions of a rule; all that are set must hold. Its JSON is what differs from "always".

    `weekdays` are ISO (1 = Monday), empty for all. `start` and `end` are "HH:MM" in the document's time zone; an end
    before the start passes midnight and then belongs to the weekday on which it started. Empty means all day.
    """

    always = ()

    direction: Annotated[str, Choice(("any", "inbound", "outbound", "callout"))] = "any"
    weekdays: Annotated[tuple[int, ...], Integers(1, 7)] = ()
    start: Annotated[str, Time()] = ""
    end: Annotated[str, Time(remedy="must be a time like 18:00")] = ""
    holidays: Annotated[str, Choice(("any", "only", "except"))] = "any"
    callers: Annotated[tuple[str, ...], Masks(rf"private|{MASK}|{NAME}", CALLER_REMEDY)] = ()
    numbers: Annotated[tuple[str, ...], Masks(MASK, MASK_REMEDY)] = ()

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Check that the hours have a start and an end."""
        if bool(self.start) != bool(self.end):
            yield "end" if self.start else "start", "is missing. Enter both start and end, or neither"


@dataclass(frozen=True)
class Rule(Declared):
    """If `when` holds, this rule wins: record `percent` of such calls, or record none of them."""

    always = ("record", "when")

    record: Annotated[bool, Flag()] = True
    when: Annotated[When, Part(When)] = When()
    percent: Annotated[float, Number(0, 100)] = 100
    name: Annotated[str, Text(200)] = ""
    # What callers of this rule hear in place of the policy's announcement.
    say: Annotated[str, Text(600)] = ""
    say_locale: Annotated[str, Voice()] = ""

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Check that only a rule that records has a percentage and an announcement."""
        if not self.record and self.say:
            yield "say", "only applies to rules that record; remove it"
        if not self.record and self.percent != 100:
            yield "percent", "only applies to rules that record; remove it, or record this percentage instead"


@dataclass(frozen=True)
class Announcement(Declared):
    """What callers hear about the recording: text that Sinch speaks, or files of Sinch's."""

    always = ()

    kind: Annotated[str, Choice(("none", "say", "play"))] = "none"
    text: Annotated[str, Text(600)] = ""
    locale: Annotated[str, Voice()] = ""
    files: Annotated[tuple[str, ...], Texts(r"\S.{0,198}\S|\S", "must be the name of a prompt file", most=10)] = ()
    # Whether the announcement itself is on the recording.
    recorded: Annotated[bool, Flag()] = False

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Check that there is something to play."""
        if self.kind == "say" and not self.text.strip():
            yield "text", "is empty. Enter what callers hear, or choose no announcement"
        if self.kind == "play" and not self.files:
            yield "files", "is empty. Add at least one file, or choose no announcement"


NO_ANNOUNCEMENT = Announcement()


@dataclass(frozen=True)
class How(Declared):
    """How a call is recorded once a rule says that it is. Its JSON is all of it: a diff should show what is in force.

    `destination` is an id; None means the number's own. `upstream` is what becomes of recordings that a relayed
    application's own back end asks for itself.
    """

    method: Annotated[str, Choice(("automatic", "flag", "instruction"))] = "automatic"
    start: Annotated[str, Choice(("connect", "answer"))] = "connect"
    announcement: Annotated[Announcement, Part(Announcement)] = NO_ANNOUNCEMENT
    # In place of the announcement and of one recording from the start.
    steps: Annotated[tuple[Step, ...], Parts(Step, most=sequence.MOST)] = ()
    format: Annotated[str, Format()] = "mp3"
    notification_events: Annotated[bool, Flag()] = True
    transcription: Annotated[bool, Flag()] = True
    locale: Annotated[str, Locale()] = "en-US"
    destination: Annotated[int | None, Reference()] = None
    # Empty means the destination's own template.
    key_template: Annotated[str, Text(300)] = ""
    if_impossible: Annotated[str, Choice(("connect", "notice", "refuse"))] = "connect"
    notice: Annotated[str, Text(600)] = ""
    upstream: Annotated[str, Choice(("keep", "replace"))] = "keep"

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Names that Sinch overwrites, a notice without words, a transcript without a language."""
        for message in key_template.problems(self.key_template) if self.key_template else ():
            yield "key_template", message
        if self.if_impossible == "notice" and not self.notice.strip():
            yield "notice", "is empty. Enter what callers hear when the call can’t be recorded"
        if self.transcription and not self.locale:
            yield "locale", "is required for a transcription"


@dataclass(frozen=True)
class _Where(Kind):
    """A route, which has its own JSON and its own fields in a form; it must be given."""

    def read(self, r: Reader, name: str, default: Route) -> Route:
        if name not in r.data:
            r.fail(name, "is required. Choose where calls go.")
        return r.child(name, parse_route, default)

    def write(self, value: Route) -> dict[str, Any]:
        return value.to_dict()


@dataclass(frozen=True)
class PolicyDocument(Declared):
    """All that a policy version says. `otherwise_record` holds when no rule matches; `on_answer`: continue, hangup.

    `route` is where calls from outside go. A call that an app user places goes to the number that was dialed, unless
    `outbound` says that it takes the route as well.
    """

    rules: Annotated[tuple[Rule, ...], Parts(Rule, most=100)] = ()
    otherwise_record: Annotated[bool, Flag()] = False
    time_zone: Annotated[str, Text(64)] = "UTC"
    holidays: Annotated[tuple[str, ...], Texts(DAY, "must be a date like 2026-12-24 or 12-25", most=400)] = ()
    how: Annotated[How, Part(How)] = How()
    route: Annotated[Route, _Where()] = HANGUP
    outbound: Annotated[str, Choice(("dialled", "route"))] = "dialled"
    # Continues, is hung up, or enters the conference `answer_conference`.
    on_answer: Annotated[str, Choice(("continue", "hangup", "conference"))] = "continue"
    answer_conference: Annotated[str, Text(64)] = ""

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Check the time zone, and that a sequence records something."""
        if self.on_answer == "conference" and not self.answer_conference.strip():
            yield "answer_conference", "is empty. Enter the conference that calls join when answered"
        if has_other_braces(self.answer_conference):
            yield "answer_conference", BRACES
        in_menu = isinstance(self.route, RunMenu) and self.route.may_start
        if self.how.steps and not sequence.starts(self.how.steps) and not in_menu:
            yield "how.steps", "never start a recording. Add a start, or remove all steps"
        if self.time_zone not in _zones():
            yield "time_zone", "must be a time zone such as Europe/Stockholm"

    def to_json(self) -> str:
        """Indented JSON with sorted keys: what export writes and a diff compares."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True, ensure_ascii=False)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which hours, weekdays and holidays are meant."""
        return ZoneInfo(self.time_zone)


@cache
def _zones() -> frozenset[str]:
    # Listing the machine's zones reads hundreds of files.
    return frozenset(available_timezones())


def parse(data: object) -> PolicyDocument:
    """Read the JSON of a version; DocumentError names each field that is wrong, and the remedy."""
    return read(data, PolicyDocument.read)


def parse_default_route(data: object) -> Route:
    """Read an application's default route; DocumentError when it is none."""
    return read(data, parse_route)
