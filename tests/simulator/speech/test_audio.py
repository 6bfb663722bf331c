"""The synthetic conversations: enough of them, small enough, and their transcripts true to what is heard."""

import json
from pathlib import Path
from typing import Any

import miniaudio
import pytest
from tinytag import TinyTag

AUDIO = Path(__file__).parents[3] / "recordings_site" / "simulator" / "speech" / "audio"
INDEX: list[dict[str, Any]] = json.loads((AUDIO / "index.json").read_text())


def test_there_are_enough_conversations_of_the_promised_lengths_in_at_most_six_megabytes():
    short = [line for line in INDEX if 30 <= line["seconds"] <= 90]
    assert len(short) >= 9
    assert [line["name"] for line in INDEX if line["seconds"] >= 2400] == ["yearly-review"]
    assert {line["locale"] for line in INDEX} >= {"en-US", "sv-SE"}
    assert any(line["speakers"] == 3 for line in INDEX)
    assert sum(file.stat().st_size for file in AUDIO.iterdir()) <= 6_000_000


def test_the_long_conversation_hardly_repeats_itself():
    lines = [line["text"] for line in json.loads((AUDIO / "yearly-review-transcript.json").read_text())["lines"]]
    assert len(lines) > 400
    assert len(set(lines)) > 0.7 * len(lines)


@pytest.mark.parametrize("conversation", INDEX, ids=lambda line: line["name"])
def test_each_recording_is_as_long_as_the_index_says_and_sinch_shaped_beside_it(conversation: dict[str, Any]):
    tag = TinyTag.get(AUDIO / f"{conversation['name']}.mp3")
    assert tag.duration == pytest.approx(conversation["seconds"], abs=0.1)
    assert (tag.bitrate, tag.channels) == (16, 1)
    transcript = json.loads((AUDIO / f"{conversation['name']}-transcript.json").read_text())
    assert set(transcript) == {"text", "lines"}
    assert transcript["text"] == " ".join(line["text"] for line in transcript["lines"])
    starts = [line["timestamp"] for line in transcript["lines"]]
    assert starts == sorted(starts)
    assert conversation["seconds"] - starts[-1] < 20, "it is talked until the end"
    assert {line["speakerLabel"] for line in transcript["lines"]} == {
        f"Speaker {number + 1}" for number in range(conversation["speakers"])
    }


@pytest.mark.parametrize("conversation", INDEX, ids=lambda line: line["name"])
def test_each_line_sounds_when_its_transcript_says(conversation: dict[str, Any]):
    sound = miniaudio.decode_file(str(AUDIO / f"{conversation['name']}.mp3"), nchannels=1, sample_rate=8000).samples
    lines = json.loads((AUDIO / f"{conversation['name']}-transcript.json").read_text())["lines"]
    for line in lines[:: max(1, len(lines) // 12)]:
        start = int(line["timestamp"] * 8000)
        assert max(map(abs, sound[start - 800 : start - 80])) < 600, "hardly a sound before the line"
        assert max(map(abs, sound[start : start + 2400])) > 600, "speech within 0.3 s of its start"
