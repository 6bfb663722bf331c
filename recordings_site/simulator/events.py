"""The events that Sinch sends about a simulated call, as its callbacks look on the wire."""

from typing import Any

from recordings_site.simulator.svaml_execution import SimulatedCall
from recordings_site.simulator.wire import sinch_time


def event(call: SimulatedCall, name: str, application_key: str, **more: Any) -> dict[str, Any]:
    """An event of a call, with the members that all events have."""
    return {
        "event": name,
        "callid": call.planned.call_id,
        "timestamp": sinch_time(call.now),
        "version": 1,
        "custom": "",
        "applicationKey": application_key,
        **more,
    }


def ice(call: SimulatedCall, application_key: str, rest_url: str) -> dict[str, Any]:
    """The Incoming Call Event."""
    planned = call.planned
    rate = {"currencyId": "USD", "amount": 0.0046}
    url = f"{rest_url}/calling/v1/calls/id/{planned.call_id}"
    # As seen: the plus sign comes and goes within one call.
    if planned.outbound:
        cli, to, origination = f"+{planned.number}", {"type": "number", "endpoint": planned.other}, "MXP"
    else:
        cli, to, origination = planned.other, {"type": "did", "endpoint": f"+{planned.number}"}, "PSTN"
    return event(
        call, "ice", application_key, callResourceUrl=url, cli=cli, to=to, domain="pstn", originationType=origination,
        rdnis="", userRate=rate, callHeaders=[],
    )  # fmt: skip


def dice(call: SimulatedCall, application_key: str) -> dict[str, Any]:
    """The Disconnected Call Event of a call that has ended."""
    planned = call.planned
    from_, to = (planned.number, planned.other) if planned.outbound else (planned.other, planned.number)
    found = event(call, "dice", application_key, reason=call.reason, result=call.result)
    found |= {
        "from": from_,
        "to": {"type": "did", "endpoint": to},
        "userRate": {"currencyId": "USD", "amount": 0.0},
    }
    if call.answered_at is not None:
        found["duration"] = round((call.now - call.answered_at).total_seconds())
        found["debit"] = {"currencyId": "USD", "amount": round(found["duration"] / 60 * 0.0046, 4)}
    return found


def notification(identity: dict[str, str], type: str, **more: str) -> dict[str, Any]:
    """A notification; `identity` is the member that names the call or the conference."""
    return {"event": "notify", **identity, "version": 1, "type": type, **more}
