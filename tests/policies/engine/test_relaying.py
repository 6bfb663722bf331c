"""An upstream's answers with our recording in them: over generated policies, and case by case."""

import json
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest

from recordings_site.policies.engine import relaying
from recordings_site.policies.engine.answer import FAULTS, DecisionFacts
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.relaying import Relayed
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.svaml import RecordingOptions
from tests.policies import generated
from tests.policies.engine.test_decision import CALL, RECORDING

POLICIES, CHUNKS = 4_000, 4
THEIRS = RecordingOptions("s3://example-bucket/sinch/theirs.mp3", generated.CREDENTIALS["s3"])
ELSEWHERE = RecordingOptions("gs://elsewhere/", generated.CREDENTIALS["gs"])
UPSTREAMS: list[dict[str, Any]] = [
    svaml.document(svaml.connect_pstn("+46771111111", cli="+46800000001"), [svaml.say("Welcome"), svaml.answer()]),
    svaml.document(svaml.connect_pstn("+46771111111", suppress_callbacks=True)),
    svaml.document(svaml.connect_sip("agent@pbx.example.org")),
    svaml.document(svaml.connect_mxp("alice"), [{"name": "setCookie", "key": "a", "value": "b"}]),
    svaml.document(svaml.connect_conf("room")),
    svaml.document(svaml.run_menu([svaml.menu("main", options=[("1", "return(1)")])])),
    svaml.document(svaml.hangup(), [svaml.say("We are closed")]),
    svaml.document(svaml.park(hold_prompt="#href[hold.mp3]")),
    svaml.document(svaml.recorded(svaml.connect_pstn("+46771111111"), THEIRS)),
    svaml.document(svaml.connect_conf("room"), [svaml.start_recording(ELSEWHERE)]),
]


def relay(upstream: dict[str, Any], how: dict[str, Any] | None = None, **document: Any) -> Relayed:
    """The answer to one call's ICE whose upstream says this."""
    data = {"otherwise_record": True, "route": {"action": "hangup"}, "how": {"destination": 1} | (how or {})} | document
    return relaying.relay_ice(
        CALL, generated.in_force(data), upstream, application_key=generated.KEY, recording_id=RECORDING
    )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_relayed_answer_is_lawful_records_once_and_goes_where_the_upstream_says(chunk: int) -> None:
    for seed in range(chunk, POLICIES, CHUNKS):
        random = Random(seed)
        data = generated.document(random) | {"otherwise_record": True}
        data["how"]["upstream"] = random.choice(["keep", "replace"])
        snapshot, upstream = generated.in_force(data), random.choice(UPSTREAMS)
        may_record = random.random() < 0.9
        ice = relaying.relay_ice(
            CALL, snapshot, upstream, application_key=generated.KEY, recording_id=RECORDING,
            may_record=may_record, refusal="stale_clock",
        )  # fmt: skip
        stored = DecisionFacts.from_dict(json.loads(json.dumps(ice.answer.decision.to_dict())))
        ace = relaying.relay_ace(stored, snapshot, random.choice([None, svaml.document(svaml.continue_())]))
        for event, given in (("ice", ice), ("ace", ace)):
            assert svaml.problems(given.answer.svaml, event) == [], seed
            requests = svaml.recording_requests(given.answer.svaml)
            assert len(requests) <= 1, seed
            if not may_record and event == "ice":
                assert requests == [], seed
            if given.placed:
                assert requests[0].options.destination_url == given.answer.decision.plan.destination_url, seed
        refused = data["how"]["if_impossible"] == "refuse" and ice.answer.decision.reason in FAULTS
        theirs = "hangup" if refused else svaml.name_of(svaml.action_of(upstream))
        assert svaml.name_of(svaml.action_of(ice.answer.svaml)) == theirs, seed
        assert ice.placed + ace.placed + (ice.kept > 0) <= 1, seed
        planned = [plan for plan in ice.answer.recordings if plan.origin != "upstream"]
        # What was planned at ICE starts at ICE or ACE, unless a menu's PIE decides, or the ACE says why it does not.
        if planned and not (ice.placed or ace.placed):
            assert upstream["action"]["name"] == "runMenu" or not ace.answer.decision.record, seed
        assert generated.SECRET not in json.dumps(stored.to_dict()), seed


def test_the_policys_own_route_counts_for_nothing_while_the_upstream_answers() -> None:
    given = relay(UPSTREAMS[0])
    assert given.placed
    assert sentences.decision(given.answer.decision.grounds) == "Recorded: “Support EU” v7 records every call."
    assert given.answer.svaml["instructions"] == UPSTREAMS[0]["instructions"]
    assert given.answer.svaml["action"]["number"] == "+46771111111"
    assert [plan.origin for plan in given.answer.recordings] == ["flag"]


def test_a_conference_of_the_upstreams_is_recorded_once_for_all_who_are_in_it() -> None:
    first = relay(UPSTREAMS[4])
    assert first.answer.recordings[0].conference_id == "room"
    data = {"otherwise_record": True, "route": {"action": "hangup"}, "how": {"destination": 1}}
    second = relaying.relay_ice(
        CALL, generated.in_force(data), UPSTREAMS[4], application_key=generated.KEY, recording_id=UUID(int=7),
        joining=first.answer.recordings[0],
    )  # fmt: skip
    assert second.answer.recordings[0].joined
    assert second.answer.svaml == first.answer.svaml


def test_what_the_upstream_records_is_kept_and_expected_where_we_can_find_it() -> None:
    given = relay(UPSTREAMS[8])
    assert (given.placed, given.kept) == (False, 1)
    assert given.answer.svaml == UPSTREAMS[8]
    assert given.answer.decision.reason == "upstream_records"
    assert [(plan.origin, plan.key) for plan in given.answer.recordings] == [("upstream", "sinch/theirs.mp3")]
    assert relay(UPSTREAMS[9]).answer.recordings == ()


def test_options_that_nobody_would_ask_for_cost_no_recording() -> None:
    odd = replace(THEIRS, format='mp3"\r\nx: y', locale="x" * 60, transcription=True)
    given = relay(svaml.document(svaml.recorded(svaml.connect_pstn("+46771111111"), odd))).answer
    [plan] = given.recordings
    assert len(plan.locale) == RecordingJob._meta.get_field("locale").max_length
    assert plan.format == "mp3"
    assert svaml.recording_requests(given.svaml)[0].options.locale == "x" * 60, "what they asked for stays theirs"


def test_what_the_upstream_records_is_replaced_when_the_policy_says_so() -> None:
    given = relay(UPSTREAMS[8], {"upstream": "replace"})
    assert (given.placed, given.kept, given.replaced) == (True, 0, 1)
    assert "theirs" not in json.dumps(given.answer.svaml)
    unrecorded = relay(UPSTREAMS[8], {"upstream": "replace"}, otherwise_record=False)
    assert svaml.recording_requests(unrecorded.answer.svaml) == []


def test_the_notice_is_heard_first() -> None:
    how = {"announcement": {"kind": "say", "text": "This call is recorded."}}
    names = [item["name"] for item in relay(UPSTREAMS[2], how).answer.svaml["instructions"]]
    assert names == ["say", "startRecording"]
    assert relay(UPSTREAMS[8], how).answer.svaml["instructions"] == [svaml.say("This call is recorded.")]


def test_from_answer_starts_at_the_ace_or_at_the_pie_after_which_none_comes() -> None:
    document = {"otherwise_record": True, "route": {"action": "hangup"}, "how": {"destination": 1, "start": "answer"}}
    snapshot = generated.in_force(document)
    ice = relaying.relay_ice(CALL, snapshot, UPSTREAMS[5], application_key=generated.KEY, recording_id=RECORDING)
    assert (ice.placed, len(ice.answer.recordings)) == (False, 1)
    decision = ice.answer.decision
    assert not relaying.relay_pie(decision, snapshot, svaml.document(svaml.connect_pstn("+467"))).placed
    assert relaying.relay_pie(decision, snapshot, svaml.document(svaml.connect_conf("room"))).placed
    assert relaying.relay_ace(decision, snapshot, None).placed


def test_a_call_whose_policy_cannot_record_is_treated_as_the_policy_says() -> None:
    assert relay(UPSTREAMS[0], {"destination": 4}).answer.svaml == UPSTREAMS[0]
    refused = relay(UPSTREAMS[0], {"destination": 4, "if_impossible": "refuse", "notice": "Sorry."})
    assert refused.answer.svaml == svaml.document(svaml.hangup(), [svaml.say("Sorry.")])
    told = relay(UPSTREAMS[0], {"destination": 4, "if_impossible": "notice", "notice": "Not recorded."})
    assert [item["name"] for item in told.answer.svaml["instructions"]] == ["say", "answer", "say"]


def test_a_menu_whose_upstream_is_gone_connects_by_the_numbers_own_route() -> None:
    phone = {"action": "connectPstn", "number": "+46771000000"}
    document = {"otherwise_record": True, "route": phone, "how": {"destination": 1}}
    snapshot = generated.in_force(document)
    ice = relaying.relay_ice(CALL, snapshot, UPSTREAMS[5], application_key=generated.KEY, recording_id=RECORDING)
    given = relaying.own_pie(ice.answer.decision, snapshot)
    assert given.svaml["action"]["number"] == "+46771000000"
    assert svaml.problems(given.svaml, "pie") == []
    mxp = generated.in_force(document | {"route": {"action": "connectMxp", "username": "alice"}})
    assert svaml.problems(relaying.own_pie(ice.answer.decision, mxp).svaml, "pie") == []


def test_calls_of_numbers_without_a_policy_pass_through() -> None:
    snapshot = generated.in_force({"otherwise_record": True, "route": {"action": "hangup"}})
    stranger = relaying.relay_ice(
        CALL.__class__(**{**vars(CALL), "number_digits": "4699"}), snapshot, UPSTREAMS[8],
        application_key=generated.KEY, recording_id=RECORDING,
    )  # fmt: skip
    assert stranger.answer.svaml == UPSTREAMS[8]
    assert stranger.kept == 1


def test_an_event_of_a_call_that_was_never_seen_passes_through() -> None:
    snapshot = generated.in_force({"otherwise_record": True, "route": {"action": "hangup"}})
    hangup = svaml.document(svaml.hangup())
    assert relaying.relay_ace(None, snapshot, hangup).answer.svaml == hangup
    assert relaying.relay_pie(None, snapshot, None).answer.svaml == svaml.document(svaml.continue_())
