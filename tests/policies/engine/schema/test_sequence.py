"""A policy says what is recorded: a sequence of say, play, start and stop, and per choice of a menu."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from recordings_site.policies.engine import answer
from recordings_site.policies.engine.answer import Answer
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.decision import DecisionFacts
from recordings_site.policies.engine.explain import descriptions
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.schema.parsing import DocumentError
from recordings_site.policies.engine.timeline import timeline
from recordings_site.sinch import formats, svaml
from tests.policies.engine.test_decision import CALL, OUTBOUND, PHONE, RECORDING, ice, requests
from tests.policies.engine.test_lint import problems
from tests.policies.generated import KEY, in_force

# The page of Sinch's on recordings: "not this part, but this one".
NOT_THIS, BUT_THIS = "I don’t want you to record this part", "This part will be recorded"
SEED = [{"do": "say", "text": NOT_THIS}, {"do": "start"}, {"do": "say", "text": BUT_THIS, "locale": "en-US/female"}]
PARTS = [
    {"do": "start"},
    {"do": "say", "text": "One"},
    {"do": "stop"},
    {"do": "play", "files": ["a.wav"]},
    {"do": "start"},
]
MENU = {
    "action": "runMenu",
    "prompt": "Press 1 to pay by card, 2 for support",
    "options": [
        {"dtmf": "1", "route": {"action": "connectSip", "endpoint": "pay@ivr.example.com"}, "recording": "stop"},
        {"dtmf": "2", "route": PHONE},
        {"dtmf": "3", "route": PHONE, "recording": "start"},
    ],
    "default": PHONE,
}


def given(steps: list[dict[str, Any]], call: CallFacts = CALL, **how: Any) -> Answer:
    """The answer to the ICE of a recorded call with this sequence."""
    route = how.pop("route", PHONE)
    rules = how.pop("rules", [{"record": True}])
    return ice({"rules": rules, "route": route, "how": {"destination": 1, "steps": steps, **how}}, call)


def names(found: Answer) -> list[str]:
    """The instructions, and the action last."""
    return [item["name"] for item in (*found.svaml.get("instructions", []), found.svaml["action"])]


def stored(found: Answer) -> DecisionFacts:
    """The decision as a database gives it back."""
    return DecisionFacts.from_dict(json.loads(json.dumps(found.decision.to_dict())))


def test_the_example_of_sinchs_own_page_comes_out_as_it_is_printed() -> None:
    found = given(SEED)
    assert names(found) == ["say", "startRecording", "say", "connectPstn"]
    said = [item for item in found.svaml["instructions"] if item["name"] == "say"]
    assert said == [
        {"name": "say", "text": NOT_THIS},
        {"name": "say", "text": BUT_THIS, "locale": "en-US/female"},
    ]
    assert len(found.recordings) == 1
    assert svaml.problems(found.svaml, "ice") == []


def test_each_start_is_a_recording_of_its_own() -> None:
    found = given(PARTS)
    assert names(found) == ["startRecording", "say", "stopRecording", "playFiles", "startRecording", "connectPstn"]
    first, second = found.recordings
    assert first.recording_id == RECORDING != second.recording_id
    assert first.key != second.key
    assert [one.options.destination_url for one in requests(found)] == [first.destination_url, second.destination_url]
    assert str(second.recording_id) in second.key
    assert given(PARTS).recordings == found.recordings
    again = answer.answer_again(stored(found), in_force({"route": PHONE}))
    assert again.svaml == found.svaml


def test_what_changes_nothing_is_left_out() -> None:
    steps = [{"do": "stop"}, {"do": "start"}, {"do": "start"}, {"do": "say", "text": "x"}]
    assert names(given(steps)) == ["startRecording", "say", "connectPstn"]


def test_from_answer_the_sequence_is_carried_out_at_the_ace() -> None:
    found = given(PARTS, start="answer")
    assert names(found) == ["connectPstn"]
    assert [one.starts for one in found.recordings] == ["ace", "ace"]
    later = answer.answer_ace(stored(found), in_force({"route": PHONE}))
    assert names(later) == ["startRecording", "say", "stopRecording", "playFiles", "startRecording", "continue"]


def test_beside_connect_mxp_the_flag_records_and_only_words_are_heard() -> None:
    found = given(PARTS, replace(OUTBOUND, to="bob", to_type="username"))
    assert names(found) == ["say", "playFiles", "connectMxp"]
    assert [one.origin for one in requests(found)] == ["flag"]
    assert len(found.recordings) == 1
    assert svaml.problems(found.svaml, "ice") == []


def test_recording_stops_before_a_card_number_is_keyed_in_and_starts_where_a_choice_says_so() -> None:
    found = given([], route=MENU)
    assert names(found) == ["startRecording", "runMenu"]
    decision, empty = stored(found), in_force({"route": PHONE})
    assert names(answer.answer_pie(decision, "1", empty)) == ["stopRecording", "connectSip"]
    assert names(answer.answer_pie(decision, "2", empty)) == ["connectPstn"]
    third = answer.answer_pie(decision, "3", empty)
    assert names(third) == ["startRecording", "connectPstn"]
    [own] = third.recordings
    assert own.recording_id not in {one.recording_id for one in found.recordings}
    assert requests(third)[0].options.destination_url == own.destination_url
    assert names(answer.answer_pie(decision, "3", empty, may_record=False)) == ["connectPstn"]
    # What must not be recorded is not, whatever else is doubted.
    assert names(answer.answer_pie(decision, "1", empty, may_record=False)) == ["stopRecording", "connectSip"]
    unrecorded = decision.unrecorded("fallback")
    assert names(answer.answer_pie(unrecorded, "1", empty)) == ["connectSip"]


def test_a_menu_may_be_unrecorded_until_a_choice() -> None:
    found = given([{"do": "say", "text": "Welcome"}], route=MENU)
    assert names(found) == ["say", "runMenu"]
    assert found.recordings == ()
    assert found.decision.record
    third = answer.answer_pie(stored(found), "3", in_force({"route": PHONE}))
    assert len(third.recordings) == len(requests(third)) == 1


def test_the_announcement_may_differ_per_rule() -> None:
    rules = [
        {"record": True, "when": {"callers": ["+49*"]}, "say": "Dieses Gespräch", "say_locale": "de-DE"},
        {"record": True},
    ]
    german = replace(CALL, cli="+4915112345678")
    spoken = given(SEED, german, rules=rules).svaml["instructions"]
    assert spoken[0] == {"name": "say", "text": "Dieses Gespräch", "locale": "de-DE"}
    assert given(SEED, rules=rules).svaml["instructions"][0]["text"] == NOT_THIS
    plain = {"announcement": {"kind": "say", "text": "This call", "locale": "en-US"}}
    assert given([], german, rules=rules, **plain).svaml["instructions"][0]["locale"] == "de-DE"
    assert given([], rules=rules, **plain).svaml["instructions"][0]["text"] == "This call"


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"do": "say", "text": "x"}], "never start a recording"),
        ([{"do": "say"}, {"do": "start"}], "Enter what callers hear"),
        ([{"do": "play"}, {"do": "start"}], "Add at least one file"),
        ([{"do": "start", "text": "x"}], "doesn’t apply to steps of the kind start"),
        ([{"do": "record"}], "must be one of say, play, start, stop"),
        ([{"do": "start"}] * 21, "at most 20"),
    ],
)
def test_a_sequence_that_makes_no_sense_is_refused(steps: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        parse({"how": {"steps": steps}, "route": PHONE})


@pytest.mark.parametrize(
    ("how", "changes", "words"),
    [
        ({"steps": SEED}, {"route": {"action": "connectMxp", "username": "bob"}}, "can’t start or stop recording with"),
        ({"steps": [{"do": "start"}, {"do": "stop"}]}, {}, "the conversation isn’t recorded"),
        ({"steps": [{"do": "start"}, {"do": "start"}]}, {}, "has no effect"),
        ({"steps": []}, {"route": MENU}, "Key 3 changes nothing: recording is already running"),
    ],
)
def test_what_a_sequence_cannot_do_is_said_before_it_is_in_force(
    how: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    found = problems(how, **changes)
    assert any(words in problem.message for problem in found)
    forbidden = "connectMxp" in words or "can’t start or stop" in words
    assert any(problem.severity == "error" for problem in found) is forbidden


def files(**data: Any) -> list[tuple[str, int | None]]:
    """The timeline of a document."""
    return [(each.what, each.file) for each in timeline(parse({"route": PHONE, **data}))]


def test_the_preview_says_what_each_file_will_hold() -> None:
    assert files(how={"steps": SEED}) == [(f"“{NOT_THIS}”", None), (f"“{BUT_THIS}”", 1), ("The conversation", 1)]
    assert files(how={"steps": PARTS}) == [("“One”", 1), ("a.wav", None), ("The conversation", 2)]
    announced = {"kind": "say", "text": "Hi"}
    assert files(how={"announcement": announced}) == [("“Hi”", None), ("The conversation", 1)]
    assert files(how={"announcement": {**announced, "recorded": True}})[0] == ("“Hi”", 1)
    assert files(route=MENU)[-4:] == [
        ("After key 1: the conversation", None),
        ("After key 2: the conversation", 1),
        ("After key 3: the conversation", 1),
        ("After anything else: the conversation", 1),
    ]
    assert files(route={"action": "hangup"}) == []


def test_a_sequence_is_in_the_words_that_a_diff_compares() -> None:
    sentences = " ".join(descriptions.document_sentences(parse({"route": MENU, "how": {"steps": PARTS}}), {}))
    assert "in steps: start recording, then say “One”, then stop recording, then play a.wav" in sentences
    assert "1: Connect by SIP to pay@ivr.example.com, recording stops" in sentences


def test_a_format_that_sinch_documents_later_is_allowed_by_a_setting() -> None:
    data = {"route": PHONE, "how": {"destination": 1, "format": "ogg"}}
    with pytest.raises(DocumentError, match="must be one of mp3, wav"):
        parse(data)
    try:
        formats.allow(["ogg"])
        found = answer.answer_ice(
            CALL, in_force({"otherwise_record": True, **data}), application_key=KEY, recording_id=UUID(int=7)
        )
        assert requests(found)[0].options.format == "ogg"
        assert svaml.problems(found.svaml, "ice") == []
        with pytest.raises(ValueError, match="isn’t a format"):
            formats.allow(["OGG!"])
    finally:
        formats.allow([])
