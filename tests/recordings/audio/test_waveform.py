"""The waveform as kept and as sent."""

import base64

import pytest

from recordings_site.recordings.audio.waveform import pack, unpack, waveform


def test_what_is_packed_is_unpacked() -> None:
    for lanes in ([b"\x00\x80\xff"], [b"\x01\x02", b"\x03\x04"]):
        assert unpack(pack(lanes)) == lanes


def test_without_a_waveform_there_are_no_lanes() -> None:
    assert unpack(None) == []
    assert unpack(b"") == []
    assert waveform(None, duration=3) == {"duration": 3, "lanes": []}


def test_lanes_of_two_lengths_three_lanes_and_too_many_points_are_refused() -> None:
    for lanes in ([], [b"1", b"22"], [b"1"] * 3, [b"1" * 4001]):
        with pytest.raises(ValueError, match="4,000"):
            pack(lanes)


def test_the_browser_gets_each_lane_in_base64() -> None:
    sent = waveform(pack([b"\x00\xff"]), duration=2.5)
    assert sent["duration"] == 2.5
    assert [base64.b64decode(lane) for lane in sent["lanes"]] == [b"\x00\xff"]
