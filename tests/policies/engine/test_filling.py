"""Where a call goes by what was dialled, and what stands for its ends in a route."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from recordings_site.policies.engine import answer
from recordings_site.policies.engine.call_facts import CallFacts, call_facts, kept_facts
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.schema.document import parse, parse_default_route
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.sinch import events, svaml
from recordings_site.sinch.events import Ice
from tests.policies.engine.test_decision import CALL, OUTBOUND, RECORDING, ice, requests
from tests.policies.generated import KEY, OWN, in_force

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
AS_DIALLED = {"action": "asDialled"}
TO_NUMBER = {"action": "connectPstn", "number": "{to}"}


def facts(to: object, **fields: Any) -> CallFacts:
    """The facts of an app user's ICE."""
    body = {"event": "ice", "callid": "c", "originationType": "MXP", "domain": "mxp", "to": to, **fields}
    event = events.parse(json.dumps(body).encode())
    assert isinstance(event, Ice)
    return call_facts(event, received_at=NOON, application_key=KEY)


def action(call: CallFacts, route: dict[str, Any]) -> dict[str, Any]:
    """The action with which the application's default route answers."""
    return answer.connect_only(call, parse_default_route(route))["action"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("route", [AS_DIALLED, TO_NUMBER], ids=["as dialled", "the number {to}"])
@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        (
            {"type": "username", "endpoint": "10023"},
            {"name": "connectMxp", "destination": {"type": "username", "endpoint": "10023"}},
        ),
        ({"type": "Conference", "endpoint": "4711"}, {"name": "connectConf", "conferenceId": "4711"}),
        (
            {"type": "sip", "endpoint": "sip:4711@pbx.example.com"},
            {"name": "connectSip", "destination": {"type": "sip", "endpoint": "4711@pbx.example.com"}, "cli": "alice"},
        ),
        ({"type": "number", "endpoint": "46812345678"}, {"name": "connectPstn", "number": "+46812345678"}),
        ({"type": "did", "endpoint": "+46812345678"}, {"name": "connectPstn", "number": "+46812345678"}),
        ("46812345678", {"name": "connectPstn", "number": "+46812345678"}),
    ],
    ids=["user", "conference", "sip", "number", "did", "no type"],
)
def test_a_call_goes_where_it_was_dialled_by_type(route: dict[str, Any], to: object, wanted: dict[str, Any]) -> None:
    assert action(facts(to, user="alice"), route) == wanted
    assert action(facts(to, userId="alice", cli="private"), route) == wanted


def test_a_phone_shows_the_number_of_a_named_user_and_else_what_the_client_has_set() -> None:
    to = {"type": "number", "endpoint": "+46812345678"}
    assert action(facts(to, user="alice", cli=f"+{OWN}"), AS_DIALLED)["cli"] == f"+{OWN}"
    assert "cli" not in action(facts(to, user="46701234567"), AS_DIALLED)
    assert action(facts(to, cli="private"), AS_DIALLED)["cli"] == "private"


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        ({"action": "connectMxp", "username": "{to}"}, {"type": "username", "endpoint": "10023"}),
        ({"action": "connectMxp", "username": "desk-{cli}"}, {"type": "username", "endpoint": "desk-{to}"}),
        (
            {"action": "connectSip", "endpoint": "{to}@pbx.example.com"},
            {"type": "sip", "endpoint": "10023@pbx.example.com"},
        ),
    ],
)
def test_placeholders_are_filled_in_wherever_they_may_stand(route: dict[str, Any], wanted: dict[str, str]) -> None:
    # A user who is called like a placeholder stays one name.
    call = facts({"type": "username", "endpoint": "10023"}, user="{to}")
    assert action(call, route)["destination"] == wanted


def test_a_conference_id_is_filled_in_one_pass() -> None:
    call = replace(facts({"type": "did", "endpoint": "+46812345678"}, user="{call_id}"), call_id="c-1")
    room = {"action": "connectConf", "conference_id": "{to}.{cli}.{call_id}"}
    assert action(call, room)["conferenceId"] == "46812345678.{call_id}.c-1"


@pytest.mark.parametrize("text", ["{from}", "room-{number", "{}"])
def test_other_braces_are_refused_for_they_would_go_out_as_they_stand(text: str) -> None:
    for name in ("connectMxp", "connectConf"):
        field = {"connectMxp": "username", "connectConf": "conference_id"}[name]
        with pytest.raises(DocumentError, match="no other braces"):
            parse({"route": {"action": name, field: text}})


@pytest.mark.parametrize(
    ("mask", "matches"),
    [("alice", True), ("ALI*", True), ("private", False), ("*", True), (f"+{OWN}", True), ("bob", False)],
)
def test_an_app_user_is_matched_by_name_and_by_the_number_that_is_shown(mask: str, matches: bool) -> None:
    rules = [{"record": True, "when": {"callers": [mask]}}]
    assert ice({"rules": rules}, replace(OUTBOUND, user="Alice")).decision.record is matches


@pytest.mark.parametrize(("mask", "matches"), [("+46701234567", False), ("+4670*", False), ("46701234567", True)])
def test_a_user_whose_name_has_digits_alone_is_no_phone_number(mask: str, matches: bool) -> None:
    rules = [{"record": True, "when": {"callers": [mask]}}]
    call = replace(CALL, direction="outbound", cli="private", user="46701234567")
    assert ice({"rules": rules}, call).decision.record is matches


def test_a_called_conference_is_no_called_number() -> None:
    rules = [{"record": True, "when": {"numbers": ["+46711*"]}}]
    assert not ice({"rules": rules}, replace(OUTBOUND, to="46711000000", to_type="conference")).decision.record
    assert ice({"rules": rules}, replace(OUTBOUND, to="46711000000")).decision.record


def test_a_call_from_outside_to_an_app_user_is_not_one_to_our_number_of_the_same_digits() -> None:
    call = facts({"type": "username", "endpoint": OWN}, originationType="PSTN", cli="46701234567")
    assert (call.direction, call.number_digits) == ("inbound", "")
    assert call.caller == "46701234567"


def test_who_an_app_user_dials_by_name_is_recorded_by_the_flag() -> None:
    given = ice({"otherwise_record": True}, replace(OUTBOUND, to="bob", to_type="username", user="alice"))
    assert given.svaml["action"]["name"] == "connectMxp"
    assert [(one.origin, one.conference) for one in requests(given)] == [("flag", False)]


def test_a_route_that_leads_nowhere_for_this_call_ends_it_in_an_answer_that_sinch_understands() -> None:
    snapshot = in_force({"route": TO_NUMBER})
    key = snapshot.applications[KEY]
    nowhere = replace(key, default_route=parse_default_route({"action": "connectConf", "conference_id": "{number}"}))
    call = replace(CALL, to="bob", to_type="username", number_digits="")
    held = replace(snapshot, applications={KEY: nowhere})
    given = answer.answer_ice(call, held, application_key=KEY, recording_id=RECORDING)
    assert given.svaml == {"action": {"name": "hangup"}}


def test_facts_that_were_kept_are_those_of_the_ice() -> None:
    call = facts({"type": "username", "endpoint": "10023"}, user="alice", cli=f"+{OWN}")
    kept = kept_facts(
        call_id="c", direction="outbound", caller=(call.caller, call.caller_type), called=(call.to, call.to_type),
        own=OWN, at=call.at, application_key=KEY,
    )  # fmt: skip
    assert replace(kept, cli=call.cli) == call
    assert CallFacts.from_dict(json.loads(json.dumps(call.to_dict()))) == call


@pytest.mark.parametrize("route", [AS_DIALLED, TO_NUMBER], ids=["as dialled", "the number {to}"])
@pytest.mark.parametrize("dialled", ["070-123 45 67", "0701234567", "112"])
def test_a_national_number_that_an_app_user_dials_is_never_dialled_as_it_stands(
    route: dict[str, Any], dialled: str
) -> None:
    call = facts({"type": "number", "endpoint": dialled}, user="alice")
    assert action(call, route) == {"name": "hangup"}
    given = ice({"otherwise_record": True}, replace(call, number_digits=OWN))
    assert given.decision.reason == "undialable"
    assert f"“{dialled}” was dialed" in sentences.decision(given.decision.grounds)


def test_who_dials_such_a_number_is_connected_by_the_default_route_or_hears_what_to_do() -> None:
    call = replace(facts({"type": "number", "endpoint": "0701234567"}, user="alice"), number_digits=OWN)
    policy = {"route": AS_DIALLED, "otherwise_record": True, "how": {"destination": 1}}
    known = in_force(policy)
    for default, action_name, said in (
        ({"action": "connectPstn", "number": "+46812345678"}, "connectPstn", []),
        ({"action": "connectPstn", "number": "{to}"}, "hangup", [answer.UNDIALABLE]),
    ):
        key = replace(known.applications[KEY], default_route=parse_default_route(default))
        held = replace(known, applications={KEY: key})
        given = answer.answer_ice(call, held, application_key=KEY, recording_id=RECORDING)
        assert (given.svaml["action"]["name"], given.recordings) == (action_name, ())
        assert [item["text"] for item in given.svaml.get("instructions", [])] == said
        assert svaml.problems(given.svaml, "ice") == []
        assert ("took the default route" in sentences.decision(given.decision.grounds)) == (not said)


@pytest.mark.parametrize(
    ("cli", "dialled"), [("+46812345678", "+46701234567"), ("4930123456", "+49701234567"), ("private", "0701234567")]
)
def test_without_a_country_it_is_read_as_one_of_the_number_that_is_called_from(cli: str, dialled: str) -> None:
    call = facts({"type": "number", "endpoint": "0701234567"}, user="alice", cli=cli)
    assert call.to == dialled


def test_it_is_read_as_one_of_the_applications_country() -> None:
    body = {"event": "ice", "callid": "c", "originationType": "MXP", "cli": "08-123 456 78", "user": "alice"}
    event = events.parse(json.dumps({**body, "to": {"type": "number", "endpoint": "070-123 45 67"}}).encode())
    assert isinstance(event, Ice)
    call = call_facts(event, received_at=NOON, application_key=KEY, country="SE")
    assert action(call, AS_DIALLED) == {"name": "connectPstn", "number": "+46701234567", "cli": "+46812345678"}
    assert call.number_digits == "46812345678"


def test_a_caller_of_no_number_is_left_out_and_not_shown_as_one() -> None:
    assert "cli" not in ice({}, replace(CALL, cli="0701234567")).svaml["action"]
    assert "cli" not in ice({}, replace(CALL, cli="alice@example.com")).svaml["action"]
    called_back = {"route": {"action": "connectPstn", "number": "{cli}"}}
    assert ice(called_back, replace(CALL, cli="private")).svaml["action"] == {"name": "hangup"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("08-70011", "no country code"),
        ("0870011", "no country code"),
        ("46812345678.0", "decimal point"),
        ("4.68E10", "exponent"),
        ("112", "too short"),
        ("+46 (0)70 123 45 67", "isn’t a phone number"),
        ("reception", "isn’t a phone number"),
    ],
)
def test_no_route_takes_what_cannot_be_dialled(text: str, words: str) -> None:
    menu = {
        "action": "runMenu",
        "prompt": "1",
        "options": [{"dtmf": "1", "route": {"action": "connectPstn", "number": text}}],
    }
    for route in ({"action": "connectPstn", "number": text}, {"action": "asDialled", "cli": text}, menu):
        with pytest.raises(DocumentError, match=words):
            parse({"route": route})
        with pytest.raises(DocumentError, match=words):
            parse_default_route(route)


@pytest.mark.parametrize("mask", ["070*", "46812345678.0", "4.68E10", "+46x"])
def test_no_rule_takes_a_number_that_no_call_has(mask: str) -> None:
    with pytest.raises(DocumentError, match="must be a number or a pattern with its country code"):
        parse({"route": AS_DIALLED, "rules": [{"when": {"numbers": [mask]}}]})
    if mask != "070*":  # an extension, or a name
        with pytest.raises(DocumentError, match="an app user’s name"):
            parse({"route": AS_DIALLED, "rules": [{"when": {"callers": [mask]}}]})


def test_an_answered_call_may_enter_a_conference_and_is_itself_recorded() -> None:
    data = {"on_answer": "conference", "answer_conference": "room-{number}", "otherwise_record": True}
    given = ice({**data, "how": {"destination": 1, "start": "answer"}})
    later = answer.answer_ace(given.decision, in_force({"route": AS_DIALLED}))
    assert later.svaml["action"] == {"name": "connectConf", "conferenceId": f"room-{OWN}"}
    assert [(one.origin, one.conference) for one in requests(later)] == [("instruction", False)]
    unrecorded = answer.answer_ace(given.decision, in_force({"route": AS_DIALLED}), may_record=False)
    assert unrecorded.svaml == {"action": later.svaml["action"]}
    with pytest.raises(DocumentError, match="Enter the conference"):
        parse({"route": AS_DIALLED, "on_answer": "conference"})
