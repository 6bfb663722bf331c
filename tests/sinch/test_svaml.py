"""SVAML: what is allowed where, exactly one action, the connectMxp rule, limits, masks, reading."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import svaml
from recordings_site.sinch.errors import SvamlError
from recordings_site.sinch.svaml import RecordingOptions

S3 = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:eu-central-1"
OPTIONS = RecordingOptions("s3://bucket/a/b.mp3", S3, transcription=True, locale="sv-SE")

ACTIONS = {
    "hangup": svaml.hangup(),
    "continue": svaml.continue_(),
    "connectPstn": svaml.connect_pstn("+46700000000", cli="+46700000001"),
    "connectMxp": svaml.connect_mxp("alice"),
    "connectConf": svaml.connect_conf("room"),
    "connectSip": svaml.connect_sip("bob@example.org"),
    "runMenu": svaml.run_menu([svaml.menu("main", main_prompt="#tts[Press 1]", options=[("1", "return(sales)")])]),
    "park": svaml.park(hold_prompt="#tts[Please wait]"),
}
INSTRUCTIONS = {
    "playFiles": svaml.play_files(["#tts[Hello]"]),
    "say": svaml.say("Hello", locale="en-US"),
    "answer": svaml.answer(),
    "startRecording": svaml.start_recording(OPTIONS),
    "stopRecording": svaml.stop_recording(),
}
# Sinch's table, written out again: a column per event.
ALLOWED = {
    "ice": {"hangup", "connectPstn", "connectMxp", "connectConf", "connectSip", "runMenu", "park", "playFiles", "say",
            "sendDtmf", "setCookie", "answer", "startRecording", "stopRecording"},
    "ace": {"hangup", "continue", "connectConf", "runMenu", "playFiles", "say", "setCookie", "startRecording",
            "stopRecording"},
    "pie": {"hangup", "continue", "connectPstn", "connectConf", "connectSip", "runMenu", "playFiles", "say", "sendDtmf",
            "setCookie", "startRecording", "stopRecording"},
    "manage": {"hangup", "continue", "park", "playFiles", "say", "sendDtmf", "setCookie", "answer", "startRecording",
               "stopRecording"},
}  # fmt: skip


def paths(document, event="ice"):
    return [problem.path for problem in svaml.problems(document, event)]


@pytest.mark.parametrize("event", ALLOWED)
@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_allowed_where_sinch_allows_them(event, name):
    assert paths(svaml.document(ACTIONS[name]), event) == ([] if name in ALLOWED[event] else ["action.name"])


@pytest.mark.parametrize("event", ALLOWED)
@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_instructions_are_allowed_where_sinch_allows_them(event, name):
    found = paths(svaml.document(svaml.hangup(), [INSTRUCTIONS[name]]), event)
    assert found == ([] if name in ALLOWED[event] else ["instructions[0].name"])


@pytest.mark.parametrize("document", [None, [], "x", {}, {"instructions": []}, {"action": []}, {"action": None}])
def test_there_must_be_exactly_one_action(document):
    assert paths(document) in (["action"], [""])


def test_names_compare_in_any_case():
    assert paths({"Action": {"Name": "CONNECTPSTN", "number": "+46700000000"}}) == []
    assert paths({"action": {"name": "Continue"}, "instructions": [{"name": "StopRecording"}]}, "ace") == []


def test_recording_instructions_do_not_go_with_connect_mxp_but_the_flag_does():
    for instruction in (svaml.start_recording(OPTIONS), svaml.stop_recording()):
        found = svaml.problems(svaml.document(svaml.connect_mxp("alice"), [instruction]), "ice")
        assert [problem.path for problem in found] == ["instructions[0].name"]
        assert "flag" in found[0].message
    assert paths(svaml.document(svaml.recorded(svaml.connect_mxp("alice"), OPTIONS))) == []


@pytest.mark.parametrize("name", ACTIONS)
def test_the_record_flag_stands_only_where_sinch_shows_it(name):
    event = "ace" if name == "continue" else "ice"
    flagged = svaml.document(svaml.recorded(ACTIONS[name], OPTIONS))
    allowed = name in {"continue", "connectPstn", "connectMxp", "connectConf"}
    assert paths(flagged, event) == ([] if allowed else ["action.record"])


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"action": {"name": "fly"}}, "action.name"),
        ({"action": {}}, "action.name"),
        ({"action": {"name": "hangup"}, "instructions": {}}, "instructions"),
        ({"action": {"name": "hangup"}, "instructions": ["say"]}, "instructions[0]"),
        ({"action": {"name": "hangup"}, "instructions": [{"name": "sing"}]}, "instructions[0].name"),
        ({"action": {"name": "hangup"}, "instructions": [svaml.say("x" * 601)]}, "instructions[0].text"),
        ({"action": {"name": "hangup"}, "instructions": [{"name": "playFiles"}]}, "instructions[0].ids"),
        ({"action": {"name": "hangup"}, "instructions": [{"name": "startRecording"}]}, "instructions[0].options"),
        ({"action": {"name": "connectConf"}}, "action.conferenceId"),
        ({"action": svaml.connect_conf("x" * 65)}, "action.conferenceId"),
        ({"action": svaml.connect_conf("x", moh="jazz")}, "action.moh"),
        (
            {"action": svaml.connect_conf("x", conference_dtmf_options={"mode": "sing"})},
            "action.conferenceDtmfOptions.mode",
        ),
        ({"action": {"name": "connectMxp"}}, "action.destination"),
        ({"action": {"name": "connectMxp", "destination": {"type": "x", "endpoint": "a"}}}, "action.destination.type"),
        ({"action": {"name": "connectSip", "destination": "a@b"}}, "action.destination"),
        ({"action": {"name": "connectPstn", "number": 46700000000}}, "action.number"),
        ({"action": svaml.connect_pstn("+467", max_duration=14401)}, "action.maxDuration"),
        ({"action": {"name": "connectPstn", "number": "+467", "maxDuration": 0}}, "action.maxDuration"),
        ({"action": {"name": "runMenu", "menus": "main"}}, "action.menus"),
        ({"action": {"name": "runMenu", "menus": [{}]}}, "action.menus[0].id"),
        ({"action": {"name": "runMenu", "menus": ["main"]}}, "action.menus[0]"),
        ({"action": {"name": "runMenu", "menus": [{"id": "a", "options": [{}]}]}}, "action.menus[0].options[0]"),
        ({"action": {"name": "connectPstn", "record": True}}, "action.recordingOptions"),
        ({"action": {"name": "connectPstn", "record": "yes"}}, "action.record"),
        ({"action": {"name": "connectPstn", "recordingOptions": OPTIONS.as_dict()}}, "action.record"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_its_path(document, path):
    assert paths(document) == [path]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"destinationUrl": None}, "destinationUrl"),
        ({"destinationUrl": None, "destination": "s3://b/x"}, "destinationUrl"),
        ({"destinationUrl": "sdrive://x"}, "destinationUrl"),
        ({"credentials": None}, "credentials"),
        ({"credentials": "a:b"}, "credentials"),
        ({"format": "ogg"}, "format"),
        ({"notificationEvents": "yes"}, "notificationEvents"),
        ({"transcriptionOptions": True}, "transcriptionOptions"),
        ({"transcriptionOptions": {"enabled": True}}, "transcriptionOptions.locale"),
    ],
)
def test_recording_options_are_checked_in_both_places(change, path):
    options = {key: value for key, value in (OPTIONS.as_dict() | change).items() if value is not None}
    flagged = {"action": {"name": "connectConf", "conferenceId": "x", "record": True, "recordingOptions": options}}
    assert paths(flagged) == [f"action.recordingOptions.{path}"]
    instructed = {"action": svaml.hangup(), "instructions": [{"name": "startRecording", "options": options}]}
    assert paths(instructed) == [f"instructions[0].options.{path}"]


def test_a_limit_is_reached_without_being_passed():
    assert paths(svaml.document(svaml.connect_conf("x" * 64), [svaml.say("x" * 600)])) == []
    assert paths(svaml.document(svaml.connect_pstn("+467", max_duration=14400))) == []


def test_builders_leave_out_what_was_not_given_and_keep_false():
    assert svaml.connect_pstn("+467") == {"name": "connectPstn", "number": "+467"}
    assert svaml.connect_pstn("+467", suppress_callbacks=False)["suppressCallbacks"] is False
    assert svaml.connect_sip("a@b", call_headers=[("X-A", "b")])["callHeaders"] == [{"key": "X-A", "value": "b"}]
    assert svaml.menu("m", repeats=0)["repeats"] == 0
    assert svaml.document(svaml.hangup()) == {"action": {"name": "hangup"}}


def test_options_survive_writing_and_reading():
    assert RecordingOptions.from_dict(OPTIONS.as_dict()) == OPTIONS
    plain = RecordingOptions("gs://b/", "a:b", format="wav", notification_events=False)
    assert RecordingOptions.from_dict(plain.as_dict()) == plain
    assert "transcriptionOptions" not in plain.as_dict()
    assert RecordingOptions.from_dict({}) == RecordingOptions("", "")
    assert "wJalr" not in repr(OPTIONS)


def test_recordings_asked_for_are_read_from_both_places():
    document = svaml.document(
        svaml.recorded(svaml.connect_conf("room"), OPTIONS), [svaml.say("a"), svaml.start_recording(OPTIONS)]
    )
    assert svaml.recording_requests(document) == [
        svaml.RecordingRequest("instruction", False, OPTIONS),
        svaml.RecordingRequest("flag", True, OPTIONS),
    ]
    sinchs_own_case = {"action": {"name": "Continue", "Record": "true", "recordingoptions": OPTIONS.as_dict()}}
    assert svaml.recording_requests(sinchs_own_case) == [svaml.RecordingRequest("flag", False, OPTIONS)]
    off = {"action": {"name": "continue", "record": False, "recordingOptions": OPTIONS.as_dict()}}
    assert svaml.recording_requests(off) == []
    assert svaml.recording_requests({"action": "x", "instructions": [1, {"name": 3}]}) == []


def test_manage_call_bodies_are_valid_svaml():
    assert svaml.manage("stop") == {"instructions": [{"name": "stopRecording"}], "action": {"name": "continue"}}
    assert paths(svaml.manage("stop"), "manage") == []
    assert paths(svaml.manage("start", OPTIONS), "manage") == []
    with pytest.raises(SvamlError):
        svaml.manage("start")


def test_masking_hides_credentials_everywhere_and_changes_nothing_else():
    document = svaml.document(svaml.recorded(svaml.connect_conf("room"), OPTIONS), [svaml.start_recording(OPTIONS)])
    document["odd"] = [{"Credentials": 7}]
    before = copy.deepcopy(document)
    shown = svaml.masked(document)
    assert document == before
    assert "wJalr" not in json.dumps(shown)
    assert "AKIAIOSFODNN7" not in json.dumps(shown)
    assert shown["action"]["recordingOptions"]["credentials"] == "••••MPLE:••••:eu-central-1"
    assert shown["odd"] == [{"Credentials": "••••"}]
    assert shown["action"]["recordingOptions"]["destinationUrl"] == OPTIONS.destination_url


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["say", "connectConf"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["name", "action", "instructions", "record", "recordingOptions", "options", "credentials",
                         "menus", "id", "destination", "transcriptionOptions", "destinationUrl", "format", "moh"]),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON, st.sampled_from(["ice", "ace", "pie", "manage"]))
def test_any_json_is_checked_read_and_masked_without_an_exception(value, event):
    svaml.problems(value, event)
    if isinstance(value, dict):
        svaml.recording_requests(value)
        svaml.masked(value)
