"""Decides about a call from the policies in force: which rule wins, the draw, how it is recorded, where it goes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from recordings_site.destinations import key_template
from recordings_site.policies.engine.call_facts import CallFacts, draw
from recordings_site.policies.engine.conditions import winner
from recordings_site.policies.engine.decision import DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.filling import filled
from recordings_site.policies.engine.schema import sequence
from recordings_site.policies.engine.schema.document import How, PolicyDocument, Rule
from recordings_site.policies.engine.schema.routes import (
    AsDialled,
    ConnectConf,
    ConnectMxp,
    ConnectSip,
    Hangup,
    MenuOption,
    Park,
    Route,
    RunMenu,
    ends,
)
from recordings_site.policies.engine.snapshot import DestinationFacts, NumberFacts, PolicyFacts, Snapshot
from recordings_site.sinch.ends import NUMBER

DIALLED = AsDialled()


def decide(call: CallFacts, snapshot: Snapshot, *, default_route: Route, recording_id: UUID) -> DecisionFacts:
    """Decide about a call whose number, policy and destination are in `snapshot`; pure, the same each time."""
    number = snapshot.numbers.get(call.number_digits) if call.number_digits else None
    policy = snapshot.policy_of(number)
    if policy is None:
        return _without_policy(call, number, default_route)
    facts = decide_by(policy, call, number, snapshot, recording_id=recording_id)
    if facts.reason != Reason.UNDIALABLE:
        return facts
    # A number as a caller typed it, without a country code that anything tells, may be a wrong one abroad: it is not
    # dialled. The caller is connected all the same, to where calls go when nothing better is known.
    route = filled(default_route, call, number)
    return replace(facts, route=route, values={**facts.values, "connected": not isinstance(route, Hangup)})


def decide_by(
    policy: PolicyFacts, call: CallFacts, number: NumberFacts | None, snapshot: Snapshot, *, recording_id: UUID
) -> DecisionFacts:
    """Decide by this policy instead of the number's own: for callouts, drafts and replays."""
    document = policy.document
    how = document.how
    facts = DecisionFacts(
        call=call,
        route=filled(route_of(document, call), call, number),
        policy_id=policy.id,
        policy_name=policy.name,
        version_id=policy.version_id,
        version_number=policy.version_number,
        number_id=number.id if number else None,
        on_answer=document.on_answer,
        answer_conference=_answer_conference(document, call, number),
        if_impossible=how.if_impossible,
        notice=how.notice,
        upstream=how.upstream,
        **_by_rules(policy, call),
    )
    if _leads_nowhere(facts.route, route_of(document, call), call):
        return facts.unrecorded(Reason.UNDIALABLE, dialled=call.to)
    if not facts.record:
        return facts
    if hangs_up(document, call):
        return facts.unrecorded(Reason.ROUTE_HANGS_UP)
    return planned(facts, how, number, snapshot, recording_id)


def route_of(document: PolicyDocument, call: CallFacts) -> Route:
    """Where this call goes: the policy's route or, for a call placed by an app user, the dialled destination."""
    if call.direction == "outbound" and document.outbound == "dialled" and (call.to_digits or call.to_type != NUMBER):
        return DIALLED
    return document.route


def _answer_conference(document: PolicyDocument, call: CallFacts, number: NumberFacts | None) -> str:
    if document.on_answer != "conference":
        return ""
    room = filled(ConnectConf(document.answer_conference), call, number)
    return room.conference_id if isinstance(room, ConnectConf) else ""


def _leads_nowhere(route: Route, wanted: Route, call: CallFacts) -> bool:
    """Whether the call ends because the dialled end can't be connected, not because of a policy."""
    return isinstance(route, Hangup) and not isinstance(wanted, Hangup) and not call.leads_somewhere


def starts(how: How, route: Route) -> str:
    """At which callback recording starts: `ace` when the policy says "from answer" and the route brings an ACE."""
    return "ace" if how.start == "answer" and any(end.brings_ace for end in ends(route)) else "ice"


def method(how: How, route: Route) -> str:
    """`flag` or `instruction`: the one that works on the action, else the one that was chosen.

    connectMxp supports the flag alone; the flag is undocumented on connectSip, runMenu and park. An announcement can
    be on the recording only when an instruction starts it before.
    """
    if how.steps and not isinstance(route, ConnectMxp):
        return "instruction"
    wanted = how.method if how.method != "automatic" else ("instruction" if how.announcement.recorded else "flag")
    if starts(how, route) == "ace":
        return wanted
    if isinstance(route, ConnectMxp):
        return "flag"
    if isinstance(route, ConnectSip | RunMenu | Park):
        return "instruction"
    return wanted


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules say about a call: which one wins (its place counts from 1), and whether the draw fell within."""

    record: bool
    reason: Reason
    place: int | None = None
    rule: Rule | None = None
    draw: float | None = None


def choose(document: PolicyDocument, call: CallFacts) -> Choice:
    """Let only the rules decide; cheap enough to run for every call of a month."""
    won = winner(document, call)
    if won is None:
        reason = Reason.OTHERWISE_RECORDS if document.otherwise_record else Reason.NO_RULE_MATCHES
        return Choice(document.otherwise_record, reason)
    place, rule = won
    if not rule.record:
        return Choice(False, Reason.RULE_EXCLUDES, place, rule)
    if rule.percent >= 100:
        return Choice(True, Reason.RULE_RECORDS, place, rule)
    drawn = draw(call.call_id)
    is_in = drawn < rule.percent
    return Choice(is_in, Reason.RULE_RECORDS if is_in else Reason.SAMPLED_OUT, place, rule, drawn)


def hangs_up(document: PolicyDocument, call: CallFacts) -> bool:
    """Whether the call ends before anything could be recorded."""
    route = route_of(document, call)
    return isinstance(route, Hangup) or (document.on_answer == "hangup" and starts(document.how, route) == "ace")


def _by_rules(policy: PolicyFacts, call: CallFacts) -> dict[str, Any]:
    """The rules' decision, as fields of a DecisionFacts."""
    document, choice = policy.document, choose(policy.document, call)
    found = {"record": choice.record, "reason": str(choice.reason), **_heard(document.how, choice.rule)}
    if choice.rule is None:
        return {**found, "values": {"has_rules": bool(document.rules)}}
    return {
        **found,
        "values": {"when": choice.rule.when.to_dict(), "time_zone": document.time_zone},
        "rule": choice.place,
        "rule_name": choice.rule.name,
        "draw": choice.draw,
        "percent": choice.rule.percent if choice.draw is not None else None,
    }


def _heard(how: How, rule: Rule | None) -> dict[str, Any]:
    """The announcement and the sequence, with the rule's own text if it has one."""
    if rule is None or not rule.say:
        return {"announcement": how.announcement, "steps": how.steps}
    locale = rule.say_locale or how.announcement.locale
    own = replace(how.announcement, kind="say", text=rule.say, locale=locale, files=())
    steps = sequence.with_announcement(how.steps, rule.say, locale) if how.steps else ()
    return {"announcement": own, "steps": steps}


def planned(
    facts: DecisionFacts, how: How, number: NumberFacts | None, snapshot: Snapshot, recording_id: UUID
) -> DecisionFacts:
    """The decision with its recording planned by `how`, or unrecorded with the reason why it cannot be."""
    wanted = (number.destination_id if number else None) or how.destination
    destination = snapshot.destinations.get(wanted) if wanted else None
    if destination is None:
        return facts.unrecorded(Reason.DESTINATION_UNAVAILABLE if wanted else Reason.NO_DESTINATION)
    origin, when = method(how, facts.route), starts(how, facts.route)
    if when == "ace" and facts.answer_conference and how.method != "flag":
        # The flag records the conference, which other calls are in: who did not choose it has this call recorded.
        origin = "instruction"
    conference = (facts.conference_id if when == "ice" else facts.answer_conference) if origin == "flag" else ""
    key, folder = _place(destination, how, facts.call, number, recording_id, conference)
    plan = PlannedRecording(
        recording_id=recording_id,
        origin=origin,
        starts=when,
        destination_id=destination.id,
        key=key,
        folder=folder,
        destination_url=destination.url(key or folder),
        format=how.format,
        transcription=how.transcription,
        locale=((number.language if number else "") or how.locale) if how.transcription else "",
        notification_events=how.notification_events,
        conference_id=conference,
    )
    if not facts.steps and not (isinstance(facts.route, RunMenu) and facts.route.may_start):
        return facts.planned(plan)
    every = [
        replace(plan, recording_id=own, key=_place(destination, how, facts.call, number, own, conference)[0], **differs)
        for own, differs in _parts(facts, recording_id, origin)
    ]
    every = [replace(one, destination_url=destination.url(one.key or one.folder)) for one in every]
    return facts.planned(*every) if every else facts.unrecorded(Reason.ROUTE_HANGS_UP)


def _parts(facts: DecisionFacts, first: UUID, origin: str) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """The id of each recording that the call may have, with what differs from the plan.

    The ids follow from the first one, which nobody can guess. The flag makes one recording, whatever the sequence.
    """
    count = 1 if not facts.steps or origin == "flag" else sequence.starts(facts.steps)
    yield from ((uuid5(first, f"part {part}") if part else first, {}) for part in range(count))
    if isinstance(facts.route, RunMenu):
        for option in (*facts.route.options, MenuOption("", facts.route.default, facts.route.default_recording)):
            if option.recording == "start":
                branch = {"starts": "pie", "branch": option.dtmf, "origin": "instruction"}
                yield uuid5(first, f"branch {option.dtmf}"), branch


def _place(
    destination: DestinationFacts,
    how: How,
    call: CallFacts,
    number: NumberFacts | None,
    recording_id: UUID,
    conference_id: str,
) -> tuple[str, str]:
    """The object's key, or the folder in which Sinch makes a name of its own."""
    template = how.key_template or destination.key_template
    if not key_template.names_the_file(template):
        folder = template.removesuffix("/")
        filled = _filled(folder, how, call, number, recording_id, conference_id) + "/" if folder else ""
        return "", destination.prefix + filled
    return destination.prefix + _filled(template, how, call, number, recording_id, conference_id), ""


def _filled(
    template: str, how: How, call: CallFacts, number: NumberFacts | None, recording_id: UUID, conference_id: str
) -> str:
    at = call.at.isoformat()
    return key_template.render(
        template,
        {
            "date": at[:10],
            "time": at[11:19].replace(":", ""),
            "number": number.digits if number else call.number_digits or "none",
            "caller": call.cli_digits or "none",
            "call_id": conference_id or call.call_id,
            "conference_id": conference_id,
            "recording": str(recording_id),
            "format": how.format,
            "direction": call.direction,
        },
    )


def _without_policy(call: CallFacts, number: NumberFacts | None, default_route: Route) -> DecisionFacts:
    facts = DecisionFacts(call=call, record=False, reason="", route=filled(default_route, call, number))
    if _leads_nowhere(facts.route, default_route, call):
        return replace(facts, number_id=number.id if number else None).unrecorded(Reason.UNDIALABLE, dialled=call.to)
    if number is not None:
        facts = replace(facts, number_id=number.id)
        return facts.unrecorded(Reason.NO_POLICY, number=number.label or number.e164)
    if call.number_digits:
        return facts.unrecorded(Reason.UNKNOWN_NUMBER, number=f"+{call.number_digits}")
    return facts.unrecorded(Reason.NOT_A_NUMBER)
