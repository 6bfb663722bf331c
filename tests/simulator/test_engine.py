"""The simulated Sinch obeys SVAML: it records what it is asked to, where it is asked to, and tells of it."""

import json
from dataclasses import replace
from pathlib import Path

import miniaudio
import pytest

from recordings_site.simulator.outbox import Faults
from recordings_site.simulator.plan import CalledNumbers
from recordings_site.sinch.uploads import destination_url, reported_place
from tests.simulator.sinch_side import (
    APPLICATION,
    KEY,
    PSTN,
    Backend,
    answered,
    engine,
    groups,
    recording,
    transcribed,
)

FLAGGED = {"action": {**PSTN, "record": True, "recordingOptions": transcribed()}}
PLAIN = {"action": PSTN}
CONTINUE = {"action": {"name": "continue"}}


def files(store: Path) -> list[str]:
    return sorted(str(file.relative_to(store)) for file in store.rglob("*") if file.is_file())


def test_a_flagged_call_is_recorded_under_a_generated_name_with_its_transcript(tmp_path):
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    planned = answered(groups())
    totals = engine(backend, tmp_path).run(planned)
    assert (totals.calls, totals.answered, totals.recordings, totals.transcripts) == (1, 1, 1, 1)
    transcript, audio = files(tmp_path / "calls")
    name = destination_url.parse_generated_name(audio)
    assert name is not None
    assert (name.application_key, name.call_id, name.format) == (KEY, planned[0][0].call_id, "mp3")
    assert transcript == destination_url.transcript_key(audio)
    assert sorted(backend.kinds()) == sorted(
        ["ice", "ace", "dice", "recording_finished", "recording_available", "transcription_available"]
    )
    available = next(event for event in backend.events if event.get("type") == "recording_available")
    assert available["destination"] == f"local://calls/{audio}"
    assert set(available) == {"event", "callid", "version", "type", "destination"}


def test_a_given_name_is_used_as_it_is(tmp_path):
    flagged = {"action": {**PSTN, "record": True, "recordingOptions": recording("local://calls/2026/one.mp3")}}
    backend = Backend({"ice": flagged, "ace": CONTINUE})
    engine(backend, tmp_path).run(answered(groups()))
    assert files(tmp_path) == ["calls/2026/one.mp3"]
    assert "transcription_available" not in backend.kinds()


def test_nothing_is_recorded_that_nobody_asked_for(tmp_path):
    backend = Backend({"ice": PLAIN, "ace": CONTINUE})
    engine(backend, tmp_path).run(answered(groups()))
    assert backend.kinds() == ["ice", "ace", "dice"]
    assert files(tmp_path) == []


def test_a_call_that_nobody_takes_brings_no_ace_and_no_recording(tmp_path):
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    [(call,)] = groups()
    engine(backend, tmp_path).run([(replace(call, result="NOANSWER"),)])
    assert backend.kinds() == ["ice", "dice"]
    assert backend.events[-1]["result"] == "NOANSWER"
    assert "duration" not in backend.events[-1]
    assert files(tmp_path) == []


def test_an_instruction_records_from_the_start_on_also_when_nobody_takes_the_call(tmp_path):
    ice = {"instructions": [{"name": "startRecording", "options": transcribed()}], "action": PSTN}
    [(call,)] = groups()
    totals = engine(Backend({"ice": ice}), tmp_path).run([(replace(call, result="BUSY", ring_seconds=9.0),)])
    assert totals.recordings == 1
    [file] = (tmp_path / "calls").glob("*.mp3")
    rung = miniaudio.decode_file(str(file), nchannels=1, sample_rate=8000)
    assert rung.duration == pytest.approx(9.0, abs=0.2)
    assert max(map(abs, rung.samples)) < 600
    [transcript] = (tmp_path / "calls").glob("*-transcript.json")
    assert json.loads(transcript.read_text()) == {"text": "", "lines": []}


def test_recording_can_be_asked_for_when_the_call_is_answered(tmp_path):
    ace = {"action": {"name": "Continue", "record": True, "recordingOptions": recording()}}
    backend = Backend({"ice": PLAIN, "ace": ace})
    totals = engine(backend, tmp_path).run(answered(groups()))
    assert totals.recordings == 1


def test_stopping_and_starting_again_gives_two_recordings(tmp_path):
    ace = {
        "instructions": [
            {"name": "StartRecording", "options": recording("local://calls/one.mp3")},
            {"name": "say", "text": "This sentence alone is in the first recording."},
            {"name": "StopRecording"},
            {"name": "StartRecording", "options": recording("local://calls/two.mp3")},
        ],
        "action": {"name": "continue"},
    }
    backend = Backend({"ice": PLAIN, "ace": ace})
    engine(backend, tmp_path).run(answered(groups()))
    one, two = (miniaudio.mp3_get_file_info(str(tmp_path / "calls" / name)).duration for name in ("one.mp3", "two.mp3"))
    assert one == pytest.approx(46 / 14, abs=0.2)
    assert two > 40
    assert backend.kinds().count("recording_finished") == 2


def test_without_notification_events_the_object_comes_silently(tmp_path):
    silent = {"action": {**PSTN, "record": True, "recordingOptions": transcribed(notificationEvents=False)}}
    backend = Backend({"ice": silent, "ace": CONTINUE})
    engine(backend, tmp_path).run(answered(groups()))
    assert backend.kinds() == ["ice", "ace", "dice"]
    assert len(files(tmp_path)) == 2


def test_a_locale_that_is_none_brings_no_transcript_and_no_word_of_it(tmp_path):
    odd = {"action": {**PSTN, "record": True, "recordingOptions": transcribed("english")}}
    backend = Backend({"ice": odd, "ace": CONTINUE})
    totals = engine(backend, tmp_path).run(answered(groups()))
    assert (totals.recordings, totals.transcripts) == (1, 0)
    assert "transcription_available" not in backend.kinds()


def test_the_conversation_is_in_the_language_that_is_transcribed(tmp_path):
    swedish = {"action": {**PSTN, "record": True, "recordingOptions": transcribed("sv-SE")}}
    engine(Backend({"ice": swedish, "ace": CONTINUE}), tmp_path).run(answered(groups()))
    transcript = next((tmp_path / "calls").glob("*-transcript.json"))
    assert "Välkommen" in json.loads(transcript.read_text())["text"]


def test_wav_is_written_as_wav(tmp_path):
    wav = {"action": {**PSTN, "record": True, "recordingOptions": recording(format="wav")}}
    engine(Backend({"ice": wav, "ace": CONTINUE}), tmp_path).run(answered(groups()))
    [file] = (tmp_path / "calls").glob("*.wav")
    assert miniaudio.wav_get_file_info(str(file)).duration > 40


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "CALLBACKERROR"),
        ({"instructions": []}, "INVALIDSVAMLACTION"),
        (CONTINUE, "INVALIDSVAMLACTION"),
        (
            {
                "instructions": [{"name": "startRecording", "options": recording()}],
                "action": {"name": "connectMxp", "destination": {"type": "username", "endpoint": "anna"}},
            },
            "INVALIDSVAMLACTION",
        ),
    ],
)
def test_a_wrong_answer_to_an_ice_breaks_the_call(tmp_path, answer, reason):
    backend = Backend({"ice": answer})
    totals = engine(backend, tmp_path).run(groups())
    assert backend.kinds() == ["ice", "dice"]
    assert (backend.events[-1]["result"], backend.events[-1]["reason"]) == ("FAILED", reason)
    assert totals.broken == {reason: 1}


def test_an_unanswered_ace_lets_the_call_go_on(tmp_path):
    totals = engine(Backend({"ice": PLAIN, "ace": None}), tmp_path).run(answered(groups()))
    assert (totals.broken, totals.answered) == ({}, 1)


def test_an_app_user_brings_no_ace(tmp_path):
    mxp = {
        "action": {
            "name": "connectMxp", "destination": {"type": "username", "endpoint": "anna"},
            "record": True, "recordingOptions": recording(),
        }
    }  # fmt: skip
    backend = Backend({"ice": mxp})
    totals = engine(backend, tmp_path).run(answered(groups()))
    assert "ace" not in backend.kinds()
    assert totals.recordings == 1


def test_suppressed_callbacks_stay_away(tmp_path):
    quiet = {"action": {**PSTN, "suppressCallbacks": True, "record": True, "recordingOptions": recording()}}
    backend = Backend({"ice": quiet})
    engine(backend, tmp_path).run(answered(groups()))
    assert backend.kinds() == ["ice", "recording_finished", "recording_available"]


def test_a_menu_is_answered_with_one_of_its_choices(tmp_path):
    menus = [
        {"id": "main", "mainPrompt": "#tts[Sales?]", "options": [{"dtmf": "1", "action": "menu(more)"}]},
        {"id": "more", "mainPrompt": "#tts[More?]", "options": [{"dtmf": "1", "action": "return(sales)"}]},
    ]
    ice = {"action": {"name": "runMenu", "mainMenu": "main", "menus": menus}}
    backend = Backend({"ice": ice, "pie": FLAGGED, "ace": CONTINUE})
    totals = engine(backend, tmp_path).run(answered(groups()))
    assert backend.kinds()[:3] == ["ice", "pie", "ace"]
    assert backend.events[1]["menuResult"] == {
        "menuId": "more", "type": "return", "value": "sales", "inputMethod": "dtmf",
    }  # fmt: skip
    assert totals.recordings == 1


def test_a_conference_is_recorded_once_under_its_own_id(tmp_path):
    ice = {
        "action": {
            "name": "connectConf", "conferenceId": "standup", "record": True, "recordingOptions": transcribed(),
        }
    }  # fmt: skip
    backend = Backend({"ice": ice})
    planned = groups(3, numbers=CalledNumbers((), ("46700000012",)), seed=4)
    assert max(len(group) for group in planned) > 1
    totals = engine(backend, tmp_path).run(planned[:1])
    people = len(planned[0])
    assert backend.kinds().count("dice") == people
    assert totals.recordings == 1
    finished = next(event for event in backend.events if event.get("type") == "recording_finished")
    assert (finished["conferenceId"], "callid" in finished) == ("standup", False)
    assert files(tmp_path / "calls") == [f"{KEY}_standup-transcript.json", f"{KEY}_standup.mp3"]
    transcript = json.loads((tmp_path / "calls" / f"{KEY}_standup-transcript.json").read_text())
    assert len({line["speakerLabel"] for line in transcript["lines"]}) == 3


def test_a_conference_begins_anew_when_all_have_left(tmp_path):
    ice = {
        "action": {"name": "connectConf", "conferenceId": "standup", "record": True, "recordingOptions": recording()}
    }
    backend = Backend({"ice": ice})
    totals = engine(backend, tmp_path).run(groups(4))
    assert totals.recordings == 4
    assert len(files(tmp_path)) == 1, "Sinch overwrites without a check"


def test_a_failed_upload_sends_no_notification(tmp_path):
    file = tmp_path / "calls"
    file.write_text("a file where the folder should be")
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    totals = engine(backend, tmp_path).run(answered(groups()))
    assert sorted(backend.kinds()) == ["ace", "dice", "ice", "recording_finished"]
    assert len(totals.failed_uploads) == 1


def test_the_same_seed_gives_the_same_calls_and_another_gives_others(tmp_path):
    told = []
    for seed, folder in ((1, "a"), (1, "b"), (2, "c")):
        backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
        engine(backend, tmp_path / folder, seed=seed, faults=Faults(10, 20, 20)).run(groups(20, seed=seed))
        told.append(backend.events)
    assert told[0] == told[1]
    assert told[0] != told[2]
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_events_are_lost_doubled_and_shuffled_as_wished_and_calls_never(tmp_path):
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    planned = answered(groups(60))
    totals = engine(backend, tmp_path, faults=Faults(lose=20, shuffle=20, duplicate=20)).run(planned)
    assert backend.kinds().count("ice") == backend.kinds().count("ace") == 60
    assert {event["callid"] for event in backend.events if event["event"] == "dice"} == {
        call.call_id for group in planned for call in group
    }
    assert 20 <= totals.lost <= 55
    assert 25 <= totals.doubled <= 75
    in_order = ["recording_finished", "recording_available", "transcription_available"]
    orders = [[kind for kind in dict.fromkeys(backend.kinds(call.call_id)) if kind in in_order] for (call,) in planned]
    assert any(order != [kind for kind in in_order if kind in order] for order in orders)


def test_a_few_recorded_calls_can_be_long(tmp_path):
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    engine(backend, tmp_path, long_calls=1).run(answered(groups(3)))
    durations = sorted(miniaudio.mp3_get_file_info(str(file)).duration for file in (tmp_path / "calls").glob("*.mp3"))
    assert [duration > 2390 for duration in durations] == [False, False, True]


@pytest.mark.parametrize(
    ("form", "start"), [("url", "local://calls/"), ("sinch", "https://www.sinch.com/"), ("path", "2")]
)
def test_a_location_can_be_reported_in_each_known_format(tmp_path, form, start):
    backend = Backend({"ice": FLAGGED, "ace": CONTINUE})
    engine(backend, tmp_path, report_formats=(form,)).run(answered(groups()))
    told = next(event["destination"] for event in backend.events if event.get("type") == "recording_available")
    assert told.startswith(start)
    assert reported_place.read(told)[0].key == files(tmp_path / "calls")[1]


def test_the_fallback_url_is_asked_when_the_first_fails(tmp_path):
    import tests.simulator.sinch_side as side
    from recordings_site.simulator.engine import Engine
    from recordings_site.simulator.uploads import Uploads
    from recordings_site.simulator.wire import HttpReply, Wire

    asked = []
    backend = Backend({"ice": PLAIN, "ace": CONTINUE})

    def post(url, body, headers):
        asked.append(url)
        return HttpReply(503, b"") if url == APPLICATION.url else backend(url, body, headers)

    application = replace(side.APPLICATION, fallback_url="http://other.invalid/callbacks/sinch/")
    totals = Engine(application, Wire(application, post), Uploads()).run(answered(groups()))
    assert totals.broken == {}
    assert asked[:2] == [application.url, application.fallback_url]
