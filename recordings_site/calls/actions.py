"""Stores what Sinch reports about calls: each fact once, in whatever order it arrives.

Who did it is always Sinch, and the delivery itself is the evidence, so these writes leave no further audit row.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from recordings_site.calls.models import Call, ConferenceSession, Decision, DecisionOutcome, Direction
from recordings_site.policies.engine.answer import CallFacts, DecisionFacts, Reason
from recordings_site.sinch import ends
from recordings_site.sinch.events import Ace, Dice, Endpoint, Ice, Notify
from recordings_site.web.locking import lock


def call_for(*, application_id: int, call_id: str, at: datetime) -> Call:
    """The call's row, locked to the end of the transaction; made when this is the first that is heard of it."""
    call, created = Call.objects.select_for_update().get_or_create(
        application_id=application_id, call_id=call_id, defaults={"started_at": at}
    )
    if not created and at < call.started_at and call.ice_at is None:
        call.started_at = at
    return call


def ice_columns(
    *, application_id: int, ice: Ice, facts: CallFacts, number_id: int | None, at: datetime, received_at: datetime
) -> dict[str, Any]:
    """The columns of a call known from its ICE."""
    return {
        "application_id": application_id,
        "call_id": ice.call_id,
        "ice_at": at,
        "started_at": at,
        "ice_received_at": received_at,
        "direction": Direction(facts.direction),
        "number_id": number_id,
        "caller": facts.caller[:128],
        "caller_type": facts.caller_type,
        "caller_digits": "" if facts.user else facts.cli_digits,
        "called": ice.to.endpoint[:128] if ice.to else "",
        "called_type": facts.to_type if ice.to else "",
        "forwarded_from": ice.rdnis[:128],
        "domain": ice.domain[:32],
        "origination_type": ice.origination_type[:32],
        "custom": ice.custom,
        "call_resource_url": ice.call_resource_url[:500],
    }


@transaction.atomic(savepoint=False)
def upsert_calls(ices: Sequence[Mapping[str, Any]]) -> list[tuple[Call, bool]]:
    """The calls of ICEs with these ICEs' facts, locked, and whether each is new: nothing was known of it before.

    Takes the `ice_columns` of different calls. A later copy of the same ICE changes nothing.
    """
    calls = [Call(**ice) for ice in ices]
    call_key = ("application", "call_id")
    # A row that is there already is locked, and its key given, by an update that changes nothing.
    Call.objects.bulk_create(calls, update_conflicts=True, unique_fields=call_key, update_fields=("call_id",))
    there = Call.objects.filter(pk__in=[call.pk for call in calls])
    known = there.exclude(ice_received_at__in=[call.ice_received_at for call in calls]).in_bulk()
    for call, ice in zip(calls, ices, strict=True):
        before = known.get(call.pk)
        if before is not None and before.ice_received_at is None:
            for field, value in ice.items():
                setattr(before, field, value)
            before.save()
    return [(known.get(call.pk, call), call.pk not in known) for call in calls]


@transaction.atomic(savepoint=False)
def note_ace(call: Call, *, ace: Ace, at: datetime, received_at: datetime) -> None:
    """Store that the call was answered. Without an ICE it is a callout: our side placed it."""
    if call.ace_received_at is not None:
        return
    call.answered_at = at
    call.ace_received_at = received_at
    if call.ice_received_at is None:
        call.direction = Direction.CALLOUT
        call.custom = call.custom or ace.custom
    call.save(update_fields=("started_at", "answered_at", "ace_received_at", "direction", "custom"))


@transaction.atomic(savepoint=False)
def note_dice(call: Call, *, dice: Dice, at: datetime, received_at: datetime) -> None:
    """Store how the call ended, and close its conference's session if it was the last to leave."""
    if call.dice_received_at is not None:
        return
    call.ended_at = at
    call.dice_received_at = received_at
    call.dice_reason = dice.reason[:40]
    call.dice_result = dice.result[:40]
    call.duration = dice.duration
    if call.ice_received_at is None:
        _fill_endpoints(call, caller=Endpoint("", dice.from_), called=dice.to or NOWHERE)
    facts = ("ended_at", "dice_received_at", "dice_reason", "dice_result", "duration")
    call.save(update_fields=("started_at", *facts, *ENDS))
    if call.conference_session_id is not None:
        close_session_if_empty(session_id=call.conference_session_id, at=received_at)


@transaction.atomic
def set_endpoints(call: Call, *, caller: Endpoint, called: Endpoint, number_id: int | None) -> None:
    """Store the parties of a callout, learnt later, and which of our numbers it was made from."""
    # It was read before Sinch was asked: its DiCE may have come meanwhile.
    lock(call)
    _fill_endpoints(call, caller=caller, called=called)
    call.number_id = call.number_id or number_id
    call.save(update_fields=(*ENDS, "number"))


ENDS = ("caller", "caller_type", "caller_digits", "called", "called_type")
NOWHERE = Endpoint("", "")


def _fill_endpoints(call: Call, *, caller: Endpoint, called: Endpoint) -> None:
    """Store the ends that aren't known yet."""
    if not call.caller and caller.endpoint:
        call.caller, call.caller_type = caller.endpoint[:128], ends.end_type(caller.type, caller.endpoint)
    call.caller_digits = call.caller_digits or ends.end_digits(call.caller, call.caller_type)[:32]
    if not call.called and called.endpoint:
        call.called, call.called_type = called.endpoint[:128], ends.end_type(called.type, called.endpoint)


@transaction.atomic(savepoint=False)
def note_calling_error(call: Call, *, notify: Notify) -> None:
    """Store an error that Sinch reports for the call; the first one counts."""
    if not call.error_code:
        call.error_code = (notify.error_code or "error")[:40]
        call.error_message = notify.error_message[:500]
        call.save(update_fields=("error_code", "error_message"))


@transaction.atomic(savepoint=False)
def note_recording_finished(call: Call, *, at: datetime) -> None:
    """Store that a recording of this call has finished; Sinch doesn't say which."""
    if call.recording_finished_at is None:
        call.recording_finished_at = at
        call.save(update_fields=("recording_finished_at",))


@transaction.atomic
def join_conference(call: Call, *, conference_id: str, at: datetime) -> ConferenceSession:
    """Put the call into the open session of the conference, opening one when there is none."""
    _reopen_reported(call, conference_id=conference_id, at=at)
    session, _ = ConferenceSession.objects.select_for_update().get_or_create(
        application_id=call.application_id,
        conference_id=conference_id,
        closed_at=None,
        defaults={"opened_at": at, "number_id": call.number_id},
    )
    call.conference_session = session
    call.save(update_fields=("conference_session",))
    if call.is_over:
        close_session_if_empty(session_id=session.pk, at=call.dice_received_at or at)
        session.refresh_from_db()
    return session


def _reopen_reported(call: Call, *, conference_id: str, at: datetime) -> None:
    """Reopen the session that a notification made because it came before this call, the first of the conference."""
    sessions = ConferenceSession.objects.filter(application_id=call.application_id, conference_id=conference_id)
    # Without calls it is known from notifications alone; what these tell happened after its first call.
    reported = sessions.filter(calls=None, opened_at__gte=at).order_by("opened_at").first()
    if reported is None or sessions.filter(closed_at=None).exists():
        return
    with suppress(IntegrityError), transaction.atomic():  # another call opened one at the same moment
        sessions.filter(pk=reported.pk).update(opened_at=at, closed_at=None, number=call.number_id)


@transaction.atomic
def close_session_if_empty(*, session_id: int, at: datetime) -> None:
    """Close a conference's session once each of its calls has ended."""
    if not Call.objects.filter(conference_session_id=session_id, dice_received_at=None).exists():
        ConferenceSession.objects.filter(pk=session_id, closed_at=None).update(closed_at=at)


def decision_columns(
    facts: DecisionFacts, *, svaml: dict[str, Any] | None, latency_ms: float, ace_svaml: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What a decision's row says but for its call: how the ICE (of a callout, which has none: the ACE) was answered.

    The SVAMLs are masked ones.
    """
    return {
        **_decided(facts),
        "ice_svaml": svaml,
        "ace_svaml": ace_svaml,
        "latency_ms": latency_ms,
        "decided_at": timezone.now(),
    }


def _decided(facts: DecisionFacts) -> dict[str, Any]:
    return {
        "outcome": _outcome(facts),
        "policy_version_id": facts.version_id,
        "rule": facts.rule,
        "reason": facts.reason,
        "draw": facts.draw,
        "facts": facts.to_dict(),
    }


@transaction.atomic
def replace_decision(decision: Decision, *, facts: DecisionFacts, svaml: dict[str, Any]) -> None:
    """Correct a decision that was stored too late to be used: the answer that was given counts."""
    lock(decision)
    for name, value in _decided(facts).items():
        setattr(decision, name, value)
    decision.ice_svaml = svaml
    decision.save(update_fields=[*_decided(facts), "ice_svaml"])


def session_of_call(*, application_id: int, conference_id: str, call_id: str) -> ConferenceSession | None:
    """The session of the conference in which this call takes part, None when that is not known."""
    sessions = ConferenceSession.objects.filter(application_id=application_id, conference_id=conference_id)
    return sessions.filter(calls__call_id=call_id).first() if call_id else None


def latest_session(*, application_id: int, conference_id: str, at: datetime) -> ConferenceSession:
    """The conference's latest session that had opened by `at`; made, closed, when none was ever seen."""
    sessions = ConferenceSession.objects.filter(application_id=application_id, conference_id=conference_id)
    found = sessions.filter(opened_at__lte=at).order_by("-opened_at", "-id").first() or sessions.order_by("id").first()
    return found or ConferenceSession.objects.create(
        application_id=application_id, conference_id=conference_id, opened_at=at, closed_at=at
    )


def _outcome(facts: DecisionFacts) -> DecisionOutcome:
    if facts.record:
        return DecisionOutcome.RECORD
    if facts.reason in IMPOSSIBLE:
        return DecisionOutcome.IMPOSSIBLE
    return DecisionOutcome.DO_NOT_RECORD


# With these, recording was (or may have been) wanted but wasn't possible.
IMPOSSIBLE = frozenset(
    {
        Reason.NO_DESTINATION,
        Reason.DESTINATION_UNAVAILABLE,
        Reason.CREDENTIALS_UNUSABLE,
        Reason.STALE_CLOCK,
        Reason.REPLAYED,
        Reason.DATABASE_DOWN,
        Reason.FAULT,
        Reason.WRONG_ANSWER,
        Reason.WRONG_RECORDING,
        Reason.FALLBACK,
    }
)
