"""Fills a call's own ends into a route: `{to}`, `{cli}`, `{number}`, `{call_id}`, and what was dialled by its type."""

from collections.abc import Mapping
from dataclasses import replace

from recordings_site.base.formatting import e164
from recordings_site.base.phone_numbers import E164
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.schema.routes import (
    ENDS,
    PLACEHOLDER,
    AsDialled,
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    ConnectSip,
    Hangup,
    Route,
    RunMenu,
)
from recordings_site.policies.engine.snapshot import NumberFacts
from recordings_site.sinch.ends import CONFERENCE, NUMBER, SIP, USERNAME

# Sinch's value for a withheld caller.
PRIVATE = "private"


def filled(route: Route, call: CallFacts, number: NumberFacts | None) -> Route:
    """The route with this call's ends in place of the placeholders; `number` is our own number in the call."""
    own = number.e164 if number else e164(call.number_digits)
    match route:
        case RunMenu():
            options = tuple(replace(o, route=filled(o.route, call, number)) for o in route.options)
            return replace(route, options=options, default=filled(route.default, call, number))
        case AsDialled():
            return _as_dialled(route, call, own)
        case ConnectPstn(number="{to}") if call.to_type != NUMBER:
            # No phone number was dialled: the call goes to the dialled end, not to a number that looks alike.
            shown = AsDialled(route.cli, route.max_duration, route.suppress_callbacks)
            return _as_dialled(shown, call, own)
        case ConnectPstn():
            number_called = _number(route.number, call, own)
            if route.number in ENDS and not _can_be_dialled(number_called, call):
                return Hangup()
            return replace(route, number=number_called, cli=_cli_by_phone(route.cli, call, own))
        case ConnectSip():
            endpoint = _text(route.endpoint, _values(call, own))
            return replace(route, endpoint=endpoint, cli=_cli_by_sip(route.cli, call, own))
        case ConnectMxp():
            return replace(route, username=_text(route.username, _values(call, own)))
        case ConnectConf():
            values = {name: value.removeprefix("+") for name, value in _values(call, own).items()}
            return replace(route, conference_id=_text(route.conference_id, values)[:64])
        case _:
            return route


def _as_dialled(route: AsDialled, call: CallFacts, own: str) -> Route:
    if call.to_type == USERNAME:
        return ConnectMxp(call.to)
    if call.to_type == CONFERENCE:
        return ConnectConf(call.to)
    if call.to_type == SIP:
        return ConnectSip(
            call.to.removeprefix("sip:"), _cli_by_sip(route.cli, call, own), max_duration=route.max_duration,
            suppress_callbacks=route.suppress_callbacks,
        )  # fmt: skip
    if not _can_be_dialled(call.dialled, call):
        return Hangup()
    return ConnectPstn(
        call.dialled, _cli_by_phone(route.cli, call, own), route.max_duration,
        suppress_callbacks=route.suppress_callbacks,
    )  # fmt: skip


def _can_be_dialled(number: str, call: CallFacts) -> bool:
    """Whether Sinch can dial this: never a number as a caller typed it, without its country code.

    A callout, whose ends are not known yet, is connected already.
    """
    return E164.fullmatch(number) is not None or call.direction == "callout"


def _number(text: str, call: CallFacts, own: str) -> str:
    cli = f"+{call.cli_digits}" if call.cli_digits else ""
    return {"{to}": call.dialled, "{cli}": cli, "{number}": own}.get(text, text)


def _cli_by_phone(text: str, call: CallFacts, own: str) -> str:
    """The caller that a phone shows: a number, "private" for one who withholds it, "" (left out) for a named user.

    Without a cli Sinch shows what the user's client has set.
    """
    if text == "{cli}" and call.is_private:
        return PRIVATE
    if text == "{to}" and call.to_type != NUMBER:
        return ""
    number = _number(text, call, own)
    return number if E164.fullmatch(number) else ""


def _cli_by_sip(text: str, call: CallFacts, own: str) -> str:
    """The caller that a SIP end shows: a name will do where there is no number."""
    return _cli_by_phone(text, call, own) or _values(call, own).get(text, text)


def _values(call: CallFacts, own: str) -> Mapping[str, str]:
    """Each end as it is: a number in E.164, an app user by name."""
    caller = call.user or (PRIVATE if call.is_private else f"+{call.cli_digits}" if call.cli_digits else call.cli)
    return {"{to}": call.dialled, "{cli}": caller, "{number}": own, "{call_id}": call.call_id}


def _text(template: str, values: Mapping[str, str]) -> str:
    """In one pass: what a caller calls themselves may look like a placeholder."""
    return PLACEHOLDER.sub(lambda found: values[found[0]], template) if "{" in template else template
