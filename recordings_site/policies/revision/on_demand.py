"""Plans a recording that a person starts while the call runs: where it goes and how, as the number's policy says."""

from dataclasses import replace
from uuid import UUID

from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import CallFacts, DecisionFacts, PlannedRecording, Reason
from recordings_site.policies.engine.decide import planned
from recordings_site.policies.engine.explain.sentences import Grounds
from recordings_site.policies.engine.schema.document import How
from recordings_site.policies.engine.schema.routes import Park
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch import svaml
from recordings_site.sinch.svaml import RecordingOptions


class CannotRecord(Exception):
    """There is no way to record this call, on these grounds (policies.engine.sentences)."""

    def __init__(self, grounds: Grounds) -> None:
        super().__init__(grounds)
        self.grounds = grounds


def plan_live(call: CallFacts, snapshot: Snapshot, *, recording_id: UUID) -> tuple[PlannedRecording, RecordingOptions]:
    """Plan a call recording by an instruction, with the options for Sinch. Raises CannotRecord.

    Policies say which calls are recorded by themselves; a person who starts a recording overrules that, but not where
    recordings go: the number's destination, else that of its policy.
    """
    number = snapshot.numbers.get(call.number_digits) if call.number_digits else None
    if number is None:
        raise CannotRecord({"reason": str(Reason.UNKNOWN_NUMBER)})
    policy = snapshot.policy_of(number)
    how = replace(policy.document.how if policy else How(), method="instruction", start="connect")
    facts = DecisionFacts(
        call=call, record=True, reason="", route=Park(), policy_name=policy.name if policy else "Nothing"
    )
    decision, options = answer.options_for(
        planned(facts, how, number, snapshot, recording_id), snapshot, True, Reason.FAULT
    )
    if decision.plan is None or options is None:
        raise CannotRecord(decision.grounds)
    wrong = svaml.problems(svaml.manage("start", options), "manage")
    if wrong:
        values = {"path": wrong[0].path, "message": wrong[0].message}
        raise CannotRecord(decision.unrecorded(Reason.WRONG_RECORDING, **values).grounds)
    return decision.plan, options
