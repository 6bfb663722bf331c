"""Why a call is or isn't recorded, in words: made from the grounds of its decision when shown.

Grounds are what `DecisionFacts.grounds` gives, as JSON: a Reason and its values.
"""

from collections.abc import Callable, Mapping
from typing import Any

from recordings_site.policies.engine.decision import Reason
from recordings_site.policies.engine.explain.descriptions import describe_calls
from recordings_site.policies.engine.schema.document import When

Grounds = Mapping[str, Any]


def decision(grounds: Grounds) -> str:
    """The whole sentence: `Not recorded: rule 1 of Support EU v7 excludes calls from +4670*.`"""
    return f"{'Recorded' if grounds.get('record') else 'Not recorded'}: {clause(grounds)}."


def clause(grounds: Grounds) -> str:
    """The reason alone, to stand in a sentence: `rule 1 of Support EU v7 excludes calls from +4670*`."""
    reason = Reason(grounds["reason"])
    fixed = _FIXED_CLAUSES.get(reason)
    return fixed if fixed is not None else _CLAUSES[reason](grounds, grounds.get("values", {}))


def cannot_record(grounds: Grounds) -> str:
    """Why a person cannot have a call recorded (policies.revision.on_demand), with the remedy."""
    match Reason(grounds["reason"]):
        case Reason.UNKNOWN_NUMBER:
            return "This number hasn’t been added, so no team would see the recording. Add the number first."
        case Reason.WRONG_RECORDING:
            return f"This call can’t be recorded: {grounds['values']['message']}"
        case _:
            return f"This call can’t be recorded: {clause(grounds)}. Choose a working destination for its number."


def _by_rule(grounds: Grounds, values: Grounds) -> str:
    conditions: Any = {name: tuple(each) if isinstance(each, list) else each for name, each in values["when"].items()}
    calls = describe_calls(When(**conditions), values["time_zone"])
    if grounds.get("draw") is not None:
        selected = "selected" if grounds["draw"] < grounds["percent"] else "not selected"
        calls = f"{grounds['percent']:g}% of {calls} (this call was {selected})"
    does = "excludes" if grounds["reason"] == Reason.RULE_EXCLUDES else "records"
    return f"rule {grounds['rule']} of {_title(grounds)} {does} {calls}"


def _otherwise(grounds: Grounds, values: Grounds) -> str:
    records = grounds["reason"] == Reason.OTHERWISE_RECORDS
    if not values["has_rules"]:
        return f"{_title(grounds)} {'records every call' if records else 'doesn’t record calls'}"
    if records:
        return f"{_title(grounds)} records calls that match none of its rules"
    return f"no rule of {_title(grounds)} matches this call"


def _without_policy(grounds: Grounds, values: Grounds) -> str:
    relayed = grounds.get("relayed")
    answered = "upstream’s answer was used unchanged" if relayed else "application’s default route answered"
    match grounds["reason"]:
        case Reason.NO_POLICY:
            why = f"{values['number']} has no published policy"
        case Reason.UNKNOWN_NUMBER:
            why = f"the number {values['number']} hasn’t been added"
        case _:
            why = "the call isn’t to a phone number"
    return f"{why}, so the {answered}"


def _title(grounds: Grounds) -> str:
    """`“Support EU” v7`; a draft has no number."""
    number = grounds.get("version_number")
    return f"“{grounds['policy_name']}” v{number}" if number else f"{grounds['policy_name']} (draft)"


def _wrong(what: str) -> Callable[[Grounds, Grounds], str]:
    return lambda _, values: f"{what} was invalid ({values['path']}: {values['message'].rstrip('.')})"


_FIXED_CLAUSES = {
    Reason.DESTINATION_UNAVAILABLE: "recording wasn’t possible: its destination isn’t available",
    Reason.STALE_CLOCK: "the callback’s timestamp was too far off, so no credentials were sent",
    Reason.REPLAYED: "the callback was an exact duplicate, so no credentials were sent",
    Reason.DATABASE_DOWN: "the database couldn’t be reached, so the call was connected without recording",
    Reason.FAULT: "answering failed, so the call was connected without recording",
    Reason.FALLBACK: "the fallback answered, which connects calls but never records",
    Reason.ACE_WITHOUT_ICE: "we didn’t receive the start of this call, so no decision was made",
    Reason.UPSTREAM_RECORDS: "the upstream requested the recording itself",
}
_CLAUSES: Mapping[Reason, Callable[[Grounds, Grounds], str]] = {
    Reason.RULE_RECORDS: _by_rule,
    Reason.RULE_EXCLUDES: _by_rule,
    Reason.SAMPLED_OUT: _by_rule,
    Reason.OTHERWISE_RECORDS: _otherwise,
    Reason.NO_RULE_MATCHES: _otherwise,
    Reason.NO_POLICY: _without_policy,
    Reason.UNKNOWN_NUMBER: _without_policy,
    Reason.NOT_A_NUMBER: _without_policy,
    Reason.UNDIALABLE: lambda _, values: (
        f"“{values['dialled']}” was dialed without a country code, so the call"
        f" {'took the default route' if values.get('connected') else 'ended with a notice'}. Set the application’s"
        " country to allow such numbers"
    ),
    Reason.ROUTE_HANGS_UP: lambda grounds, _: (
        f"{'your own back end' if grounds.get('relayed') else _title(grounds)} hangs up, so there is nothing to record"
    ),
    Reason.NO_DESTINATION: lambda grounds, _: f"recording wasn’t possible: {grounds['policy_name']} has no destination",
    Reason.CREDENTIALS_UNUSABLE: lambda _, values: (
        "recording wasn’t possible: the write credentials of"
        f" {values.get('destination', 'its destination')} can’t be used"
    ),
    Reason.WRONG_ANSWER: _wrong("the answer"),
    Reason.WRONG_RECORDING: _wrong("the recording"),
}
