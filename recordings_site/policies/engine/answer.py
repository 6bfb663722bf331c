"""The pure function (what is in force, event) → SVAML: answers to ICE, ACE and PIE, without any I/O.

Every answer has exactly one action and is checked against the table of what Sinch allows before it leaves; one that
fails the check loses its recording rather than its call.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from recordings_site.policies.engine.call_facts import CallFacts, call_facts, callout_facts
from recordings_site.policies.engine.decide import decide, decide_by
from recordings_site.policies.engine.decision import DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.filling import filled
from recordings_site.policies.engine.rendering import (
    announcement_instructions,
    route_action,
    sequence_instructions,
    with_recording,
)
from recordings_site.policies.engine.schema.routes import ConnectPstn, Hangup, Route, RunMenu
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch import svaml

__all__ = [
    "Answer",
    "CallFacts",
    "DecisionFacts",
    "PlannedRecording",
    "Reason",
    "announcement_instructions",
    "answer_ace",
    "answer_again",
    "answer_callout",
    "answer_ice",
    "answer_pie",
    "call_facts",
    "callout_facts",
    "connect_only",
    "masked_svaml",
]

Svaml = dict[str, Any]
UNDIALABLE = "Your call cannot be completed as dialed. Please dial again and include the country code."
_EPOCH = datetime.fromtimestamp(0, UTC)
# Only a fault of ours may trigger the policy's own choice (a notice, a refusal). A wrong clock or a repeat may mean
# that someone else is asking, and the fallback has one task: to connect.
FAULTS = frozenset(
    {
        Reason.NO_DESTINATION,
        Reason.DESTINATION_UNAVAILABLE,
        Reason.CREDENTIALS_UNUSABLE,
        Reason.DATABASE_DOWN,
        Reason.FAULT,
        Reason.WRONG_ANSWER,
        Reason.WRONG_RECORDING,
    }
)


@dataclass(frozen=True)
class Answer:
    """What to answer. `svaml` may hold credentials: it leaves in the signed answer alone, everywhere else masked.

    `recordings` are the recordings planned by an ICE's answer, also when they start at ACE; that of a conference which
    the call enters at its ACE is planned by that answer.
    """

    svaml: Svaml = field(repr=False)
    decision: DecisionFacts
    recordings: tuple[PlannedRecording, ...] = ()


def answer_ice(
    call: CallFacts,
    snapshot: Snapshot,
    *,
    application_key: str,
    recording_id: UUID,
    joining: PlannedRecording | None = None,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Answer:
    """Decide about a call and answer its ICE. KeyError when the application is unknown.

    `joining` is the recording of the conference session that is already open: the call then gets the same URL.
    With `may_record=False` the action stays and nothing is recorded, for the reason `refusal`.
    """
    default = snapshot.applications[application_key].default_route
    decision = decide(call, snapshot, default_route=default, recording_id=recording_id)
    plan = decision.plan
    if joining and plan and plan.conference_id:
        decision = replace(decision, plan=replace(joining, joined=True))
    return _ice(decision, snapshot, may_record, refusal, default)


def answer_again(
    decision: DecisionFacts, snapshot: Snapshot, *, may_record: bool = True, refusal: str = Reason.REPLAYED
) -> Answer:
    """Answer a repeated ICE from the stored decision: the same call gets the same answer."""
    return replace(_ice(decision, snapshot, may_record, refusal, Hangup()), recordings=())


def answer_ace(
    decision: DecisionFacts | None,
    snapshot: Snapshot,
    *,
    joining: PlannedRecording | None = None,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Answer:
    """Answer an ACE from the decision made at ICE; a call without one goes on, unrecorded.

    `joining` is the recording of the conference that the call enters now: the call then gets the same URL.
    """
    if decision is None:
        return Answer(svaml.document(svaml.continue_()), _unknown())
    if decision.on_answer == "hangup":
        return Answer(svaml.document(svaml.hangup()), decision)
    room, plan = decision.answer_conference, decision.plan
    action = svaml.connect_conf(room) if room else svaml.continue_()
    if plan is None or plan.starts != "ace":
        return Answer(svaml.document(action), decision)
    if joining and plan.conference_id:
        decision = replace(decision, plan=replace(joining, joined=True))
    decision, options = options_for(decision, snapshot, may_record, refusal)
    if options is None:
        return Answer(replacement_answer(decision, action), decision)
    found = with_recording(action, decision, options)
    answer = _checked(found, "ace", decision, action, lambda: svaml.document(svaml.continue_()))
    return replace(answer, recordings=answer.decision.of_answered_conference)


def answer_callout(
    call: CallFacts, policy_id: int, snapshot: Snapshot, *, recording_id: UUID, may_record: bool = True
) -> Answer:
    """Answer the ACE of a call that our own side placed by the application's callout policy.

    Its route counts for nothing: the call is connected already. Recording starts with this ACE.
    """
    policy = snapshot.policies[policy_id]
    number = snapshot.numbers.get(call.number_digits)
    how = replace(policy.document.how, start="answer")
    # A route that sends an ACE, because the call has one.
    document = replace(policy.document, how=how, route=ConnectPstn(number=call.to or "{to}"))
    decision = decide_by(replace(policy, document=document), call, number, snapshot, recording_id=recording_id)
    answer = answer_ace(decision, snapshot, may_record=may_record)
    return replace(answer, recordings=(*answer.decision.expected, *answer.decision.of_answered_conference))


def answer_pie(
    decision: DecisionFacts | None,
    value: str,
    snapshot: Snapshot,
    *,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Answer:
    """Answer a PIE: the caller's input chooses a branch of the menu that was decided at ICE.

    The choice may stop recording, before a card number is keyed in, or start a recording of its own.
    """
    if decision is None:
        return Answer(svaml.document(svaml.continue_()), _unknown())
    if not isinstance(decision.route, RunMenu):
        return Answer(svaml.document(svaml.continue_()), decision)
    action, chosen = route_action(decision.route.branch(value)), decision.route.recording(value)
    plan = decision.of_branch(decision.route.key(value)) if chosen == "start" else None
    instructions = [svaml.stop_recording()] if chosen == "stop" and decision.record else []
    if plan is not None:
        _, options = options_for(replace(decision, plan=plan), snapshot, may_record, refusal)
        instructions = [svaml.start_recording(options)] if options else []
    found = svaml.document(action, instructions)
    given = _checked(found, "pie", decision, action, lambda: svaml.document(svaml.hangup()))
    return replace(given, recordings=(plan,) if plan and given.svaml is found and instructions else ())


def connect_only(call: CallFacts, route: Route) -> Svaml:
    """The last resort: the call goes to this route, without recording and without a policy."""
    return svaml.document(route_action(filled(route, call, None)))


def masked_svaml(answer: Answer) -> Svaml:
    """The answer's SVAML without credentials, for rows, pages and logs."""
    return svaml.masked(answer.svaml)


def _ice(decision: DecisionFacts, snapshot: Snapshot, may_record: bool, refusal: str, default: Route) -> Answer:
    action = route_action(decision.route)
    decision, options = options_for(decision, snapshot, may_record, refusal)
    plan = decision.plan
    if options is None:
        found = replacement_answer(decision, action)
    elif plan is not None and plan.starts == "ace":
        found = svaml.document(action)
    elif plan is not None and plan.starts == "pie":
        found = svaml.document(action, sequence_instructions(decision, ()))
    else:
        found = with_recording(action, decision, options)
    answer = _checked(found, "ice", decision, action, lambda: _last_resort(decision.call, default))
    return replace(answer, recordings=answer.decision.expected)


def _last_resort(call: CallFacts, route: Route) -> Svaml:
    """The default route; where even that leads nowhere for this call, an end of it that Sinch understands."""
    found = connect_only(call, route)
    return svaml.document(svaml.hangup()) if svaml.problems(found, "ice") else found


def options_for(
    decision: DecisionFacts, snapshot: Snapshot, may_record: bool, refusal: str
) -> tuple[DecisionFacts, svaml.RecordingOptions | None]:
    """The recording options with credentials, or the decision changed to state why there are none."""
    plan = decision.plan
    if not decision.record or plan is None:
        return decision, None
    if not may_record:
        return decision.unrecorded(refusal), None
    destination = snapshot.destinations.get(plan.destination_id)
    if destination is None or destination.credentials is None:
        known = {"destination": destination.name} if destination else {}
        return decision.unrecorded(Reason.CREDENTIALS_UNUSABLE, **known), None
    return decision, svaml.RecordingOptions(
        destination_url=plan.destination_url,
        credentials=destination.credentials,
        format=plan.format,
        notification_events=plan.notification_events,
        transcription=plan.transcription,
        locale=plan.locale,
    )


def replacement_answer(decision: DecisionFacts, action: Svaml) -> Svaml:
    """The answer without recording: as the policy wants it after a fault, else the same action and no notice.

    Who dialled what cannot be dialled, and has no default route that leads elsewhere, hears what to do.
    """
    if decision.reason == Reason.UNDIALABLE and isinstance(decision.route, Hangup):
        return svaml.document(action, [svaml.say(UNDIALABLE)])
    if decision.reason not in FAULTS or decision.if_impossible == "connect":
        return svaml.document(action)
    notice = [svaml.say(decision.notice, locale=decision.announcement.locale)] if decision.notice else []
    return svaml.document(svaml.hangup() if decision.if_impossible == "refuse" else action, notice)


def _checked(found: Svaml, event: str, decision: DecisionFacts, action: Svaml, last: Callable[[], Svaml]) -> Answer:
    """The answer if valid, else the same action unrecorded if valid, else the last resort."""
    wrong = svaml.problems(found, event)
    if not wrong:
        return Answer(found, decision)
    decision = decision.unrecorded(Reason.WRONG_ANSWER, path=wrong[0].path, message=wrong[0].message)
    found = replacement_answer(decision, action)
    return Answer(last() if svaml.problems(found, event) else found, decision)


def _unknown() -> DecisionFacts:
    unknown_call = CallFacts("", "unknown", "", "", "", _EPOCH)
    return DecisionFacts(call=unknown_call, record=False, reason=str(Reason.ACE_WITHOUT_ICE), route=Hangup())
