"""Chooses who answers an event: the policy alone, or the application's upstream with our recording in its answer."""

from uuid import UUID

from recordings_site.callbacks.inbox import Inbound
from recordings_site.policies import answer, relaying
from recordings_site.policies.answer import Answer, CallFacts, DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.routes import RunMenu
from recordings_site.policies.snapshot import Snapshot
from recordings_site.sinch.events import Pie


def to_ice(
    inbound: Inbound,
    facts: CallFacts,
    now: Snapshot,
    recording_id: UUID,
    *,
    joining: PlannedRecording | None = None,
    may_record: bool = True,
    why_not: str = "",
) -> Answer:
    """Decide about a new call. `joining` is the recording of the conference that it enters."""
    key = inbound.application.key
    said = inbound.upstream.svaml if inbound.upstream else None
    if said is None:
        return answer.answer_ice(
            facts, now, application_key=key, recording_id=recording_id, joining=joining,
            may_record=may_record, why_not=why_not,
        )  # fmt: skip
    return relaying.relay_ice(
        facts, now, said, application_key=key, recording_id=recording_id, joining=joining,
        may_record=may_record, why_not=why_not,
    ).answer  # fmt: skip


def again(inbound: Inbound, stored: DecisionFacts, now: Snapshot, *, may_record: bool, why_not: str) -> Answer:
    """Answer an ICE that came before, by the decision that was made then."""
    said = inbound.upstream.svaml if inbound.upstream else None
    if said is not None:
        return relaying.relay_again(stored, now, said, may_record=may_record, why_not=why_not).answer
    if stored.relayed:  # the upstream is gone since: what it said then is not known, the number's own route is
        return to_ice(inbound, stored.call, now, UUID(int=0), may_record=False, why_not=why_not or Reason.REPLAYED)
    return answer.answer_again(stored, now, may_record=may_record, why_not=why_not)


def to_ace(inbound: Inbound, stored: DecisionFacts | None, now: Snapshot, *, may_record: bool, why_not: str) -> Answer:
    """Answer an ACE; what the upstream starts to record by itself is among the recordings."""
    if inbound.upstream is None:
        return answer.answer_ace(stored, now, may_record=may_record, why_not=why_not)
    return relaying.relay_ace(stored, now, inbound.upstream.svaml, may_record=may_record, why_not=why_not).answer


def to_callout(inbound: Inbound, given: Answer, now: Snapshot) -> Answer:
    """The answer to the ACE of a callout: the policy's, within what the upstream says."""
    if inbound.upstream is None:
        return given
    relayed = relaying.relay_ace(given.decision, now, inbound.upstream.svaml).answer
    return Answer(relayed.svaml, given.decision, (*given.recordings, *relayed.recordings))


def to_pie(
    inbound: Inbound, pie: Pie, stored: DecisionFacts | None, now: Snapshot, *, may_record: bool, why_not: str
) -> Answer:
    """Answer a PIE; an upstream's menu whose upstream is gone leads to the number's own route."""
    if inbound.upstream is not None:
        said = inbound.upstream.svaml
        return relaying.relay_pie(stored, now, said, may_record=may_record, why_not=why_not).answer
    if stored is not None and stored.relayed and isinstance(stored.route, RunMenu):
        return relaying.own_pie(stored, now)
    return answer.answer_pie(stored, pie.menu_result.value if pie.menu_result else "", now)
