"""What a policy will answer, before it answers: the SVAML of each event of a sample call, and of each key of a menu."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from recordings_site.policies.engine.answer import Answer, answer_ace, answer_ice, answer_pie, masked_svaml
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.decide import decide_by
from recordings_site.policies.engine.decision import DecisionFacts, Reason
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.schema.routes import HANGUP, RunMenu
from recordings_site.policies.engine.snapshot import ApplicationFacts, NumberFacts, PolicyFacts, Snapshot
from recordings_site.sinch import svaml

SAMPLE_CALL_ID = "sample-call"
SAMPLE_RECORDING = UUID("00000000-0000-4000-8000-000000000000")
SAMPLE_NUMBER = NumberFacts(0, "46800000000", "Sample number", 0)
SAMPLE_CALLER = "+46701234567"


@dataclass(frozen=True)
class Shown:
    """The answer to one event: `event` is ice, ace or pie; `title` says it to people; the SVAML is masked."""

    event: str
    title: str
    svaml: Mapping[str, Any]
    recording: str
    # Why the answer was invalid, so that another one was given in its place; "" when it is right.
    fault: str = ""

    @property
    def json(self) -> str:
        """The masked SVAML to copy."""
        return json.dumps(self.svaml, indent=2, ensure_ascii=False)


def sample_call(number: NumberFacts | None, at: datetime, *, key: str = "") -> CallFacts:
    """An inbound call to this number, else to a sample number."""
    number = number or SAMPLE_NUMBER
    return CallFacts(SAMPLE_CALL_ID, "inbound", SAMPLE_CALLER, number.e164, number.digits, at, key)


def recorded_call(policy: PolicyFacts, number: NumberFacts | None, snapshot: Snapshot, at: datetime) -> list[Shown]:
    """The answers to a sample call that is recorded, whatever the rules say: ICE, ACE, and PIE for each key."""
    document = replace(policy.document, rules=(), otherwise_record=True)
    return every_answer(replace(policy, document=document), sample_call(number, at), snapshot, number)


def every_answer(policy: PolicyFacts, call: CallFacts, snapshot: Snapshot, number: NumberFacts | None) -> list[Shown]:
    """The answers of each event of this call, as the policy gives them."""
    own = replace(number or SAMPLE_NUMBER, digits=call.number_digits or SAMPLE_NUMBER.digits, policy_id=policy.id)
    application = ApplicationFacts(0, "sample", (), HANGUP)
    in_force = replace(
        snapshot,
        applications={"sample": application},
        numbers={own.digits: own},
        policies={policy.id: policy},
    )
    call = replace(call, number_digits=own.digits)
    ice = answer_ice(call, in_force, application_key="sample", recording_id=SAMPLE_RECORDING)
    # From the decision before its SVAML was checked: a wrong answer should be seen, with what is wrong about it.
    wanted = decide_by(policy, call, own, in_force, recording_id=SAMPLE_RECORDING)
    shown = [_shown("ice", "ICE: incoming call", ice)]
    decision = ice.decision if ice.decision.plan else wanted
    route = decision.route
    if isinstance(route, RunMenu):
        shown.extend(
            _shown("pie", f"PIE: the caller presses {option.dtmf}", answer_pie(decision, option.dtmf, in_force))
            for option in route.options
        )
        shown.append(_shown("pie", "PIE: any other key", answer_pie(decision, "", in_force)))
    if _brings_ace(decision):
        shown.append(_shown("ace", "ACE: the call is answered", answer_ace(decision, in_force)))
    return shown


def _brings_ace(decision: DecisionFacts) -> bool:
    route = decision.route
    places = (route.default, *(option.route for option in route.options)) if isinstance(route, RunMenu) else (route,)
    return any(place.brings_ace for place in places)


def _shown(event: str, title: str, answer: Answer) -> Shown:
    requests = svaml.recording_requests(answer.svaml)
    kind = ""
    if requests:
        what = "conference recording" if requests[0].conference else "call recording"
        number = f"{len(requests)} {what}s" if len(requests) > 1 else f"a {what}"
        kind = f"starts {number} via {requests[0].origin}"
    decision = answer.decision
    fault = sentences.decision(decision.grounds) if decision.reason == Reason.WRONG_ANSWER else ""
    return Shown(event, title, masked_svaml(answer), kind, fault)
