"""What each event but the ICE does: keeps its facts, and for ACE and PIE gives the SVAML of the answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.callbacks import answers, broken_calls, planned_recordings, verification
from recordings_site.callbacks.answers import AnswerContext
from recordings_site.callbacks.last_seen import note_callback_received
from recordings_site.callbacks.relaying import actions, relay
from recordings_site.callbacks.verification import VerifiedCallback
from recordings_site.calls import actions as calls
from recordings_site.calls.models import (
    BROKEN_BY_US,
    Call,
    CallbackDelivery,
    Decision,
    DeliveryResult,
    DeliveryVerdict,
    Direction,
)
from recordings_site.policies.engine import answer, snapshot
from recordings_site.policies.engine.answer import Answer, DecisionFacts
from recordings_site.recordings.lifecycle import actions as recordings
from recordings_site.recordings.lifecycle.matching import Subject, session_of_object
from recordings_site.recordings.lifecycle.reported import ReportedLocation, parse_reported_location
from recordings_site.sinch import events, svaml
from recordings_site.sinch.events import Ace, Dice, Event, Notify, Pie
from recordings_site.tasks.registry import enqueue

SUSPECT = frozenset({DeliveryVerdict.STALE, DeliveryVerdict.REPLAYED})


@dataclass(frozen=True)
class Answered:
    """An answer about to leave: the full SVAML, and what was stored of it."""

    svaml: dict[str, Any] = field(repr=False)
    delivery_id: int
    call_pk: int


def answer_event(callback: VerifiedCallback, about_to_commit: Callable[[], None], *, started: float) -> Answered:
    """Keep an ACE or PIE with all that follows from it, in the caller's transaction, and give its answer.

    `started` is time.perf_counter() at receipt, for the latency that is kept.
    """
    event, call = callback.event, _call_of(callback)
    verdict = verification.verdict_of(callback, is_new=_is_first(event, call))
    context = AnswerContext.of(verdict, snapshot.current())
    match event:
        case Ace():
            given = _ace(callback, event, call, context, started)
        case Pie():
            given = _pie(callback, event, call, context)
        case other:
            raise TypeError(f"{type(other).__name__} takes no SVAML")
    delivery = verification.delivery_of(callback, verdict)
    set_answer(delivery, call=call, given=given, started=started)
    delivery.save()
    after_answer(callback, delivery)
    note_callback_received(callback.application.id, callback.received_at)
    about_to_commit()
    return Answered(given.svaml, delivery.pk, call.pk)


def _call_of(callback: VerifiedCallback) -> Call:
    """Return the event's call, locked; it is created when this is the first event of the call."""
    application_id, call_id = callback.application.id, callback.event.call_id
    return calls.call_for(application_id=application_id, call_id=call_id, at=callback.happened_at)


def _is_first(event: Event, call: Call) -> bool:
    """Whether an ACE or DiCE is the first of its call: then it repeats nothing that counts."""
    match event:
        case Ace():
            return call.ace_received_at is None
        case Dice():
            return call.dice_received_at is None
        case _:
            return False


def set_answer(delivery: CallbackDelivery, *, call: Call, given: Answer, started: float) -> None:
    """Write into a delivery's row, which the caller saves, what was answered to it."""
    delivery.call = call
    delivery.applied_at = timezone.now()
    delivery.result_code, delivery.result_values = DeliveryResult.ANSWERED, given.decision.grounds
    delivery.answer_ms = elapsed_ms(started)


def after_answer(callback: VerifiedCallback, delivery: CallbackDelivery) -> None:
    """Keep the alert of a stale or replayed delivery that was answered, and what an upstream said."""
    if delivery.verdict in SUSPECT:
        what = {"event": delivery.event, "x_timestamp": delivery.x_timestamp}
        audit.record(by=None, action=f"alert.callback.{delivery.verdict}", subject=delivery.call, data=what)
    if callback.reply is not None:
        actions.create_exchange(delivery=delivery, reply=callback.reply)


def _ace(callback: VerifiedCallback, ace: Ace, call: Call, context: AnswerContext, started: float) -> Answer:
    calls.note_ace(call, ace=ace, at=callback.happened_at, received_at=callback.received_at)
    decision = Decision.objects.filter(call=call).first()
    if decision is None and call.ice_received_at is None and context.may_record:
        policy_id = callback.application.callout_policy_id
        if policy_id is not None:
            return _callout(callback, ace, call, policy_id, context, started)
    facts = _facts(decision)
    given = answers.to_ace(callback, facts, context)
    given = planned_recordings.entering(
        call, given, lambda running: answers.to_ace(callback, facts, context, joining=running), at=callback.happened_at
    )
    if decision is not None and decision.ace_svaml is None:
        Decision.objects.filter(pk=decision.pk, ace_svaml=None).update(ace_svaml=svaml.masked(given.svaml))
    planned_recordings.expect(call, given.recordings, at=callback.happened_at, decision=decision)
    return given


def _callout(
    callback: VerifiedCallback, ace: Ace, call: Call, policy_id: int, context: AnswerContext, started: float
) -> Answer:
    """A call that our side placed has no ICE: it is decided upon at its ACE, by the application's callout policy."""
    facts = answer.callout_facts(ace, received_at=callback.received_at, application_key=callback.application.key)
    given = answers.to_callout(callback, facts, policy_id, context.policies)
    decided = given.decision
    given = planned_recordings.entering(
        call,
        given,
        lambda running: answers.to_ace(callback, decided, context, joining=running),
        at=callback.happened_at,
    )
    masked, latency_ms = svaml.masked(given.svaml), elapsed_ms(started)
    columns = calls.decision_columns(given.decision, svaml=None, ace_svaml=masked, latency_ms=latency_ms)
    decision = Decision.objects.create(call=call, **columns)
    planned_recordings.expect(call, given.recordings, at=callback.happened_at, decision=decision)
    enqueue("call.learn", call.pk)
    return given


def _pie(callback: VerifiedCallback, pie: Pie, call: Call, context: AnswerContext) -> Answer:
    decision = Decision.objects.filter(call=call).first()
    given = answers.to_pie(callback, pie, _facts(decision), context)
    given = planned_recordings.entering(call, given, lambda running: given, at=callback.happened_at)
    if decision is not None:
        Decision.objects.filter(pk=decision.pk).update(pie_svaml=svaml.masked(given.svaml))
    planned_recordings.expect(call, given.recordings, at=callback.happened_at, decision=decision)
    return given


def _facts(decision: Decision | None) -> DecisionFacts | None:
    return DecisionFacts.from_dict(decision.facts) if decision is not None else None


def elapsed_ms(started: float) -> float:
    """Milliseconds since a moment of time.perf_counter(), as they are kept."""
    return round((time.perf_counter() - started) * 1000, 2)


@transaction.atomic
def store_events(callbacks: Sequence[VerifiedCallback], *, apply: bool = True) -> list[None]:
    """Store events that need no SVAML (DiCE, notify, unknown ones) with their effects, all or none.

    Once this commits they may be acknowledged. With `apply=False` a worker applies them later (callbacks.follow_up).
    """
    # In one order, so that two transactions do not wait for each other.
    for callback in sorted(callbacks, key=lambda callback: (callback.application.id, callback.event.call_id)):
        _store_event(callback, apply=apply)
    return [None] * len(callbacks)


def _store_event(callback: VerifiedCallback, *, apply: bool) -> None:
    event = callback.event
    call = _call_of(callback) if isinstance(event, Dice) and callback.fresh and apply else None
    verdict = verification.verdict_of(callback, is_new=call is not None and _is_first(event, call))
    delivery = verification.delivery_of(callback, verdict)
    is_suspect = delivery.verdict in SUSPECT
    if is_suspect:
        delivery.result_code = DeliveryResult.SUSPECT
    elif apply:
        delivery.call = call
        _apply(delivery, event)
    delivery.save()
    if is_suspect:
        audit.record(by=None, action=f"alert.callback.{delivery.verdict}", data={"event": delivery.event})
        enqueue("delivery.verify", delivery.pk)
    elif relay.relays(callback.application):
        actions.schedule_forward(delivery=delivery)
    note_callback_received(callback.application.id, callback.received_at)


def apply_delivery(delivery_id: int, *, force: bool = False) -> CallbackDelivery:
    """Apply what a stored DiCE or notify tells, once, and return it with what came of it.

    A suspect delivery (stale or replayed) is applied with `force` alone: an admin's word, or its object was found.
    """
    with transaction.atomic():
        delivery = CallbackDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
        if delivery.applied_at is not None or (delivery.verdict in SUSPECT and not force):
            return delivery
        _apply(delivery, events.parse(bytes(delivery.body)))
        delivery.save(update_fields=("result_code", "result_values", "applied_at", "call", "recording_id"))
        return delivery


def _apply(delivery: CallbackDelivery, event: Event) -> None:
    """Apply an event, and write into its delivery's row, which the caller saves, what came of it."""
    at = event.timestamp or delivery.received_at
    delivery.result_code, delivery.result_values = _effect(delivery, event, at)
    delivery.applied_at = timezone.now()


# What came of a delivery, with the values of that code.
Result = tuple[DeliveryResult, dict[str, Any]]


def _effect(delivery: CallbackDelivery, event: Event, at: datetime) -> Result:
    match event:
        case Dice() as dice:
            call = _call(delivery, at)
            if call.dice_received_at is None and dice.reason in BROKEN_BY_US:
                broken_calls.call_broken(call, reason=dice.reason)
            calls.note_dice(call, dice=dice, at=at, received_at=delivery.received_at)
            recordings.update_states(call)
            if call.direction == Direction.CALLOUT and call.number_id is None:
                enqueue("call.learn", call.pk)
            if call.conference_session is not None:
                recordings.update_states(call.conference_session)
            return DeliveryResult.CALL_ENDED, {"result": dice.result[:40], "reason": dice.reason[:40]}
        case Notify() as notify:
            return _effect_of_notify(delivery, notify, at)
        case _:
            return DeliveryResult.UNKNOWN, {}


def _effect_of_notify(delivery: CallbackDelivery, notify: Notify, at: datetime) -> Result:
    if notify.type == "callingerror" and notify.call_id:
        calls.note_calling_error(_call(delivery, at), notify=notify)
        return DeliveryResult.CALLING_ERROR, {"code": notify.error_code[:40], "message": notify.error_message[:300]}
    if notify.type not in ("recording_finished", "recording_available", "transcription_available"):
        return DeliveryResult.UNKNOWN, {}
    if notify.type == "recording_finished" and notify.conference_id:
        finished = recordings.conference_recording_finished(
            application_id=delivery.application_id, conference_id=notify.conference_id, at=at
        )
        delivery.recording_id = finished.pk if finished is not None else None
        return DeliveryResult.CONFERENCE_RECORDING_FINISHED, {"known": finished is not None}
    reported = parse_reported_location(notify.destination)
    subject = _subject(delivery, notify, reported, at)
    if subject is None:
        return DeliveryResult.OF_NOTHING, {}
    if isinstance(subject, Call) and notify.type == "recording_finished":
        calls.note_recording_finished(subject, at=at)
        recordings.update_states(subject)
        return DeliveryResult.RECORDING_FINISHED, {}
    if notify.type == "recording_available":
        announced, result = recordings.recording_announced, DeliveryResult.RECORDING_AVAILABLE
    else:
        announced, result = recordings.transcript_announced, DeliveryResult.TRANSCRIPT_AVAILABLE
    delivery.recording_id = announced(subject, reported=reported, at=at).pk
    return result, {"known": reported.destination is not None}


def _call(delivery: CallbackDelivery, at: datetime) -> Call:
    """The call that a delivery speaks of, locked."""
    if delivery.call is None:
        application_id, call_id = delivery.application_id, delivery.reported_call_id
        delivery.call = calls.call_for(application_id=application_id, call_id=call_id, at=at)
    return delivery.call


def _subject(delivery: CallbackDelivery, notify: Notify, reported: ReportedLocation, at: datetime) -> Subject | None:
    """The call, or the session of the conference, that a notification speaks of. With both ids it is the conference's:
    the call is one of those in it.
    """
    if not notify.conference_id:
        return _call(delivery, at) if notify.call_id else None
    # A notification may come when the id is in use again already: the object that it names tells the session.
    application_id, conference_id = delivery.application_id, notify.conference_id
    return (
        session_of_object(application_id, conference_id, reported)
        or calls.session_of_call(application_id=application_id, conference_id=conference_id, call_id=notify.call_id)
        or calls.latest_session(application_id=application_id, conference_id=conference_id, at=at)
    )
