"""Keeps the common ICE: a new call's, answered by the policy alone, of which nothing has to be looked up before.

Many of them are written by one statement for each table. Whatever needs more is handled by itself (callbacks.handlers).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from recordings_site.callbacks import answers, handlers, inbox
from recordings_site.callbacks.handlers import Answered
from recordings_site.callbacks.heard import heard
from recordings_site.callbacks.inbox import Inbound
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, CallbackDelivery, Decision, Verdict
from recordings_site.policies import answer
from recordings_site.policies.answer import Answer, CallFacts
from recordings_site.policies.snapshot import Snapshot
from recordings_site.recordings import actions as recordings
from recordings_site.sinch import svaml
from recordings_site.sinch.events import Ice
from recordings_site.web.insertion import insert_all


@dataclass(frozen=True, eq=False)
class NewCall:
    """An ICE and its answer. `started` is time.perf_counter() at receipt."""

    inbound: Inbound
    ice: Ice
    facts: CallFacts
    number_id: int | None
    given: Answer
    started: float


def read(inbound: Inbound, known: Snapshot, *, started: float) -> NewCall | None:
    """Answer an ICE as that of a new call; None when the answer depends on what is stored, or more is kept of it.

    That is so for stale ones, for what an upstream was asked about, and for conferences, whose sessions are shared.
    """
    ice = inbound.event
    if not isinstance(ice, Ice) or not inbound.fresh or inbound.reply is not None:
        return None
    key = inbound.application.key
    facts = answer.call_facts(ice, received_at=inbound.received_at, application_key=key)
    given = answers.to_ice(inbound, facts, known, handlers.recording_id(key, ice.call_id))
    if given.decision.conference_id:
        return None
    number = known.numbers.get(facts.number_digits)
    return NewCall(inbound, ice, facts, number.id if number else None, given, started)


def keep(told: Sequence[NewCall]) -> list[Answered | None]:
    """Keep the calls with all that follows, in the caller's transaction; None for each of which something is known."""
    made = [_call(one) for one in told]
    inserted = {id(call) for call in calls.insert_new(made)}
    new = [(one, call) for one, call in zip(told, made, strict=True) if id(call) in inserted]
    decisions = [_decision(one, call) for one, call in new]
    insert_all(decisions)
    insert_all([
        recordings.new_recording(call=call, planned=planned, at=one.inbound.happened_at, decision=decision)
        for (one, call), decision in zip(new, decisions, strict=True)
        for planned in one.given.recordings
    ])  # fmt: skip
    deliveries = [_delivery(one, call) for one, call in new]
    insert_all(deliveries)
    for one, _ in new:
        heard(one.inbound.application.id, one.inbound.received_at)
    kept = {
        id(call): Answered(one.given.svaml, delivery.pk, call.pk)
        for (one, call), delivery in zip(new, deliveries, strict=True)
    }
    return [kept.get(id(call)) for call in made]


def _call(one: NewCall) -> Call:
    return calls.new_call(
        application_id=one.inbound.application.id,
        ice=one.ice,
        facts=one.facts,
        number_id=one.number_id,
        at=one.inbound.happened_at,
        received_at=one.inbound.received_at,
    )


def _decision(one: NewCall, call: Call) -> Decision:
    masked = svaml.masked(one.given.svaml)
    return calls.new_decision(call, facts=one.given.decision, svaml=masked, latency_ms=handlers.since(one.started))


def _delivery(one: NewCall, call: Call) -> CallbackDelivery:
    delivery = inbox.delivery_of(one.inbound, Verdict.ACCEPTED)
    delivery.call = call
    delivery.applied_at = timezone.now()
    delivery.result = one.given.decision.sentence[:300]
    delivery.answer_ms = handlers.since(one.started)
    return delivery
