"""Policies in words: a sentence for each rule and setting."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from recordings_site.policies.engine.schema.document import How, PolicyDocument, Rule, When
from recordings_site.policies.engine.schema.routes import (
    AsDialled,
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    ConnectSip,
    Park,
    Route,
    RunMenu,
)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
RECORDING = {"": "", "stop": ", recording stops", "start": ", recording starts"}
PLACEHOLDERS = {"{to}": "the number that was dialed", "{cli}": "the caller", "{number}": "our own number"}


def rule_sentence(rule: Rule, time_zone: str) -> str:
    """`Record 25% of inbound calls Mon-Fri 08:00-18:00 Europe/Stockholm, from +4670*`."""
    share = f"{rule.percent:g}% of " if rule.record and rule.percent != 100 else ""
    return f"{'Record' if rule.record else 'Do not record'} {share}{describe_calls(rule.when, time_zone)}"


def _conditions(when: When, time_zone: str) -> list[str]:
    parts = []
    hours = f"{when.start}-{when.end}" if when.start else ""
    if when.weekdays or hours:
        parts.append(" ".join(filter(None, (weekdays(when.weekdays), hours, time_zone))))
    if when.holidays != "any":
        parts.append({"only": "only on holidays", "except": "except on holidays"}[when.holidays])
    if when.callers:
        parts.append("from " + any_of(["private numbers" if mask == "private" else mask for mask in when.callers]))
    if when.numbers:
        parts.append("to " + any_of(list(when.numbers)))
    return parts


def weekdays(days: tuple[int, ...]) -> str:
    """`Mon-Fri, Sun`; "" for every day."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = []
    for run in runs:
        first, last = WEEKDAYS[run[0] - 1], WEEKDAYS[run[-1] - 1]
        names.append(first if first == last else f"{first}-{last}")
    return ", ".join(names)


def any_of(items: list[str]) -> str:
    """`a, b or c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


@lru_cache(maxsize=4096)
def describe_calls(when: When, time_zone: str) -> str:
    """The calls that the conditions match: `inbound calls outside 08:00-18:00 Europe/Stockholm, from +4670*`."""
    direction = {"any": "calls", "callout": "callouts"}.get(when.direction, f"{when.direction} calls")
    if not _conditions(when, time_zone):
        return "all calls" if when.direction == "any" else f"all {direction}"
    if when.start > when.end and not when.weekdays:
        rest = _conditions(replace(when, start="", end=""), time_zone)
        return ", ".join([f"{direction} outside {when.end}-{when.start} {time_zone}", *rest])
    return " ".join([direction, ", ".join(_conditions(when, time_zone))])


def route_sentence(route: Route) -> str:
    """`Connect to +46… by phone`."""
    match route:
        case ConnectPstn():
            return f"Connect by phone to {PLACEHOLDERS.get(route.number, route.number)}"
        case AsDialled():
            return "Connect to the dialed destination"
        case ConnectSip():
            return f"Connect by SIP to {route.endpoint}"
        case ConnectMxp():
            return f"Connect to the app user {route.username}"
        case ConnectConf():
            return f"Connect to the conference {route.conference_id}"
        case RunMenu():
            choices = [(f"{option.dtmf}: ", option.route, option.recording) for option in route.options]
            choices.append(("otherwise: ", route.default, route.default_recording))
            said = [f"{key}{route_sentence(to)}{RECORDING[recording]}" for key, to, recording in choices]
            return f"Ask with a menu ({'; '.join(said)})"
        case Park():
            return "Park the caller"
        case _:
            return "Hang up"


def how_sentence(how: How) -> str:
    """How calls are recorded, in one sentence."""
    start = "when the call connects" if how.start == "connect" else "when it’s answered"
    parts = [f"Recorded as {how.format} from {start}"]
    parts.append(f"transcribed in {how.locale}" if how.transcription else "not transcribed")
    if how.steps:
        steps = [f"{step.do} {step.heard}" if step.heard else f"{step.do} recording" for step in how.steps]
        return ", ".join([*parts, "in steps: " + ", then ".join(steps)])
    match how.announcement.kind:
        case "say":
            parts.append(f"after saying “{how.announcement.text}”")
        case "play":
            parts.append(f"after playing {', '.join(how.announcement.files)}")
        case _:
            parts.append("without an announcement")
    return ", ".join(parts)


def document_sentences(document: PolicyDocument, destinations: Mapping[int, str]) -> list[str]:
    """The whole document as sentences, which a diff in words compares. `destinations`: names by id."""
    rules = [
        f"Rule {n}: {rule_sentence(rule, document.time_zone)}{f', saying “{rule.say}”' if rule.say else ''}."
        for n, rule in enumerate(document.rules, 1)
    ]
    otherwise = "record" if document.otherwise_record else "do not record"
    how = document.how
    destination = destinations.get(how.destination, "deleted") if how.destination is not None else "each number’s own"
    sentences = [
        *rules,
        f"Otherwise {otherwise}.",
        f"{how_sentence(how)}.",
        f"{route_sentence(document.route)}.",
        f"Outbound calls: {'to the dialed destination' if document.outbound == 'dialled' else 'the same route'}.",
        f"On answer: {' '.join(filter(None, (document.on_answer, document.answer_conference)))}.",
        f"Recording is started via {'the best available method' if how.method == 'automatic' else how.method}.",
        f"Notifications {'on' if how.notification_events else 'off'}.",
        f"Destination: {destination}.",
        f"Object names: {how.key_template or 'the destination’s pattern'}.",
        f"If recording isn’t possible: {how.if_impossible}{f' (“{how.notice}”)' if how.notice else ''}.",
    ]
    if document.holidays:
        sentences.append(f"Holidays: {', '.join(document.holidays)}.")
    if how.announcement.recorded:
        sentences.append("The announcement is on the recording.")
    return sentences
