"""The pure function (what is in force, event, an upstream's SVAML) → our SVAML: its answer with our recording in it.

The upstream, a company's own callback back end, says where calls go; the number's policy says what is recorded. All
that is not about recording passes through. Without a usable answer of the upstream's, `policies.engine.answer` answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import Answer, DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.decide import decide, decide_by
from recordings_site.policies.engine.schema.fields import LONGEST_LOCALE
from recordings_site.policies.engine.schema.routes import (
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
from recordings_site.sinch import formats, merge, svaml
from recordings_site.sinch.errors import SinchError
from recordings_site.sinch.json_fields import field as member
from recordings_site.sinch.json_fields import text_of
from recordings_site.sinch.merge import Existing, Merged, RecordingWish
from recordings_site.sinch.uploads import destination_url
from recordings_site.sinch.uploads.object_keys import without_secrets
from recordings_site.sinch.uploads.reported_place import Place, is_in

Svaml = dict[str, Any]


@dataclass(frozen=True)
class Relayed:
    """Our answer, and what became of recording: placed by us, or the upstream's own (how many were kept, replaced)."""

    answer: Answer
    placed: bool = False
    kept: int = 0
    replaced: int = 0


def relay_ice(
    call: CallFacts,
    snapshot: Snapshot,
    upstream: Svaml,
    *,
    application_key: str,
    recording_id: UUID,
    joining: PlannedRecording | None = None,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Relayed:
    """Decide about a call that goes where the upstream says, and add to its answer. As `answer.answer_ice`."""
    decision = _decide(call, snapshot, route_of(upstream), application_key, recording_id)
    if joining and decision.plan and decision.plan.conference_id:
        decision = replace(decision, plan=replace(joining, joined=True))
    return _relay_ice(decision, snapshot, upstream, may_record=may_record, refusal=refusal)


def relay_again(
    decision: DecisionFacts,
    snapshot: Snapshot,
    upstream: Svaml,
    *,
    may_record: bool = True,
    refusal: str = Reason.REPLAYED,
) -> Relayed:
    """Answer a repeated ICE from the decision that was stored and what the upstream says now."""
    again = _relay_ice(decision, snapshot, upstream, may_record=may_record, refusal=refusal)
    return replace(again, answer=replace(again.answer, recordings=()))


def relay_ace(
    decision: DecisionFacts | None,
    snapshot: Snapshot,
    upstream: Svaml | None,
    *,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Relayed:
    """Add what starts at an answer to the upstream's ACE; its empty answer (None) lets the call go on."""
    base = upstream if upstream is not None else svaml.document(svaml.continue_())
    if decision is None:
        return _through(base, answer.answer_ace(None, snapshot).decision, snapshot, may_record)
    wish = None
    if decision.plan and decision.plan.starts == "ace":
        decision, wish = _recording_request(decision, snapshot, may_record, refusal)
        if wish and isinstance(route_of(base), ConnectConf):
            # Here the flag would record the conference; decided was that this call is to be recorded.
            wish = replace(wish, origin="instruction")
    return _merged(base, decision, snapshot, wish, may_record, start="ace")


def relay_pie(
    decision: DecisionFacts | None,
    snapshot: Snapshot,
    upstream: Svaml | None,
    *,
    may_record: bool = True,
    refusal: str = Reason.FAULT,
) -> Relayed:
    """Pass the upstream's PIE through; a recording "from answer" starts here when no ACE can follow."""
    base = upstream if upstream is not None else svaml.document(svaml.continue_())
    if decision is None:
        return _through(base, answer.answer_pie(None, "", snapshot).decision, snapshot, may_record)
    wish = None
    goes_on = route_of(base)
    if decision.plan and decision.plan.starts == "ace" and not (goes_on.brings_ace or isinstance(goes_on, RunMenu)):
        decision, wish = _recording_request(decision, snapshot, may_record, refusal)
        # Only an ICE opens a conference's recording: here the call of this one participant is recorded.
        wish = replace(wish, origin="instruction") if wish else None
    return _merged(base, decision, snapshot, wish, may_record, start="ice")


def own_pie(decision: DecisionFacts, snapshot: Snapshot) -> Answer:
    """Answer a PIE of the upstream's own menu when the upstream is gone: the number's own route takes the call."""
    call = decision.call
    default = snapshot.applications[call.application_key].default_route
    own = decide(call, snapshot, default_route=default, recording_id=UUID(int=0)).route
    if isinstance(own, RunMenu):  # the caller has chosen already: what the own menu does without a choice
        own = default if isinstance(own.default, Hangup) else own.default
    found = answer.connect_only(call, own)
    if svaml.problems(found, "pie"):
        found = answer.connect_only(call, default)
    if svaml.problems(found, "pie"):
        found = svaml.document(svaml.continue_())
    return Answer(found, decision)


def route_of(upstream: Mapping[str, Any]) -> Route:
    """The upstream's action as a route: what decides how its call can be recorded."""
    action = svaml.action_of(upstream)
    suppressed = svaml.is_true(member(action, "suppressCallbacks"))
    destination = member(action, "destination")
    endpoint = text_of(member(destination, "endpoint"), limit=255) if isinstance(destination, Mapping) else ""
    match svaml.name_of(action):
        case "hangup":
            return Hangup()
        case "connectpstn":
            return ConnectPstn(
                number=text_of(member(action, "number"), limit=64),
                cli=text_of(member(action, "cli"), limit=64) or "{cli}",
                suppress_callbacks=suppressed,
            )
        case "connectsip":
            return ConnectSip(endpoint=endpoint, suppress_callbacks=suppressed)
        case "connectmxp":
            return ConnectMxp(endpoint)
        case "connectconf":
            return ConnectConf(text_of(member(action, "conferenceId"), limit=64))
        case "runmenu":
            # Where its choices lead is the upstream's secret until the PIE: an answer may still follow.
            return RunMenu(prompt="upstream", default=ConnectPstn())
        case _:
            return Park()


def _decide(
    call: CallFacts, snapshot: Snapshot, route: Route, application_key: str, recording_id: UUID
) -> DecisionFacts:
    number = snapshot.numbers.get(call.number_digits) if call.number_digits else None
    policy = snapshot.policy_of(number)
    if policy is None:
        default = snapshot.applications[application_key].default_route
        decision = decide(call, snapshot, default_route=default, recording_id=recording_id)
        return replace(decision, route=route, relayed=True)
    # The upstream says what is heard and in which order: of a sequence the announcement and one recording are left.
    how = replace(policy.document.how, steps=())
    document = replace(policy.document, how=how, route=route, outbound="route", on_answer="continue")
    relayed = replace(policy, document=document)
    decision = decide_by(relayed, call, number, snapshot, recording_id=recording_id)
    return replace(decision, relayed=True)


def _relay_ice(
    decision: DecisionFacts, snapshot: Snapshot, upstream: Svaml, *, may_record: bool, refusal: str
) -> Relayed:
    wish = None
    if decision.record:
        decision, wish = _recording_request(decision, snapshot, may_record, refusal)
    if decision.reason in answer.FAULTS and decision.if_impossible == "refuse":
        upstream = answer.replacement_answer(decision, svaml.hangup())
    elif decision.reason in answer.FAULTS and decision.if_impossible == "notice":
        notice = svaml.instructions_of(answer.replacement_answer(decision, svaml.hangup()))
        upstream = merge.with_notice(upstream, notice)
    if decision.plan and decision.plan.starts == "ace":
        wish = None
    relayed = _merged(upstream, decision, snapshot, wish, may_record, start="ice")
    if relayed.kept:
        decision = replace(decision, record=True, reason=str(Reason.UPSTREAM_RECORDS), values={}, plan=None)
    plan = (decision.plan,) if decision.plan else ()
    given = relayed.answer
    return replace(relayed, answer=replace(given, decision=decision, recordings=(*plan, *given.recordings)))


def _recording_request(
    decision: DecisionFacts, snapshot: Snapshot, may_record: bool, refusal: str
) -> tuple[DecisionFacts, RecordingWish | None]:
    decision, options = answer.options_for(decision, snapshot, may_record, refusal)
    if options is None or decision.plan is None:
        return decision, None
    # The upstream's part of the answer is its own affair; what we add must be right by itself.
    wrong = svaml.problems(svaml.document(svaml.hangup(), [svaml.start_recording(options)]), "ice")
    if wrong:
        return decision.unrecorded(Reason.WRONG_RECORDING, path=wrong[0].path, message=wrong[0].message), None
    return decision, RecordingWish(
        options=options,
        origin="flag" if decision.plan.origin == "flag" else "instruction",
        notice=answer.announcement_instructions(decision.announcement),
        notice_recorded=decision.announcement.recorded,
    )


def _merged(
    base: Svaml,
    decision: DecisionFacts,
    snapshot: Snapshot,
    wish: RecordingWish | None,
    may_record: bool,
    *,
    start: str,
) -> Relayed:
    # No credentials leave for a request that is not first and fresh, the upstream's own neither.
    existing: Existing = "replace" if not may_record or decision.upstream == "replace" else "keep"
    merged = merge.merge(base, wish=wish, existing=existing)
    given = Answer(merged.svaml, decision, _kept(merged, decision, snapshot, start))
    return Relayed(given, merged.placed, len(merged.kept), merged.replaced)


def _through(base: Svaml, decision: DecisionFacts, snapshot: Snapshot, may_record: bool) -> Relayed:
    return _merged(base, decision, snapshot, None, may_record, start="ace")


def _kept(merged: Merged, decision: DecisionFacts, snapshot: Snapshot, start: str) -> tuple[PlannedRecording, ...]:
    """The upstream's own recordings that go to a destination of ours, as recordings to expect."""
    found = []
    for place, request in enumerate(merged.kept):
        options = request.options
        try:
            # A query there would be a signature: it is passed on, and not kept.
            url = destination_url.parse(without_secrets(options.destination_url))
        except SinchError:
            continue
        for destination in snapshot.destinations.values():
            ours = is_in(
                Place(url.kind, url.account, url.bucket, url.key),
                kind=destination.kind, account=destination.account, bucket=destination.bucket, endpoint="",
            )  # fmt: skip
            if ours and url.key.startswith(destination.prefix):
                identity = f"{decision.call.application_key}|{decision.call.call_id}|{start}|{place}"
                found.append(
                    PlannedRecording(
                        recording_id=uuid5(_UPSTREAM, identity),
                        origin="upstream",
                        starts="ice" if request.origin == "instruction" or request.conference else start,
                        destination_id=destination.id,
                        key="" if url.is_folder else url.key,
                        folder=url.key if url.is_folder else "",
                        destination_url=url.url,
                        format=options.format if options.format in formats.allowed() else "mp3",
                        transcription=options.transcription,
                        locale=options.locale[:LONGEST_LOCALE],
                        notification_events=options.notification_events,
                        conference_id=decision.conference_id if request.conference else "",
                    )
                )
                break
    return tuple(found)


_UPSTREAM = UUID("1f4b8d6e-3c57-4f0e-9d43-7a8f0c2b5e11")
