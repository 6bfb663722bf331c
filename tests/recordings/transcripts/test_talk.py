"""Who spoke how much: shares of the whole recording that add up to 100%."""

import random
from collections.abc import Sequence

from recordings_site.recordings.transcripts.lines import ShownLine
from recordings_site.recordings.transcripts.talk import talk_of

TALK = [(0.5, "Speaker 1"), (4.2, "Speaker 2"), (9.0, "Speaker 1"), (13.5, "Speaker 2")]


def lines(said: Sequence[tuple[float, str]]) -> list[ShownLine]:
    return [
        ShownLine(position, start, start + 1, label, label, "", 1 + int(label[-1]), "Hello", None)
        for position, (start, label) in enumerate(said)
    ]


def test_without_a_waveform_the_lines_are_all_that_is_known() -> None:
    talk = talk_of(lines(TALK), duration=18)
    assert [(each.label, each.turns, each.lines, each.seconds) for each in talk.speakers] == [
        ("Speaker 1", 2, 2, 8.2), ("Speaker 2", 2, 2, 9.3)
    ]  # fmt: skip
    assert [each.share for each in talk.speakers] == [47, 53]
    assert (talk.silence, talk.other) == (0, 0)


def test_silence_and_music_are_parts_of_the_whole() -> None:
    # 20 points of a second each: music for two seconds before the first line, and silence at the end.
    talk = talk_of(lines([(at + 1.5, label) for at, label in TALK]), [bytes([200] * 14 + [0] * 6)], 20)
    assert talk.sentence == "Speaker 1 40%, Speaker 2 20%, Other sound 10%, Silence 30%"
    assert [(part.start, part.share) for part in talk.parts] == [(0, 40), (40, 20), (60, 10), (70, 30)]


def test_speakers_at_the_same_time_share_it() -> None:
    talk = talk_of(lines([(0, "Speaker 1"), (0, "Speaker 2"), (10, "Speaker 1")]), duration=20)
    assert [(each.seconds, each.share) for each in talk.speakers] == [(15, 75), (5, 25)]


def test_shares_always_add_up_to_a_hundred() -> None:
    chance = random.Random(7)
    for _ in range(300):
        duration = chance.uniform(1, 400)
        labels = [f"Speaker {number}" for number in range(chance.randint(1, 5))]
        said = sorted(
            (round(chance.uniform(0, duration), 1), chance.choice(labels)) for _ in range(chance.randint(1, 30))
        )
        wave = [bytes(chance.choice((0, 0, 90)) for _ in range(chance.randint(1, 500)))]
        for waveform in ((), wave):
            talk = talk_of(lines(said), waveform, duration)
            assert sum(each.share for each in talk.speakers) + talk.silence + talk.other == 100
            assert sum(part.share for part in talk.parts) == 100


def test_nobody_talks_where_nothing_was_said() -> None:
    assert talk_of([]).parts == []
