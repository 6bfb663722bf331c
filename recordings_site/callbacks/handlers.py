"""What each event does: keeps its facts, and for ICE, ACE and PIE gives the SVAML of the answer."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.callbacks import actions, answers, inbox, relay
from recordings_site.callbacks.heard import heard
from recordings_site.callbacks.inbox import Inbound
from recordings_site.calls import actions as calls
from recordings_site.calls.models import (
    Call,
    CallbackDelivery,
    ConferenceSession,
    Decision,
    DeliveryResult,
    Direction,
    Verdict,
)
from recordings_site.policies import answer, snapshot
from recordings_site.policies.answer import Answer, CallFacts, DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.snapshot import Snapshot
from recordings_site.recordings import actions as recordings
from recordings_site.recordings.matching import Reported, Subject, read_reported, session_of_object
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch import events, svaml
from recordings_site.sinch.events import Ace, Dice, Event, Ice, Notify, Pie
from recordings_site.tasks.actions import enqueue
from recordings_site.web.insertion import insert

SUSPECT = frozenset({Verdict.STALE, Verdict.REPLAYED})
WHY_NOT = {Verdict.STALE: Reason.STALE_CLOCK, Verdict.REPLAYED: Reason.REPLAYED}


@dataclass(frozen=True)
class Answered:
    """An answer about to leave: the full SVAML, and what was stored of it."""

    svaml: dict[str, Any] = field(repr=False)
    delivery_id: int
    call_pk: int | None


def answer_event(inbound: Inbound, *, started: float, about_to_commit: Callable[[], None]) -> Answered:
    """Keep an ICE, ACE or PIE with all that follows from it, in the caller's transaction, and give its answer.

    `started` is time.perf_counter() at receipt, for the latency that is kept.
    """
    told = _CallOfIce.of(inbound, inbound.event) if isinstance(inbound.event, Ice) else None
    verdict = inbox.judge(inbound, is_new=told is not None and told.is_new)
    delivery = inbox.delivery_of(inbound, verdict)
    terms = Terms(verdict not in SUSPECT, WHY_NOT.get(verdict, ""), started)
    match inbound.event:
        case Ice() if told is not None:
            call, given = told.call, _ice(inbound, told, terms)
        case Ace() as ace:
            call, given = _ace(inbound, ace, terms)
        case Pie() as pie:
            call, given = _pie(inbound, pie, terms)
        case other:
            raise TypeError(f"{type(other).__name__} takes no SVAML")
    if not terms.may_record:
        what = {"event": delivery.event, "x_timestamp": delivery.x_timestamp}
        audit.record(by=None, action=f"alert.callback.{verdict.value}", subject=call, data=what)
    delivery.call = call
    delivery.applied_at = timezone.now()
    delivery.result_code, delivery.result_values = DeliveryResult.ANSWERED, given.decision.grounds
    delivery.answer_ms = since(started)
    insert(delivery)
    if inbound.reply is not None:
        actions.keep_exchange(delivery=delivery, reply=inbound.reply)
    heard(inbound.application.id, inbound.received_at)
    about_to_commit()
    return Answered(given.svaml, delivery.pk, call.pk)


@dataclass(frozen=True)
class Terms:
    """On what terms an event is answered: whether credentials may leave and if not, why; when it was received."""

    may_record: bool
    why_not: str
    started: float


@dataclass(frozen=True)
class _CallOfIce:
    """The call that an ICE tells of; `is_new` when nothing was heard of it before."""

    facts: CallFacts
    call: Call
    is_new: bool
    now: Snapshot

    @classmethod
    def of(cls, inbound: Inbound, ice: Ice) -> "_CallOfIce":
        """Keep what the ICE says, and lock the call."""
        now = snapshot.current()
        facts = answer.call_facts(ice, received_at=inbound.received_at, application_key=inbound.application.key)
        number = now.numbers.get(facts.number_digits)
        call, is_new = calls.call_of_ice(
            application_id=inbound.application.id,
            ice=ice,
            facts=facts,
            number_id=number.id if number else None,
            at=inbound.happened_at,
            received_at=inbound.received_at,
        )
        return cls(facts, call, is_new, now)


def _ice(inbound: Inbound, told: _CallOfIce, terms: Terms) -> Answer:
    call, is_new, now = told.call, told.is_new, told.now
    decision = None if is_new else Decision.objects.filter(call=call).first()
    if decision is not None:
        stored = DecisionFacts.from_dict(decision.facts)
        return answers.again(inbound, stored, now, may_record=terms.may_record, why_not=terms.why_not)

    def decide(joining: PlannedRecording | None) -> Answer:
        return answers.to_ice(
            inbound,
            told.facts,
            now,
            recording_id(inbound.application.key, call.call_id),
            joining=joining,
            may_record=terms.may_record,
            why_not=terms.why_not,
        )

    given = decide(None)
    session: ConferenceSession | None = None
    if given.decision.conference_id:
        session = calls.join_conference(call, conference_id=given.decision.conference_id, at=inbound.happened_at)
        running = _plan_of(session)
        if running is not None and given.recordings and given.recordings[0].conference_id:
            given = decide(running)
    masked, latency_ms = svaml.masked(given.svaml), since(terms.started)
    kept = Decision(call=call, **calls.told_by_decision(given.decision, svaml=masked, latency_ms=latency_ms))
    insert(kept)
    for planned in given.recordings:
        if not planned.joined and not (planned.origin == Origin.UPSTREAM and _taken(planned)):
            of_session, at = session if planned.conference_id else None, inbound.happened_at
            if is_new and of_session is None:
                insert(RecordingJob(call=call, decision=kept, **recordings.told_by_plan(vars(call), planned)))
            else:
                recordings.expect_recording(subject=of_session or call, planned=planned, at=at, decision=kept)
    if not is_new:
        recordings.settle(call)
    return given


def _plan_of(session: ConferenceSession) -> PlannedRecording | None:
    """What was asked of Sinch for a conference that is recorded already: each participant brings the same URL."""
    job = session.recordings.select_related("decision").exclude(decision=None).order_by("ordinal").first()
    plan = job.decision.facts.get("plan") if job is not None and job.decision is not None else None
    return PlannedRecording.from_dict(plan) if plan else None


def _ace(inbound: Inbound, ace: Ace, terms: Terms) -> tuple[Call, Answer]:
    call = calls.call_for(application_id=inbound.application.id, call_id=ace.call_id, at=inbound.happened_at)
    calls.note_ace(call, ace=ace, at=inbound.happened_at, received_at=inbound.received_at)
    decision = Decision.objects.filter(call=call).first()
    if decision is None and call.ice_received_at is None and terms.may_record:
        policy_id = inbound.application.callout_policy_id
        if policy_id is not None:
            return call, _callout(inbound, ace, call, policy_id, terms)
    facts = DecisionFacts.from_dict(decision.facts) if decision is not None else None
    given = answers.to_ace(inbound, facts, snapshot.current(), may_record=terms.may_record, why_not=terms.why_not)
    if decision is not None and decision.ace_svaml is None:
        decision.ace_svaml = svaml.masked(given.svaml)
        decision.save(update_fields=("ace_svaml",))
    _expect(call, given.recordings, at=inbound.happened_at, decision=decision)
    recordings.settle(call)
    return call, given


def _callout(inbound: Inbound, ace: Ace, call: Call, policy_id: int, terms: Terms) -> Answer:
    """A call that our side placed has no ICE: it is decided upon at its ACE, by the application's callout policy."""
    key = inbound.application.key
    given = answer.answer_callout(
        answer.callout_facts(ace, received_at=inbound.received_at, application_key=key),
        policy_id,
        snapshot.current(),
        recording_id=recording_id(key, ace.call_id),
    )
    given = answers.to_callout(inbound, given, snapshot.current())
    masked, latency_ms = svaml.masked(given.svaml), since(terms.started)
    told = calls.told_by_decision(given.decision, svaml=None, ace_svaml=masked, latency_ms=latency_ms)
    kept = Decision(call=call, **told)
    insert(kept)
    _expect(call, given.recordings, at=inbound.happened_at, decision=kept)
    recordings.settle(call)
    enqueue("call.learn", call.pk)
    return given


def _pie(inbound: Inbound, pie: Pie, terms: Terms) -> tuple[Call, Answer]:
    call = calls.call_for(application_id=inbound.application.id, call_id=pie.call_id, at=inbound.happened_at)
    decision = Decision.objects.filter(call=call).first()
    facts = DecisionFacts.from_dict(decision.facts) if decision is not None else None
    now = snapshot.current()
    given = answers.to_pie(inbound, pie, facts, now, may_record=terms.may_record, why_not=terms.why_not)
    if decision is not None:
        decision.pie_svaml = svaml.masked(given.svaml)
        decision.save(update_fields=("pie_svaml",))
    _expect(call, given.recordings, at=inbound.happened_at, decision=decision)
    return call, given


def _expect(call: Call, planned: Iterable[PlannedRecording], *, at: datetime, decision: Decision | None) -> None:
    """Keep what an ACE or PIE asks for; of what an upstream records itself, what is new and has a place of its own."""
    for one in planned:
        if one.origin != Origin.UPSTREAM or not _taken(one):
            recordings.expect_recording(subject=call, planned=one, at=at, decision=decision)


def _taken(planned: PlannedRecording) -> bool:
    """Whether the object that an upstream names is another recording's: the same one again, or a name used twice."""
    same = RecordingJob.objects.filter(destination=planned.destination_id, key=planned.key)
    return bool(planned.key) and same.exists()


def since(started: float) -> float:
    """Milliseconds since a moment of time.perf_counter(), as they are kept."""
    return round((time.perf_counter() - started) * 1000, 2)


def recording_id(application_key: str, call_id: str) -> UUID:
    """The id of the recording planned at a call's ICE: the same however often that ICE comes, and not to be guessed."""
    secret = settings.SECRET_KEY.encode()
    digest = hmac.digest(secret, f"recording|{application_key}|{call_id}".encode(), hashlib.sha256)
    return UUID(bytes=digest[:16], version=4)


def withdraw(answered: Answered, given: Answer) -> None:
    """Put right what was stored of an answer that came too late: another one, without recording, was given."""
    if answered.call_pk is not None:
        with transaction.atomic():
            decision = Decision.objects.select_for_update().filter(call=answered.call_pk).first()
            if decision is not None and decision.decided_at >= _delivery_received(answered.delivery_id):
                calls.replace_decision(decision, facts=given.decision, svaml=svaml.masked(given.svaml))
                recordings.give_up_expected(decision=decision, at=timezone.now())


def _delivery_received(delivery_id: int) -> datetime:
    return CallbackDelivery.objects.values_list("received_at", flat=True).get(pk=delivery_id)


def store_told(inbound: Inbound, *, about_to_commit: Callable[[], None]) -> CallbackDelivery:
    """Store an event that needs no SVAML (DiCE, notify, unknown ones): once this commits it may be acknowledged."""
    delivery = inbox.delivery_of(inbound, inbox.judge(inbound))
    is_suspect = delivery.verdict in SUSPECT
    if is_suspect:
        delivery.result_code = DeliveryResult.SUSPECT
    insert(delivery)
    if is_suspect:
        audit.record(by=None, action=f"alert.callback.{delivery.verdict}", data={"event": delivery.event})
        enqueue("delivery.verify", delivery.pk)
    elif relay.relays(inbound.application):
        actions.forward_later(delivery=delivery)
    heard(inbound.application.id, inbound.received_at)
    about_to_commit()
    return delivery


def apply_delivery(delivery_id: int, *, force: bool = False) -> CallbackDelivery:
    """Apply what a stored DiCE or notify tells, once, and return it with what came of it.

    A suspect delivery (stale or replayed) is applied with `force` alone: an admin's word, or its object was found.
    """
    with transaction.atomic():
        delivery = CallbackDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
        if delivery.applied_at is not None or (delivery.verdict in SUSPECT and not force):
            return delivery
        delivery.result_code, delivery.result_values = _apply(delivery, events.parse(bytes(delivery.body)))
        delivery.applied_at = timezone.now()
        delivery.save(update_fields=("result_code", "result_values", "applied_at", "call", "recording_id"))
        return delivery


# What came of a delivery, with the values of that code.
Result = tuple[DeliveryResult, dict[str, Any]]


def _apply(delivery: CallbackDelivery, event: Event) -> Result:
    at = event.timestamp or delivery.received_at
    match event:
        case Dice() as dice:
            call = _call(delivery, at)
            calls.note_dice(call, dice=dice, at=at, received_at=delivery.received_at)
            recordings.settle(call)
            if call.direction == Direction.CALLOUT and call.number_id is None:
                enqueue("call.learn", call.pk)
            if call.conference_session is not None:
                recordings.settle(call.conference_session)
            return DeliveryResult.CALL_ENDED, {"result": dice.result[:40], "reason": dice.reason[:40]}
        case Notify() as notify:
            return _apply_notify(delivery, notify, at)
        case _:
            return DeliveryResult.UNKNOWN, {}


def _apply_notify(delivery: CallbackDelivery, notify: Notify, at: datetime) -> Result:
    if notify.type == "callingerror" and notify.call_id:
        calls.note_calling_error(_call(delivery, at), notify=notify)
        return DeliveryResult.CALLING_ERROR, {"code": notify.error_code[:40], "message": notify.error_message[:300]}
    if notify.type not in ("recording_finished", "recording_available", "transcription_available"):
        return DeliveryResult.UNKNOWN, {}
    if notify.type == "recording_finished" and not notify.call_id:
        return DeliveryResult.CONFERENCE_RECORDING_FINISHED, {}
    reported = read_reported(notify.destination)
    subject = _subject(delivery, notify, reported, at)
    if subject is None:
        return DeliveryResult.OF_NOTHING, {}
    if isinstance(subject, Call) and notify.type == "recording_finished":
        calls.note_recording_finished(subject, at=at)
        recordings.settle(subject)
        return DeliveryResult.RECORDING_FINISHED, {}
    if notify.type == "recording_available":
        announced, result = recordings.recording_announced, DeliveryResult.RECORDING_AVAILABLE
    else:
        announced, result = recordings.transcript_announced, DeliveryResult.TRANSCRIPT_AVAILABLE
    delivery.recording_id = announced(subject, reported=reported, at=at).pk
    return result, {"known": reported.destination is not None}


def _call(delivery: CallbackDelivery, at: datetime) -> Call:
    call = calls.call_for(application_id=delivery.application_id, call_id=delivery.reported_call_id, at=at)
    delivery.call = call
    return call


def _subject(delivery: CallbackDelivery, notify: Notify, reported: Reported, at: datetime) -> Subject | None:
    """The call, or the session of the conference, that a notification speaks of."""
    if notify.call_id:
        return _call(delivery, at)
    if not notify.conference_id:
        return None
    # A notification may come when the id is in use again already: the object that it names tells the session.
    application_id, conference_id = delivery.application_id, notify.conference_id
    return session_of_object(application_id, conference_id, reported) or calls.latest_session(
        application_id=application_id, conference_id=conference_id, at=at
    )
