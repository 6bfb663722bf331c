"""Answers ICEs: decides by the policies in force, and stores call, decision and recordings before the answer leaves.

Several are stored in one transaction (callbacks.transactions.writer). A new call needs no lookup; a known call gets
its answer again, and a call that joins a conference is recorded with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from recordings_site.callbacks import answers, verification
from recordings_site.callbacks.answers import AnswerContext
from recordings_site.callbacks.handlers import Answered, after_answer, elapsed_ms, set_answer
from recordings_site.callbacks.last_seen import note_callback_received
from recordings_site.callbacks.planned_recordings import expect, needing_rows, plan_of
from recordings_site.callbacks.verification import VerifiedCallback
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, CallbackDelivery, ConferenceSession, Decision, DeliveryVerdict
from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import Answer, CallFacts, DecisionFacts
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.recordings.lifecycle import actions as recordings
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.events import Ice


@dataclass(frozen=True, eq=False)
class DecidedIce:
    """An ICE with its answer as a new call. `started` is time.perf_counter() at receipt."""

    callback: VerifiedCallback
    ice: Ice
    facts: CallFacts
    policies: Snapshot
    answer: Answer
    started: float

    @property
    def call_key(self) -> tuple[int, str]:
        """Application id and call id, unique together."""
        return self.callback.application.id, self.ice.call_id

    def columns(self) -> dict[str, Any]:
        """The columns of its call's row."""
        number = self.policies.numbers.get(self.facts.number_digits)
        return calls.ice_columns(
            application_id=self.callback.application.id,
            ice=self.ice,
            facts=self.facts,
            number_id=number.id if number else None,
            at=self.callback.happened_at,
            received_at=self.callback.received_at,
        )


def decide(callback: VerifiedCallback, ice: Ice, policies: Snapshot, *, started: float) -> DecidedIce:
    """Decide an ICE as that of a new call."""
    context = AnswerContext.of(DeliveryVerdict.ACCEPTED if callback.fresh else DeliveryVerdict.STALE, policies)
    facts = _facts(callback, ice)
    return DecidedIce(callback, ice, facts, policies, answers.to_ice(callback, facts, context), started)


def _facts(callback: VerifiedCallback, ice: Ice) -> CallFacts:
    application = callback.application
    return answer.call_facts(
        ice, received_at=callback.received_at, application_key=application.key, country=application.country
    )


def is_to_unknown_number(callback: VerifiedCallback, ice: Ice, policies: Snapshot) -> bool:
    """Whether the call is to a number, and to none of ours."""
    digits = _facts(callback, ice).number_digits
    return bool(digits) and digits not in policies.numbers


def without_recording(callback: VerifiedCallback, ice: Ice, policies: Snapshot, *, refusal: str) -> Answer:
    """The answer when nothing can be stored: the same action, unrecorded."""
    facts = _facts(callback, ice)
    return answers.to_ice(callback, facts, AnswerContext(policies, False, refusal))


@transaction.atomic
def store(ices: Sequence[DecidedIce]) -> list[Answered]:
    """Store these ICEs, all or none, and return the answer to each.

    Of several for one call the first decides, as if they had arrived in turn.
    """
    first_by_call = {ice.call_key: ice for ice in reversed(ices)}
    # In one order, so that two transactions never wait for each other.
    answered = _store_calls([first_by_call[call_key] for call_key in sorted(first_by_call)])
    if repeats := [ice for ice in ices if ice not in answered]:
        answered |= zip(repeats, store(repeats), strict=True)
    return [answered[ice] for ice in ices]


@dataclass(eq=False)
class _PendingIce:
    """An ICE while it is stored: its call, verdict and answer; `decision` is the stored one of a repeated ICE."""

    ice: DecidedIce
    call: Call
    is_new: bool
    verdict: DeliveryVerdict
    answer: Answer
    decision: Decision | None
    session: ConferenceSession | None = None

    @property
    def happened_at(self) -> datetime:
        return self.ice.callback.happened_at

    @property
    def conference_id(self) -> str:
        return self.answer.decision.conference_id


def _store_calls(ices: Sequence[DecidedIce]) -> dict[DecidedIce, Answered]:
    """Store one ICE for each of several calls."""
    kept = list(_load_calls(ices))
    undecided = [one for one in kept if one.decision is None]
    _store_decisions([one for one in undecided if not one.conference_id])
    # In turn: each participant finds what was stored for those before.
    for one in sorted(undecided, key=lambda one: one.conference_id):
        if one.conference_id:
            _join_conference(one)
            _store_decisions([one])
    for one in kept:
        note_callback_received(one.ice.callback.application.id, one.ice.callback.received_at)
    return _store_deliveries(kept)


def _load_calls(ices: Sequence[DecidedIce]) -> Iterator[_PendingIce]:
    """Create or lock the calls; a known call gets its earlier answer."""
    found = calls.upsert_calls([ice.columns() for ice in ices])
    known = [call for call, is_new in found if not is_new]
    decisions = {one.call_id: one for one in Decision.objects.filter(call__in=known)} if known else {}
    for ice, (call, is_new) in zip(ices, found, strict=True):
        verdict, decision = verification.verdict_of(ice.callback, is_new=is_new), decisions.get(call.pk)
        context, given = AnswerContext.of(verdict, ice.policies), ice.answer
        if decision is not None:
            given = answers.repeat_answer(ice.callback, DecisionFacts.from_dict(decision.facts), context)
        elif verdict == DeliveryVerdict.REPLAYED:
            given = answers.to_ice(ice.callback, ice.facts, context)
        yield _PendingIce(ice, call, is_new, verdict, given, decision)


def _join_conference(one: _PendingIce) -> None:
    """Join the conference; when it is recorded already, the call shares that recording."""
    one.session = calls.join_conference(one.call, conference_id=one.conference_id, at=one.happened_at)
    running = plan_of(one.session)
    if running is not None and one.answer.recordings and one.answer.recordings[0].conference_id:
        context = AnswerContext.of(one.verdict, one.ice.policies)
        one.answer = answers.to_ice(one.ice.callback, one.ice.facts, context, joining=running)


def _store_decisions(undecided: Sequence[_PendingIce]) -> None:
    """Store decisions and the recordings they plan."""
    for one in undecided:
        masked, latency_ms = svaml.masked(one.answer.svaml), elapsed_ms(one.ice.started)
        columns = calls.decision_columns(one.answer.decision, svaml=masked, latency_ms=latency_ms)
        one.decision = Decision(call=one.call, **columns)
    Decision.objects.bulk_create([one.decision for one in undecided if one.decision])
    made: list[RecordingJob] = []
    for one in undecided:
        planned, at, decision = needing_rows(one.answer.recordings), one.happened_at, one.decision
        if one.is_new and one.session is None:
            # Nothing can have come before.
            made += recordings.new_call_recordings(one.call, planned, at=at, decision=decision)
            continue
        expect(one.call, one.answer.recordings, at=at, decision=decision)
    RecordingJob.objects.bulk_create(made)


def _store_deliveries(kept: Sequence[_PendingIce]) -> dict[DecidedIce, Answered]:
    deliveries = []
    for one in kept:
        delivery = verification.delivery_of(one.ice.callback, one.verdict)
        set_answer(delivery, call=one.call, given=one.answer, started=one.ice.started)
        deliveries.append(delivery)
    CallbackDelivery.objects.bulk_create(deliveries)
    for one, delivery in zip(kept, deliveries, strict=True):
        after_answer(one.ice.callback, delivery)
    pairs = zip(kept, deliveries, strict=True)
    return {one.ice: Answered(one.answer.svaml, delivery.pk, one.call.pk) for one, delivery in pairs}


def correct_late_answer(answered: Answered, given: Answer) -> None:
    """Correct what was stored of an answer that came too late: another one, without recording, was given."""
    with transaction.atomic():
        decision = Decision.objects.filter(call=answered.call_pk).first()
        received = CallbackDelivery.objects.values_list("received_at", flat=True).get(pk=answered.delivery_id)
        if decision is not None and decision.decided_at >= received:
            calls.replace_decision(decision, facts=given.decision, svaml=svaml.masked(given.svaml))
            recordings.give_up_expected(decision=decision, at=timezone.now())
