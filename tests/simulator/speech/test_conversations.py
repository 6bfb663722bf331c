"""What is recorded of a simulated call: all of the time between start and stop, ringing as silence."""

import io
import json

import pytest
from tinytag import TinyTag

from recordings_site.simulator.speech import conversations


@pytest.mark.parametrize(("start", "lead"), [(0.0, 0.0), (0.0, 12.5), (10.0, 0.0)])
def test_a_recording_that_began_while_it_rang_has_the_ringing_before_the_talk(start: float, lead: float) -> None:
    talk = conversations.conversations()[0]
    sound = conversations.sound(talk, "mp3", start, 25.0, lead=lead)
    found = TinyTag.get(file_obj=io.BytesIO(sound), filename="a.mp3")
    assert found.duration == pytest.approx(25.0 - start + lead, abs=0.2)
    plain = json.loads(conversations.transcript(talk, start, 25.0))["lines"]
    late = json.loads(conversations.transcript(talk, start, 25.0, lead=lead))["lines"]
    assert [line["timestamp"] for line in late] == pytest.approx([line["timestamp"] + lead for line in plain])
