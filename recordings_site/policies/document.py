"""The document of a policy version: ordered rules, how to record, where the call goes; and its stable JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from recordings_site.destinations import key_template
from recordings_site.policies.parsing import Reader, read
from recordings_site.policies.routes import HANGUP, LOCALE, LOCALE_REMEDY, LONGEST_LOCALE, Route, parse_route

DIRECTIONS = ("any", "inbound", "outbound", "callout")
HOLIDAYS = ("any", "only", "except")
METHODS = ("automatic", "flag", "instruction")
STARTS = ("connect", "answer")
FORMATS = ("mp3", "wav")
IF_IMPOSSIBLE = ("connect", "notice", "refuse")
UPSTREAM = ("keep", "replace")
OUTBOUND = ("dialled", "route")
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
DAY = r"([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MASK = r"private|\+?[0-9*]{1,20}|[^\s,]{1,64}"


@dataclass(frozen=True)
class When:
    """The conditions of a rule; all that are set must hold.

    `weekdays` are ISO (1 = Monday), empty for all. `start` and `end` are "HH:MM" in the document's time zone; an end
    before the start passes midnight and then belongs to the weekday on which it started. Empty means all day.
    """

    direction: str = "any"
    weekdays: tuple[int, ...] = ()
    start: str = ""
    end: str = ""
    holidays: str = "any"
    callers: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON: what differs from "always"."""
        return _changed(self, When())


@dataclass(frozen=True)
class Rule:
    """If `when` holds, this rule wins: record `percent` of such calls, or record none of them."""

    record: bool = True
    when: When = When()
    percent: float = 100
    name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON."""
        found: dict[str, Any] = {"record": self.record, "when": self.when.to_dict()}
        if self.percent != 100:
            found["percent"] = self.percent
        if self.name:
            found["name"] = self.name
        return found


@dataclass(frozen=True)
class Announcement:
    """What callers hear about the recording: text that Sinch speaks, or files of Sinch's. `kind`: none, say, play."""

    kind: str = "none"
    text: str = ""
    locale: str = ""
    files: tuple[str, ...] = ()
    # Whether the announcement itself is on the recording.
    recorded: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON."""
        return _changed(self, Announcement())


NO_ANNOUNCEMENT = Announcement()


@dataclass(frozen=True)
class How:
    """How a call is recorded once a rule says that it is. `destination` is an id; None means the number's own."""

    method: str = "automatic"
    start: str = "connect"
    announcement: Announcement = NO_ANNOUNCEMENT
    format: str = "mp3"
    notification_events: bool = True
    transcription: bool = True
    locale: str = "en-US"
    destination: int | None = None
    # Empty means the destination's own template.
    key_template: str = ""
    if_impossible: str = "connect"
    notice: str = ""
    # What becomes of recordings that an upstream (a relayed application's own back end) asks for itself.
    upstream: str = "keep"

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON: all of it, for a diff should show what is in force."""
        return {
            "method": self.method,
            "start": self.start,
            "announcement": self.announcement.to_dict(),
            "format": self.format,
            "notification_events": self.notification_events,
            "transcription": self.transcription,
            "locale": self.locale,
            "destination": self.destination,
            "key_template": self.key_template,
            "if_impossible": self.if_impossible,
            "notice": self.notice,
            "upstream": self.upstream,
        }


@dataclass(frozen=True)
class PolicyDocument:
    """All that a policy version says. `otherwise_record` holds when no rule matches; `on_answer`: continue, hangup.

    `route` is where calls from outside go. A call that an app user places goes to the number that was dialled, unless
    `outbound` says that it takes the route as well.
    """

    rules: tuple[Rule, ...] = ()
    otherwise_record: bool = False
    time_zone: str = "UTC"
    holidays: tuple[str, ...] = ()
    how: How = How()
    route: Route = HANGUP
    outbound: str = "dialled"
    on_answer: str = "continue"

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON: the same document gives the same object, whatever it was read from."""
        return {
            "rules": [rule.to_dict() for rule in self.rules],
            "otherwise_record": self.otherwise_record,
            "time_zone": self.time_zone,
            "holidays": list(self.holidays),
            "how": self.how.to_dict(),
            "route": self.route.to_dict(),
            "outbound": self.outbound,
            "on_answer": self.on_answer,
        }

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
    return read(data, _document)


def parse_default_route(data: object) -> Route:
    """Read an application's default route; DocumentError when it is none."""
    return read(data, parse_route)


def _document(r: Reader) -> PolicyDocument:
    zone = r.text("time_zone", "UTC", most=64)
    if zone not in _zones():
        r.fail("time_zone", "must be a time zone such as Europe/Stockholm")
        zone = "UTC"
    if "route" not in r.data:
        r.fail("route", "is required: where does the call go?")
    return PolicyDocument(
        rules=r.children("rules", _rule, most=100),
        otherwise_record=r.flag("otherwise_record", False),
        time_zone=zone,
        holidays=r.texts("holidays", most=400, pattern=DAY, remedy="must be a day like 2026-12-24, or 12-25"),
        how=r.child("how", _how, How()),
        route=r.child("route", parse_route, HANGUP),
        outbound=r.choice("outbound", OUTBOUND, "dialled"),
        on_answer=r.choice("on_answer", ("continue", "hangup"), "continue"),
    )


def _rule(r: Reader) -> Rule:
    rule = Rule(
        record=r.flag("record", True),
        when=r.child("when", _when, When()),
        percent=r.number("percent", 100, least=0, most=100),
        name=r.text("name", most=200),
    )
    if not rule.record and rule.percent != 100:
        r.fail("percent", "belongs to a rule that records; remove it, or record this percentage instead")
    return rule


def _when(r: Reader) -> When:
    when = When(
        direction=r.choice("direction", DIRECTIONS, "any"),
        weekdays=r.integers("weekdays", least=1, most=7),
        start=r.text("start", pattern=TIME, remedy="must be a time like 08:00"),
        end=r.text("end", pattern=TIME, remedy="must be a time like 18:00"),
        holidays=r.choice("holidays", HOLIDAYS, "any"),
        callers=r.texts("callers", pattern=MASK, remedy="must be a number, a mask like +4670*, or private"),
        numbers=r.texts("numbers", pattern=r"\+?[0-9*]{1,20}", remedy="must be a number or a mask like +4670*"),
    )
    if bool(when.start) != bool(when.end):
        r.fail("end" if when.start else "start", "is missing: give both ends of the hours, or neither")
    return when


def _announcement(r: Reader) -> Announcement:
    found = Announcement(
        kind=r.choice("kind", ("none", "say", "play"), "none"),
        text=r.text("text", most=600),
        locale=r.text("locale", most=LONGEST_LOCALE, pattern=LOCALE, remedy=LOCALE_REMEDY),
        files=r.texts("files", most=10, pattern=r"\S.{0,198}\S|\S", remedy="must be the name of a prompt file"),
        recorded=r.flag("recorded", False),
    )
    if found.kind == "say" and not found.text.strip():
        r.fail("text", "is empty: write what callers hear, or choose no announcement")
    if found.kind == "play" and not found.files:
        r.fail("files", "is empty: name at least one file, or choose no announcement")
    return found


def _how(r: Reader) -> How:
    how = How(
        method=r.choice("method", METHODS, "automatic"),
        start=r.choice("start", STARTS, "connect"),
        announcement=r.child("announcement", _announcement, Announcement()),
        format=r.choice("format", FORMATS, "mp3"),
        notification_events=r.flag("notification_events", True),
        transcription=r.flag("transcription", True),
        locale=r.text("locale", "en-US", most=LONGEST_LOCALE, pattern=LOCALE, remedy=LOCALE_REMEDY),
        destination=r.optional_integer("destination"),
        key_template=r.text("key_template", most=300),
        if_impossible=r.choice("if_impossible", IF_IMPOSSIBLE, "connect"),
        notice=r.text("notice", most=600),
        upstream=r.choice("upstream", UPSTREAM, "keep"),
    )
    for message in key_template.problems(how.key_template) if how.key_template else ():
        r.fail("key_template", message)
    if how.if_impossible == "notice" and not how.notice.strip():
        r.fail("notice", "is empty: write what callers hear when the call cannot be recorded")
    if how.transcription and not how.locale:
        r.fail("locale", "is required for a transcription")
    return how


def _changed(value: Any, default: Any) -> dict[str, Any]:
    found: Mapping[str, Any] = vars(value)
    return {
        name: list(each) if isinstance(each, tuple) else each
        for name, each in found.items()
        if each != getattr(default, name)
    }
