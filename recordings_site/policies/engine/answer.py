"""The pure function (what is in force, event) → SVAML: answers to ICE, ACE and PIE, without any I/O.

Every answer has exactly one action and is checked against the table of what Sinch allows before it leaves; one that
fails the check loses its recording rather than its call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from recordings_site.policies.engine.call_facts import CallFacts, call_facts, callout_facts
from recordings_site.policies.engine.decide import decide, decide_by
from recordings_site.policies.engine.decision import DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.document import Announcement
from recordings_site.policies.engine.filling import filled
from recordings_site.policies.engine.routes import (
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    ConnectSip,
    Hangup,
    Park,
    Route,
    RunMenu,
)
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch import svaml

__all__ = [
    "Answer",
    "CallFacts",
    "DecisionFacts",
    "PlannedRecording",
    "Reason",
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
MENU = "main"
_EPOCH = datetime.fromtimestamp(0, UTC)
# Only a fault of ours may bring the policy's own choice (a notice, a refusal). A clock or a repeat says that somebody
# else may be asking, and the fallback has one task: to connect.
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

    `recordings` are the recordings planned by an ICE's answer, none or one, also when it starts at ACE.
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
    With `may_record=False` the action stays and nothing is recorded, for the reason `why_not`.
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
    """Answer an ICE once more from the decision that was stored: the same call gets the same answer."""
    return replace(_ice(decision, snapshot, may_record, refusal, Hangup()), recordings=())


def answer_ace(
    decision: DecisionFacts | None,
    snapshot: Snapshot,
    *,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Answer:
    """Answer an ACE from the decision made at ICE; a call without one goes on, unrecorded."""
    if decision is None:
        return Answer(svaml.document(svaml.continue_()), _unknown())
    if decision.on_answer == "hangup":
        return Answer(svaml.document(svaml.hangup()), decision)
    plan = decision.plan
    if plan is None or plan.starts != "ace":
        return Answer(svaml.document(svaml.continue_()), decision)
    decision, options = options_for(decision, snapshot, may_record, refusal)
    if options is None:
        return Answer(replacement_answer(decision, svaml.continue_()), decision)
    found = _with_recording(svaml.continue_(), decision, options)
    return _checked(found, "ace", decision, svaml.continue_(), lambda: svaml.document(svaml.continue_()))


def answer_callout(
    call: CallFacts, policy_id: int, snapshot: Snapshot, *, recording_id: UUID, may_record: bool = True
) -> Answer:
    """Answer the ACE of a call that our own side placed by the application's callout policy.

    Its route counts for nothing: the call is connected already. Recording starts with this ACE.
    """
    policy = snapshot.policies[policy_id]
    number = snapshot.numbers.get(call.number_digits)
    how = replace(policy.document.how, start="answer")
    # A route that brings an ACE, for the call has one.
    document = replace(policy.document, how=how, route=ConnectPstn(number=call.to or "{to}"))
    decision = decide_by(replace(policy, document=document), call, number, snapshot, recording_id=recording_id)
    answer = answer_ace(decision, snapshot, may_record=may_record)
    return replace(answer, recordings=(answer.decision.plan,) if answer.decision.plan else ())


def answer_pie(decision: DecisionFacts | None, value: str, snapshot: Snapshot) -> Answer:
    """Answer a PIE: the caller's input chooses a branch of the menu that was decided at ICE.

    `snapshot` is not asked: a recording of this call started at ICE, or will at ACE.
    """
    if decision is None:
        return Answer(svaml.document(svaml.continue_()), _unknown())
    if not isinstance(decision.route, RunMenu):
        return Answer(svaml.document(svaml.continue_()), decision)
    action = _action(decision.route.branch(value))
    return _checked(svaml.document(action), "pie", decision, action, lambda: svaml.document(svaml.hangup()))


def connect_only(call: CallFacts, route: Route) -> Svaml:
    """The last rung: the call goes to this route, without recording, without a policy."""
    return svaml.document(_action(filled(route, call, None)))


def masked_svaml(answer: Answer) -> Svaml:
    """The answer's SVAML without its credentials: for rows, pages and logs."""
    return svaml.masked(answer.svaml)


def _ice(decision: DecisionFacts, snapshot: Snapshot, may_record: bool, refusal: str, default: Route) -> Answer:
    action = _action(decision.route)
    decision, options = options_for(decision, snapshot, may_record, refusal)
    plan = decision.plan
    if options is None:
        found = replacement_answer(decision, action)
    elif plan is not None and plan.starts == "ace":
        found = svaml.document(action)
    else:
        found = _with_recording(action, decision, options)
    answer = _checked(found, "ice", decision, action, lambda: _last_resort(decision.call, default))
    return Answer(answer.svaml, answer.decision, (answer.decision.plan,)) if answer.decision.plan else answer


def _last_resort(call: CallFacts, route: Route) -> Svaml:
    """The default route; where even that leads nowhere for this call, an end of it that Sinch understands."""
    found = connect_only(call, route)
    return svaml.document(svaml.hangup()) if svaml.problems(found, "ice") else found


def options_for(
    decision: DecisionFacts, snapshot: Snapshot, may_record: bool, refusal: str
) -> tuple[DecisionFacts, svaml.RecordingOptions | None]:
    """The recording options with their credentials, or the decision changed to say why there are none."""
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


def _with_recording(action: Svaml, decision: DecisionFacts, options: svaml.RecordingOptions) -> Svaml:
    """The SVAML with notice and recording. The notice comes first, unless it is to be on the recording."""
    notice = announcement_instructions(decision.announcement)
    plan = decision.plan
    if plan is not None and plan.origin == "flag":
        return svaml.document(svaml.recorded(action, options), notice)
    start = svaml.start_recording(options)
    return svaml.document(action, [start, *notice] if decision.announcement.recorded else [*notice, start])


def replacement_answer(decision: DecisionFacts, action: Svaml) -> Svaml:
    """The answer without recording: as the policy wants it after a fault, else the same action and no notice."""
    if decision.reason not in FAULTS or decision.if_impossible == "connect":
        return svaml.document(action)
    notice = [svaml.say(decision.notice, locale=decision.announcement.locale)] if decision.notice else []
    return svaml.document(svaml.hangup() if decision.if_impossible == "refuse" else action, notice)


def _checked(found: Svaml, event: str, decision: DecisionFacts, action: Svaml, last: Callable[[], Svaml]) -> Answer:
    """The answer if it is valid; else the same action unrecorded if that is; else the last resort."""
    wrong = svaml.problems(found, event)
    if not wrong:
        return Answer(found, decision)
    decision = decision.unrecorded(Reason.WRONG_ANSWER, path=wrong[0].path, message=wrong[0].message)
    found = replacement_answer(decision, action)
    return Answer(last() if svaml.problems(found, event) else found, decision)


def announcement_instructions(announcement: Announcement) -> Sequence[Svaml]:
    """The instructions with which callers hear an announcement; none for none."""
    match announcement.kind:
        case "say":
            return [svaml.say(announcement.text, locale=announcement.locale)]
        case "play":
            return [svaml.play_files(announcement.files, locale=announcement.locale)]
        case _:
            return []


def _action(route: Route) -> Svaml:
    match route:
        case ConnectPstn():
            return svaml.connect_pstn(
                route.number,
                cli=route.cli,
                locale=route.locale,
                max_duration=route.max_duration or None,
                dial_timeout=route.dial_timeout or None,
                suppress_callbacks=route.suppress_callbacks or None,
                dtmf=route.dtmf,
            )
        case ConnectSip():
            return svaml.connect_sip(
                route.endpoint,
                cli=route.cli,
                transport=route.transport,
                max_duration=route.max_duration or None,
                moh=route.moh,
                suppress_callbacks=route.suppress_callbacks or None,
            )
        case ConnectMxp():
            return svaml.connect_mxp(route.username)
        case ConnectConf():
            return svaml.connect_conf(route.conference_id, moh=route.moh)
        case RunMenu():
            return _menu(route)
        case Park():
            return svaml.park(
                locale=route.locale,
                intro_prompt=_prompt(route.intro_prompt),
                hold_prompt=_prompt(route.hold_prompt),
                max_duration=route.max_duration or None,
            )
        case _:
            return svaml.hangup()


def _menu(route: RunMenu) -> Svaml:
    menu = svaml.menu(
        MENU,
        main_prompt=_prompt(route.prompt),
        repeat_prompt=_prompt(route.repeat_prompt or route.prompt),
        repeats=route.repeats,
        timeout_ms=route.timeout_mills or None,
        options=[(option.dtmf, f"return({option.dtmf})") for option in route.options],
    )
    return svaml.run_menu([menu], main_menu=MENU, barge=route.barge, locale=route.locale)


def _prompt(text: str) -> str:
    """A prompt as Sinch reads it: plain words are spoken; what begins with # (#tts[…], #href[…]) stays as it is."""
    return text if not text or text.startswith("#") or text.endswith((".wav", ".mp3")) else f"#tts[{text}]"


def _unknown() -> DecisionFacts:
    unknown_call = CallFacts("", "unknown", "", "", "", _EPOCH)
    return DecisionFacts(call=unknown_call, record=False, reason=str(Reason.ACE_WITHOUT_ICE), route=Hangup())
