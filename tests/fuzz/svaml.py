"""Fuzzes the answer of somebody else's back end, to which recording is added: only SvamlError leaves.

What comes out has the action that went in, can be acted on as before, and is masked when shown.
"""

import copy
import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from recordings_site.sinch import merge, svaml
from recordings_site.sinch.errors import SvamlError
from recordings_site.sinch.json_fields import read_object

_OURS = svaml.RecordingOptions(
    "s3://ours/a.mp3", "AKIAIOSFODNN7EXAMPLE:secret:eu-central-1", transcription=True, locale="en-US"
)
_THEIRS = svaml.RecordingOptions("gs://theirs/", "GOOG1:their-secret", transcription=True, locale="sv-SE")
_CANARY = "canary-7f3a"
_NOTICE = (svaml.say("This call is recorded."),)
_WISHES = (
    None,
    merge.RecordingWish(_OURS),
    merge.RecordingWish(_OURS, origin="instruction", notice=_NOTICE),
    merge.RecordingWish(_OURS, notice=_NOTICE, notice_recorded=True),
)
_MENU = svaml.menu("main", main_prompt="#tts[Press 1]", options=[("1", "return(sales)")])
SEEDS = [
    json.dumps(each).encode()
    for each in (
        svaml.document(svaml.hangup(), [svaml.say("Bye", locale="en-US")]),
        svaml.document(svaml.connect_pstn("+46700000000", cli="+46700000001", max_duration=600)),
        svaml.document(svaml.recorded(svaml.connect_pstn("+467"), _THEIRS), [svaml.answer(), svaml.play_files(["a"])]),
        svaml.document(svaml.recorded(svaml.connect_mxp("alice"), _THEIRS)),
        svaml.document(svaml.connect_mxp("alice"), [svaml.start_recording(_THEIRS), svaml.stop_recording()]),
        svaml.document(svaml.recorded(svaml.connect_conf("room", moh="ring"), _THEIRS)),
        svaml.document(
            svaml.connect_sip("bob@example.org", call_headers=[("X", "y")]), [svaml.start_recording(_THEIRS)]
        ),
        svaml.document(svaml.run_menu([_MENU], main_menu="main", barge=True)),
        svaml.document(svaml.park(hold_prompt="#tts[Please wait]"), [{"name": "sendDtmf", "value": "1w2"}]),
        {"Action": {"Name": "CONNECTPSTN", "RecordingOptions": {"destinationUrl": "s3://b?sig=x"}}, "INSTRUCTIONS": []},
        {"action": {"name": "novel", "record": "true", "recordingOptions": None}, "instructions": [1, {"name": None}]},
    )
]


def check(data: bytes) -> None:
    """Read an upstream's answer as the relay does, merge every wish into it, and look at what comes out."""
    try:
        given = read_object(data, limit=len(data))
    except ValueError:
        return
    _check_masked(given)
    for event in ("ice", "ace", "pie"):
        assert len(svaml.problems(given, event)) <= 20 + len(data)
        try:
            answer = merge.check(given, event)
        except SvamlError as problem:
            assert len(str(problem)) < 1000
            continue
        for wish, existing in product(_WISHES, ("keep", "replace")):
            _check_merged(answer, event, wish, existing)


def _check_merged(answer: svaml.Svaml, event: str, wish: merge.RecordingWish | None, existing: merge.Existing) -> None:
    before = copy.deepcopy(answer)
    merged = merge.merge(answer, wish=wish, existing=existing)
    assert answer == before, "what somebody else wrote is not changed in place"
    sent = merged.svaml
    merge.check(sent, event)
    action = svaml.name_of(svaml.action_of(sent))
    assert action == svaml.name_of(svaml.action_of(answer))
    requests = svaml.recording_requests(sent)
    assert not merged.placed or (wish is not None and action != "hangup")
    assert sum(each.options == _OURS for each in requests) >= merged.placed
    if existing == "replace":
        # Of theirs nothing is left; merging once more changes nothing.
        assert len(requests) == merged.placed
        plain = merge.merge(answer, wish=None, existing="replace").svaml
        assert merge.merge(plain, wish=None, existing="replace").svaml == plain
    if action == "connectmxp":
        starts = [svaml.name_of(item) for item in svaml.instructions_of(sent)]
        assert not {"startrecording", "stoprecording"} & set(starts)
    _check_masked(sent)


def _check_masked(document: svaml.Svaml) -> None:
    assert _CANARY not in json.dumps(svaml.masked(_with_canaries(document)))


def _with_canaries(value: Any, name: str = "") -> Any:
    """A document with a canary in the place of each of its credentials."""
    if name.lower() == "credentials" and not isinstance(value, Mapping | list):
        return f"AKIAIOSFODNN7EXAMPLE:{_CANARY}:eu-central-1"
    if isinstance(value, Mapping):
        return {key: _with_canaries(member, key) for key, member in value.items()}
    return [_with_canaries(each, name) for each in value] if isinstance(value, list) else value


def plant(patch: pytest.MonkeyPatch) -> None:
    """Instructions about recording are only known as Sinch's pages mostly write them."""
    known = ("startRecording", "stopRecording")
    patch.setattr(merge, "_about_recording", lambda item: isinstance(item, dict) and item.get("name") in known)
