"""Merging: whatever the other side wrote goes through, and recording is added lawfully and after the notice."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import merge, svaml
from recordings_site.sinch.errors import SvamlError
from recordings_site.sinch.merge import RecordingWish
from recordings_site.sinch.svaml import RecordingOptions

OURS = RecordingOptions(
    "s3://ours/a.mp3", "AKIAIOSFODNN7EXAMPLE:secret:eu-central-1", transcription=True, locale="en-US"
)
THEIRS = RecordingOptions("gs://theirs/", "GOOG1:secret")
NOTICE = (svaml.say("This call is recorded."),)
FLAG, INSTRUCTION = RecordingWish(OURS), RecordingWish(OURS, origin="instruction")


def names(document):
    return [item["name"] for item in document.get("instructions", [])]


def test_the_flag_stands_on_an_action_that_takes_it():
    upstream = svaml.document(svaml.connect_pstn("+467", cli="+468"), [svaml.say("Hello")])
    merged = merge.merge(upstream, wish=FLAG, existing="keep")
    assert merged.placed
    assert merged.svaml == svaml.document(
        svaml.recorded(svaml.connect_pstn("+467", cli="+468"), OURS), [svaml.say("Hello")]
    )


@pytest.mark.parametrize("action", [svaml.connect_sip("a@b"), svaml.run_menu([svaml.menu("m")]), svaml.park()])
def test_where_no_flag_is_taken_an_instruction_stands_last(action):
    merged = merge.merge(svaml.document(action, [svaml.say("Hello")]), wish=FLAG, existing="keep")
    assert merged.svaml == svaml.document(action, [svaml.say("Hello"), svaml.start_recording(OURS)])


def test_a_conference_is_recorded_by_the_flag_and_a_participants_call_by_the_instruction():
    upstream = svaml.document(svaml.connect_conf("room"))
    flagged = merge.merge(upstream, wish=FLAG, existing="keep").svaml
    assert svaml.recording_requests(flagged) == [svaml.RecordingRequest("flag", True, OURS)]
    instructed = merge.merge(upstream, wish=INSTRUCTION, existing="keep").svaml
    assert svaml.recording_requests(instructed) == [svaml.RecordingRequest("instruction", False, OURS)]


def test_beside_connect_mxp_there_is_only_the_flag():
    upstream = svaml.document(svaml.connect_mxp("alice"), [svaml.stop_recording(), svaml.start_recording(THEIRS)])
    for existing in ("keep", "replace"):
        document = merge.merge(upstream, wish=INSTRUCTION, existing=existing).svaml
        assert names(document) == []
        assert document["action"]["recordingOptions"] == (THEIRS if existing == "keep" else OURS).as_dict()


def test_a_call_that_is_hung_up_is_left_alone():
    upstream = svaml.document(svaml.hangup(), [svaml.say("Bye")])
    merged = merge.merge(upstream, wish=RecordingWish(OURS, notice=NOTICE), existing="replace")
    assert merged == merge.Merged(upstream)


def test_the_notice_is_heard_before_the_recording_unless_it_is_to_be_on_it():
    upstream = svaml.document(svaml.connect_sip("a@b"), [svaml.answer()])
    before = merge.merge(upstream, wish=RecordingWish(OURS, "instruction", NOTICE), existing="keep").svaml
    assert names(before) == ["answer", "say", "startRecording"]
    during = merge.merge(
        upstream, wish=RecordingWish(OURS, "instruction", NOTICE, notice_recorded=True), existing="keep"
    ).svaml
    assert names(during) == ["answer", "startRecording", "say"]
    flagged = merge.merge(
        svaml.document(svaml.connect_pstn("+467")), wish=RecordingWish(OURS, notice=NOTICE), existing="keep"
    ).svaml
    assert names(flagged) == ["say"]


def test_what_the_upstream_records_itself_is_kept_after_our_notice():
    upstream = svaml.document(
        svaml.recorded(svaml.connect_pstn("+467"), THEIRS),
        [svaml.answer(), svaml.start_recording(THEIRS), svaml.say("x")],
    )
    merged = merge.merge(upstream, wish=RecordingWish(OURS, notice=NOTICE), existing="keep")
    assert not merged.placed
    assert [request.options for request in merged.kept] == [THEIRS, THEIRS]
    assert names(merged.svaml) == ["answer", "say", "startRecording", "say"]
    assert merge.merge(upstream, wish=None, existing="keep").svaml == upstream


def test_what_the_upstream_records_itself_is_replaced_or_taken_out():
    upstream = svaml.document(
        svaml.recorded(svaml.connect_pstn("+467"), THEIRS), [svaml.start_recording(THEIRS), svaml.stop_recording()]
    )
    merged = merge.merge(upstream, wish=FLAG, existing="replace")
    assert (merged.placed, merged.kept, merged.replaced) == (True, (), 2)
    assert [request.options for request in svaml.recording_requests(merged.svaml)] == [OURS]
    assert svaml.recording_requests(merge.merge(upstream, wish=None, existing="replace").svaml) == []


def test_keys_in_another_case_are_kept_and_the_flag_is_not_doubled():
    upstream = {"Action": {"Name": "Continue", "Record": False, "RecordingOptions": {}}, "Extra": [1]}
    merged = merge.merge(upstream, wish=FLAG, existing="replace").svaml
    assert merged == {
        "Action": {"Name": "Continue", "record": True, "recordingOptions": OURS.as_dict()},
        "Extra": [1],
    }


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (None, "ice"), ([], "ice"), ({}, "ice"), ({"instructions": []}, "ice"), ({"action": "hangup"}, "ice"),
        ({"action": {}}, "ice"), ({"action": {"name": "continue"}}, "ice"),
        ({"action": {"name": "connectPstn"}}, "ace"), ({"action": {"name": "hangup"}, "instructions": "x"}, "ice"),
    ],
)  # fmt: skip
def test_an_answer_that_would_drop_the_call_is_refused(answer, event):
    with pytest.raises(SvamlError):
        merge.check(answer, event)


def test_names_that_are_new_at_sinch_pass():
    beam = {"action": {"name": "connectHologram"}, "instructions": [{"name": "wave"}]}
    assert merge.check(beam, "ice") == beam
    assert names(merge.merge(beam, wish=FLAG, existing="keep").svaml) == ["wave", "startRecording"]


ACTIONS = st.sampled_from(
    [svaml.hangup(), svaml.continue_(), svaml.connect_pstn("+467", cli="+468"), svaml.connect_mxp("alice"),
     svaml.connect_conf("room"), svaml.connect_sip("a@b"), svaml.run_menu([svaml.menu("m")]), svaml.park(),
     {"name": "ConnectPSTN", "number": "+467", "new": {"a": [1.5, None]}}, {"name": "connectHologram"}]
)  # fmt: skip
INSTRUCTIONS = st.lists(
    st.sampled_from([
        svaml.say("Hello"), svaml.answer(), {"name": "setCookie", "key": "a", "value": "b"},
        {"name": "wave", "x": True}, "odd",
        svaml.start_recording(THEIRS), svaml.stop_recording(), {"name": "StartRecording", "options": {}},
    ]),
    max_size=5,
)  # fmt: skip
EXTRA = st.dictionaries(st.sampled_from(["custom", "version"]), st.integers() | st.text(max_size=5), max_size=2)
WISHES = st.none() | st.builds(
    RecordingWish,
    st.just(OURS),
    st.sampled_from(["flag", "instruction"]),
    st.sampled_from([(), NOTICE, (*NOTICE, svaml.play_files(["a.wav"]))]),
    st.booleans(),
)


@st.composite
def upstreams(draw):
    action = draw(ACTIONS)
    if draw(st.booleans()):
        action = svaml.recorded(action, THEIRS)
    document = draw(EXTRA) | {"action": action}
    instructions = draw(INSTRUCTIONS)
    return document | ({"instructions": instructions} if instructions or draw(st.booleans()) else {})


def about_other_things(document, wish):
    """All of an SVAML but recording and our notice, compared without the code under test."""
    action = {key: value for key, value in document["action"].items() if key not in ("record", "recordingOptions")}
    notice = list(wish.notice) if wish else []
    left = []
    for item in document.get("instructions", []):
        name = item["name"].lower() if isinstance(item, dict) else ""
        if name not in ("startrecording", "stoprecording"):
            left.append(item)
    for item in notice:
        if item in left:
            left.remove(item)
    rest = {key: value for key, value in document.items() if key not in ("action", "instructions")}
    return json.dumps([action, left, rest], sort_keys=True)


@given(upstreams(), WISHES, st.sampled_from(["keep", "replace"]))
def test_all_but_recording_passes_through_and_what_is_added_is_lawful(upstream, wish, existing):
    before = copy.deepcopy(upstream)
    merged = merge.merge(upstream, wish=wish, existing=existing)
    document = merged.svaml
    assert upstream == before
    assert about_other_things(document, wish) == about_other_things(upstream, wish)
    assert isinstance(document["action"], dict)
    requests = svaml.recording_requests(document)
    kinds = [svaml.name_of(item) if isinstance(item, dict) else "" for item in document.get("instructions", [])]
    if svaml.name_of(document["action"]) == "connectmxp":
        assert not {"startrecording", "stoprecording"} & set(kinds)
    if wish and wish.notice and not wish.notice_recorded and requests and (merged.placed or merged.kept):
        heard = [place for place, item in enumerate(document["instructions"]) if item == wish.notice[0]]
        first = kinds.index("startrecording") if "startrecording" in kinds else len(kinds)
        assert heard
        assert heard[0] < first
    if merged.placed:
        ours = [request for request in requests if request.options == OURS]
        assert len(ours) == 1
        assert requests == ours
        assert ours[0].conference == (ours[0].origin == "flag" and svaml.name_of(document["action"]) == "connectconf")
    if existing == "replace" and not merged.placed:
        assert requests == []
    if existing == "keep":
        assert len(merged.kept) == len(svaml.recording_requests(upstream))


@given(upstreams(), st.sampled_from(["keep", "replace"]))
def test_without_a_wish_keeping_changes_nothing_that_is_lawful(upstream, existing):
    document = merge.merge(upstream, wish=None, existing=existing).svaml
    if existing == "keep" and upstream["action"]["name"] != "connectMxp":
        assert document == upstream


@pytest.mark.parametrize("extra", [{}, {"record": False}])
@pytest.mark.parametrize("origin", ["flag", "instruction"])
def test_options_without_record_stay_as_the_customer_wrote_them(extra, origin):
    theirs = {"destinationUrl": "s3://theirs/x.mp3", "credentials": "A:B:eu-north-1"}
    action = {"name": "connectPstn", "number": "+46700000000", "recordingOptions": theirs, **extra}
    merged = merge.merge({"action": action}, wish=RecordingWish(OURS, origin), existing="keep")
    assert merged.svaml["action"] == action
    assert [item["name"] for item in merged.svaml["instructions"]] == ["startRecording"]
    assert merged.placed
    assert "without record: true" in merge.doubtful({"action": action})
    app = {"name": "connectMxp", "destination": {"type": "username", "endpoint": "bob"}, "recordingOptions": theirs}
    merged = merge.merge({"action": app}, wish=RecordingWish(OURS, origin), existing="keep")
    assert (merged.svaml, merged.placed) == ({"action": app}, False)


def test_they_are_taken_out_where_the_policy_replaces_recordings():
    action = {"name": "connectPstn", "number": "+46700000000", "recordingOptions": {"destinationUrl": "s3://theirs/"}}
    merged = merge.merge({"action": action}, wish=RecordingWish(OURS), existing="replace")
    assert merged.svaml["action"]["recordingOptions"] == OURS.as_dict()
    assert merge.doubtful({"action": {"name": "connectPstn", "record": True, "recordingOptions": {}}}) == ""
