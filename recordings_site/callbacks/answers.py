"""Chooses who answers an event: the policy alone, or the application's upstream with our recording in its answer."""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from recordings_site.callbacks.verification import VerifiedCallback
from recordings_site.calls.models import DeliveryVerdict
from recordings_site.policies.engine import answer, relaying
from recordings_site.policies.engine.answer import Answer, CallFacts, DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.schema.routes import RunMenu
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch.events import Pie

REFUSALS = {DeliveryVerdict.STALE: Reason.STALE_CLOCK, DeliveryVerdict.REPLAYED: Reason.REPLAYED}


@dataclass(frozen=True)
class AnswerContext:
    """The policies in force, and whether credentials may leave; if not, `refusal` says why (a Reason)."""

    policies: Snapshot
    may_record: bool = True
    refusal: str = ""

    @classmethod
    def of(cls, verdict: DeliveryVerdict, policies: Snapshot) -> "AnswerContext":
        """Credentials do not leave for what is stale or replayed."""
        return cls(policies, verdict not in REFUSALS, REFUSALS.get(verdict, ""))


def to_ice(
    callback: VerifiedCallback, call: CallFacts, context: AnswerContext, *, joining: PlannedRecording | None = None
) -> Answer:
    """Decide about a new call. `joining` is the recording of the conference that it enters."""
    key = callback.application.key
    upstream_svaml = callback.upstream.svaml if callback.upstream else None
    if upstream_svaml is None:
        return answer.answer_ice(
            call, context.policies, application_key=key, recording_id=recording_id(key, call.call_id),
            joining=joining, may_record=context.may_record, refusal=context.refusal,
        )  # fmt: skip
    return relaying.relay_ice(
        call, context.policies, upstream_svaml, application_key=key, recording_id=recording_id(key, call.call_id),
        joining=joining, may_record=context.may_record, refusal=context.refusal,
    ).answer  # fmt: skip


def repeat_answer(callback: VerifiedCallback, stored: DecisionFacts, context: AnswerContext) -> Answer:
    """Answer an ICE that came before, by the decision that was made then."""
    upstream_svaml = callback.upstream.svaml if callback.upstream else None
    may_record, refusal = context.may_record, context.refusal
    if upstream_svaml is not None:
        return relaying.relay_again(
            stored, context.policies, upstream_svaml, may_record=may_record, refusal=refusal
        ).answer
    if stored.relayed:  # the upstream is gone since: what it said then is not known, the number's own route is
        return to_ice(callback, stored.call, AnswerContext(context.policies, False, context.refusal or Reason.REPLAYED))
    return answer.answer_again(stored, context.policies, may_record=may_record, refusal=refusal)


def to_ace(
    callback: VerifiedCallback,
    stored: DecisionFacts | None,
    context: AnswerContext,
    *,
    joining: PlannedRecording | None = None,
) -> Answer:
    """Answer an ACE; what the upstream starts to record by itself is among the recordings.

    `joining` is the recording of the conference that the call enters.
    """
    policies, may_record, refusal = context.policies, context.may_record, context.refusal
    if callback.upstream is None:
        return answer.answer_ace(stored, policies, joining=joining, may_record=may_record, refusal=refusal)
    upstream_svaml = callback.upstream.svaml
    return relaying.relay_ace(stored, policies, upstream_svaml, may_record=may_record, refusal=refusal).answer


def to_callout(callback: VerifiedCallback, call: CallFacts, policy_id: int, policies: Snapshot) -> Answer:
    """Answer the ACE of a callout by its policy, within what the upstream says."""
    given = answer.answer_callout(
        call, policy_id, policies, recording_id=recording_id(callback.application.key, call.call_id)
    )
    if callback.upstream is None:
        return given
    relayed = relaying.relay_ace(given.decision, policies, callback.upstream.svaml).answer
    return Answer(relayed.svaml, given.decision, (*given.recordings, *relayed.recordings))


def to_pie(callback: VerifiedCallback, pie: Pie, stored: DecisionFacts | None, context: AnswerContext) -> Answer:
    """Answer a PIE; an upstream's menu whose upstream is gone leads to the number's own route."""
    policies = context.policies
    if callback.upstream is not None:
        return relaying.relay_pie(
            stored,
            policies,
            callback.upstream.svaml,
            may_record=context.may_record,
            refusal=context.refusal,
        ).answer
    if stored is not None and stored.relayed and isinstance(stored.route, RunMenu):
        return relaying.own_pie(stored, policies)
    return answer.answer_pie(
        stored, pie.menu_result.value if pie.menu_result else "", policies,
        may_record=context.may_record, refusal=context.refusal,
    )  # fmt: skip


def recording_id(application_key: str, call_id: str) -> UUID:
    """The id of the recording planned at a call's ICE: the same however often that ICE comes, and not to be guessed."""
    secret = settings.SECRET_KEY.encode()
    digest = hmac.digest(secret, f"recording|{application_key}|{call_id}".encode(), hashlib.sha256)
    return UUID(bytes=digest[:16], version=4)
