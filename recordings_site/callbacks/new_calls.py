"""Keeps the common ICE: a new call's, answered by the policy alone, of which nothing has to be looked up before.

Many of them are written by one statement. Whatever needs more is handled by itself (callbacks.handlers).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.callbacks import answers, handlers, inbox
from recordings_site.callbacks.handlers import Answered
from recordings_site.callbacks.heard import heard
from recordings_site.callbacks.inbox import Inbound
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, CallbackDelivery, Decision, DeliveryResult, Verdict
from recordings_site.policies import answer
from recordings_site.policies.answer import Answer, CallFacts
from recordings_site.policies.snapshot import Snapshot
from recordings_site.recordings import actions as recordings
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.events import Ice
from recordings_site.web.families import Families, Family

OF_A_CALL = Families((Call, Decision, RecordingJob, CallbackDelivery), unless_exists=calls.ONE_CALL)


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
    """Keep the calls with all that follows, or nothing; None for each of which something is known already."""
    for one in told:
        heard(one.inbound.application.id, one.inbound.received_at)
    kept = OF_A_CALL.insert([_family(one) for one in told])
    return [
        Answered(one.given.svaml, call_pk=keys[0], delivery_id=keys[-1]) if keys else None
        for one, keys in zip(told, kept, strict=True)
    ]


def _family(one: NewCall) -> Family:
    decision, inbound = one.given.decision, one.inbound
    call = calls.told_by_ice(
        application_id=inbound.application.id,
        ice=one.ice,
        facts=one.facts,
        number_id=one.number_id,
        at=inbound.happened_at,
        received_at=inbound.received_at,
    )
    masked, latency_ms = svaml.masked(one.given.svaml), handlers.since(one.started)
    decided = calls.told_by_decision(decision, svaml=masked, latency_ms=latency_ms)
    planned = next(iter(one.given.recordings), None)
    recording = recordings.told_by_plan(call, planned) if planned else None
    delivery = {
        **inbox.told_by_delivery(inbound, Verdict.ACCEPTED),
        "applied_at": decided["decided_at"],
        "result_code": DeliveryResult.ANSWERED,
        "result_values": decision.grounds,
        "answer_ms": latency_ms,
    }
    return call, decided, recording, delivery
