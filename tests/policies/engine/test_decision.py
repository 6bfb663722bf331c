"""Which rule wins, what it says in words, and how a call is then recorded."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from recordings_site.destinations.key_template import FIELDS
from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import Answer, CallFacts, PlannedRecording
from recordings_site.policies.engine.call_facts import draw
from recordings_site.policies.engine.explain import sentences
from recordings_site.sinch import svaml
from tests.policies.generated import KEY, OWN, SECRET, in_force

RECORDING = UUID("6f1c1d5e-6f2b-4a55-9a38-0c1a54f6d3a1")
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # a Monday, 12:00 in Stockholm
CALL = CallFacts("call-1", "inbound", "46701234567", f"+{OWN}", OWN, NOON, KEY)
PHONE = {"action": "connectPstn", "number": "+46771000000"}


def ice(data: dict[str, Any], call: CallFacts = CALL, **options: Any) -> Answer:
    """The answer to this call's ICE under this document."""
    document = {"time_zone": "Europe/Stockholm", "how": {"destination": 1}, "route": PHONE, **data}
    return answer.answer_ice(call, in_force(document), application_key=KEY, recording_id=RECORDING, **options)


def requests(given: Answer) -> list[svaml.RecordingRequest]:
    """The recordings that the answer asks for."""
    return svaml.recording_requests(given.svaml)


def test_the_first_rule_that_matches_wins_and_is_named() -> None:
    rules = [
        {"record": False, "when": {"callers": ["+4670*"]}},
        {"record": True},
    ]
    given = ice({"rules": rules})
    assert (given.decision.rule, given.decision.reason) == (1, "rule_excludes")
    assert sentences.clause(given.decision.grounds) == "rule 1 of “Support EU” v7 excludes calls from +4670*"
    assert given.svaml == {"action": {"name": "connectPstn", "number": "+46771000000", "cli": "+46701234567"}}
    other = ice({"rules": rules}, replace(CALL, cli="+4915112345678"))
    assert sentences.decision(other.decision.grounds) == "Recorded: rule 2 of “Support EU” v7 records all calls."
    assert other.recordings[0].key == f"sinch/2026-03-02/{OWN}/call-1-{RECORDING}.mp3"
    assert requests(other)[0].options.credentials.endswith(f"{SECRET}:eu-central-1")


IN_A_KEY = {
    "date": "2026-03-02",
    "time": "110000",
    "number": OWN,
    "caller": "46701234567",
    "call_id": "call-1",
    "conference_id": "-",
    "recording": str(RECORDING),
    "format": "mp3",
    "direction": "inbound",
}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_that_a_template_may_hold_is_filled_in(name: str) -> None:
    how = {"destination": 1, "key_template": f"{{{name}}}/{{recording}}.{{format}}"}
    given = ice({"otherwise_record": True, "how": how})
    assert given.recordings[0].key == f"sinch/{IN_A_KEY[name]}/{RECORDING}.mp3"


def test_a_key_tells_the_conference_and_that_a_caller_withheld_the_number() -> None:
    how = {"destination": 1, "key_template": "{conference_id}/{caller}/{recording}.{format}"}
    room = {"otherwise_record": True, "how": how, "route": {"action": "connectConf", "conference_id": "team-room"}}
    given = ice(room, replace(CALL, cli="anonymous"))
    assert given.recordings[0].key == f"sinch/team-room/none/{RECORDING}.mp3"


OUTBOUND = replace(CALL, direction="outbound", cli=f"+{OWN}", to="46733000001")


def test_a_call_that_an_app_user_places_goes_where_it_was_dialled_and_is_recorded_by_the_same_rules() -> None:
    given = ice({"otherwise_record": True}, OUTBOUND)
    assert given.svaml["action"]["number"] == "+46733000001"
    assert given.svaml["action"]["cli"] == f"+{OWN}"
    assert requests(given)
    menu = {"action": "runMenu", "prompt": "Press one.", "options": [{"dtmf": "1", "route": PHONE}], "default": PHONE}
    assert ice({"otherwise_record": True, "route": menu}, OUTBOUND).svaml["action"]["name"] == "connectPstn"


@pytest.mark.parametrize(
    ("data", "call"),
    [({"outbound": "route"}, OUTBOUND), ({}, replace(OUTBOUND, to="room-7"))],
    ids=["as the policy says", "what was dialled is no number"],
)
def test_an_outbound_call_takes_the_route_as_well(data: dict[str, Any], call: CallFacts) -> None:
    assert ice(data, call).svaml["action"]["number"] == "+46771000000"


def test_a_policy_that_hangs_up_on_callers_still_records_what_app_users_dial() -> None:
    hangup = {"otherwise_record": True, "route": {"action": "hangup"}}
    assert not ice(hangup).decision.record
    assert requests(ice(hangup, OUTBOUND))


def test_hours_past_midnight_are_told_as_outside_the_day() -> None:
    rules = [{"record": False, "when": {"start": "18:00", "end": "08:00"}}, {"record": True}]
    assert ice({"rules": rules}).decision.record
    late = ice({"rules": rules}, replace(CALL, at=NOON.replace(hour=18)))
    assert sentences.decision(late.decision.grounds) == (
        "Not recorded: rule 1 of “Support EU” v7 excludes calls outside 08:00-18:00 Europe/Stockholm."
    )


@pytest.mark.parametrize(
    ("when", "at", "matches"),
    [
        ({"weekdays": [1]}, "2026-03-02T22:59", True),
        ({"weekdays": [1]}, "2026-03-02T23:00", False),  # Tuesday in Stockholm
        ({"weekdays": [1], "start": "22:00", "end": "06:00"}, "2026-03-03T04:30", True),  # the night that began Monday
        ({"weekdays": [1], "start": "22:00", "end": "06:00"}, "2026-03-02T04:30", False),
        ({"start": "08:00", "end": "18:00"}, "2026-03-02T17:00", False),  # 18:00 is no longer inside
        ({"start": "08:00", "end": "18:00"}, "2026-07-02T06:00", True),  # summer time
        ({"holidays": "only"}, "2026-12-24T12:00", True),
        ({"holidays": "only"}, "2027-12-24T12:00", False),
        ({"holidays": "only"}, "2027-12-25T12:00", True),  # each year
        ({"holidays": "except"}, "2026-12-24T12:00", False),
    ],
)
def test_times_are_meant_in_the_policys_time_zone(when: dict[str, Any], at: str, matches: bool) -> None:
    call = replace(CALL, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    given = ice({"rules": [{"record": True, "when": when}], "holidays": ["2026-12-24", "12-25"]}, call)
    assert given.decision.record is matches


@pytest.mark.parametrize(
    ("masks", "cli", "matches"),
    [
        (["+4670*"], "46701234567", True),
        (["4670*"], "+46701234567", True),
        (["+4670*"], "alice", False),
        (["private"], "anonymous", True),
        (["private"], "", True),
        (["private"], "+46701234567", False),
        (["alice*"], "Alice@example.com", True),
        (["*567"], "+46701234567", True),
        (["a[b]?"], "ab", False),
    ],
)
def test_callers_match_by_their_digits_or_letters(masks: list[str], cli: str, matches: bool) -> None:
    given = ice({"rules": [{"record": True, "when": {"callers": masks}}]}, replace(CALL, cli=cli))
    assert given.decision.record is matches


def test_sampling_draws_once_per_call_and_says_the_draw() -> None:
    rules = [{"record": True, "percent": 25}]
    calls = [replace(CALL, call_id=f"call-{n}") for n in range(4000)]
    given = [ice({"rules": rules}, call) for call in calls]
    assert 900 < sum(one.decision.record for one in given) < 1100
    out = next(one for one in given if not one.decision.record)
    assert out.decision.draw == draw(out.decision.call.call_id)
    assert out.decision.reason == "sampled_out"
    assert sentences.decision(out.decision.grounds) == (
        "Not recorded: rule 1 of “Support EU” v7 records 25% of all calls (this call was not selected)."
    )


@pytest.mark.parametrize(
    ("route", "how", "origin", "conference", "starts"),
    [
        (PHONE, {}, "flag", False, "ice"),
        (PHONE, {"method": "instruction"}, "instruction", False, "ice"),
        (PHONE, {"start": "answer"}, "flag", False, "ace"),
        ({**PHONE, "suppress_callbacks": True}, {"start": "answer"}, "flag", False, "ice"),
        ({"action": "connectMxp", "username": "alice"}, {"method": "instruction"}, "flag", False, "ice"),
        ({"action": "connectMxp", "username": "alice"}, {"start": "answer"}, "flag", False, "ice"),
        ({"action": "connectSip", "endpoint": "a@b.example"}, {"method": "flag"}, "instruction", False, "ice"),
        ({"action": "connectConf", "conference_id": "room"}, {}, "flag", True, "ice"),
        ({"action": "connectConf", "conference_id": "room"}, {"method": "instruction"}, "instruction", False, "ice"),
        ({"action": "park"}, {}, "instruction", False, "ice"),
    ],
)
def test_recording_starts_by_the_means_that_works(
    route: dict[str, Any], how: dict[str, Any], origin: str, conference: bool, starts: str
) -> None:
    given = ice({"otherwise_record": True, "route": route, "how": {"destination": 1, **how}})
    (plan,) = given.recordings
    assert (plan.origin, bool(plan.conference_id), plan.starts) == (origin, conference, starts)
    later = answer.answer_ace(given.decision, in_force({"route": PHONE}))
    asked = requests(later) if starts == "ace" else requests(given)
    assert [(request.origin, request.conference) for request in asked] == [(origin, conference)]
    assert (requests(given), requests(later))[starts == "ice"] == []


def test_a_menu_is_recorded_from_its_start_and_answered_from_the_stored_decision() -> None:
    route = {
        "action": "runMenu",
        "prompt": "Press 1 for support",
        "options": [{"dtmf": "1", "route": {**PHONE, "cli": "{number}"}}],
        "default": {"action": "hangup"},
    }
    given = ice({"otherwise_record": True, "route": route})
    assert given.recordings[0].origin == "instruction"
    empty = in_force({"route": PHONE})
    chosen = answer.answer_pie(given.decision, "1", empty)
    assert chosen.svaml == {"action": {"name": "connectPstn", "number": "+46771000000", "cli": f"+{OWN}"}}
    assert answer.answer_pie(given.decision, "7", empty).svaml == {"action": {"name": "hangup"}}


def test_who_joins_a_conference_gets_the_openers_url_and_no_job() -> None:
    data = {"otherwise_record": True, "route": {"action": "connectConf", "conference_id": "room"}}
    opener = ice(data).recordings[0]
    joined = ice(data, replace(CALL, call_id="call-2"), joining=opener)
    assert requests(joined)[0].options.destination_url == opener.destination_url
    assert joined.recordings[0].joined
    assert joined.recordings[0].recording_id == opener.recording_id


@pytest.mark.parametrize(
    ("choice", "action", "says"),
    [("connect", "connectPstn", False), ("notice", "connectPstn", True), ("refuse", "hangup", True)],
)
def test_when_recording_is_impossible_the_policy_says_what_happens(choice: str, action: str, says: bool) -> None:
    how = {"destination": 4, "if_impossible": choice, "notice": "This call cannot be recorded."}
    given = ice({"otherwise_record": True, "how": how})
    assert given.decision.reason == "credentials_unusable"
    assert given.svaml["action"]["name"] == action
    assert ("instructions" in given.svaml) is says
    assert given.recordings == ()


def test_a_stale_callback_gets_the_same_action_without_credentials() -> None:
    data = {"otherwise_record": True, "how": {"destination": 1, "if_impossible": "refuse"}}
    given = ice(data, may_record=False, refusal="stale_clock")
    assert given.svaml == {"action": {"name": "connectPstn", "number": "+46771000000", "cli": "+46701234567"}}
    assert given.decision.reason == "stale_clock"


def test_without_a_policy_the_default_route_answers() -> None:
    for call, reason in (
        (replace(CALL, to="+4699", number_digits="4699"), "unknown_number"),
        (replace(CALL, to="bob", number_digits=""), "not_a_number"),
    ):
        given = ice({"otherwise_record": True}, call)
        assert given.decision.reason == reason
        assert given.svaml["action"]["number"] == "+46771000000"


def test_a_withheld_caller_stays_withheld() -> None:
    assert ice({}, replace(CALL, cli="")).svaml["action"]["cli"] == "private"


def test_an_ace_of_an_unknown_call_goes_on_unrecorded() -> None:
    given = answer.answer_ace(None, in_force({"route": PHONE}))
    assert given.svaml == {"action": {"name": "continue"}}
    assert given.decision.reason == "ace_without_ice"


def test_a_callout_is_recorded_from_its_ace() -> None:
    snapshot = in_force({"otherwise_record": True, "how": {"destination": 1}, "route": PHONE})
    call = CallFacts("call-9", "callout", "", "", "", NOON, KEY)
    given = answer.answer_callout(call, 1, snapshot, recording_id=RECORDING)
    assert [request.origin for request in requests(given)] == ["flag"]
    assert given.recordings == (given.decision.plan,)


def test_a_planned_recording_survives_its_json() -> None:
    plan = ice({"otherwise_record": True}).recordings[0]
    assert PlannedRecording.from_dict(plan.to_dict()) == plan
