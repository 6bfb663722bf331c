"""Chapters of long calls: where nobody speaks, called by the words that follow."""

from recordings_site.recordings.transcripts.chapters import chapters_of
from recordings_site.recordings.transcripts.lines import ShownLine

DURATION = 600.0


def lines(*said: tuple[float, str]) -> list[ShownLine]:
    return [ShownLine(place, start, start + 5, "A", "A", "", 1, text, None) for place, (start, text) in enumerate(said)]


def waveform(*silences: tuple[int, int]) -> list[bytes]:
    """Two points a second."""
    points = bytearray([200] * int(2 * DURATION))
    for start, end in silences:
        points[2 * start : 2 * end] = bytes(2 * (end - start))
    return [bytes(points)]


def chapters(said: list[ShownLine], *silences: tuple[int, int], duration: float = DURATION) -> list[tuple[float, str]]:
    return [(each.start, each.line.text) for each in chapters_of(said, waveform(*silences), duration)]


CALL = lines(
    (3, "Hello."), (5, "This is about my open invoice."), (200, "Yes."), (212, "I am back, here is the list."),
    (216, "Fine."), (400, "Now to the second invoice, please."), (590, "Goodbye, and thanks a lot."),
)  # fmt: skip


def test_a_chapter_begins_after_a_pause_with_the_first_words_of_substance() -> None:
    assert chapters(CALL, (0, 3), (202, 212), (395, 400)) == [
        (3, "This is about my open invoice."),
        (212, "I am back, here is the list."),
        (400, "Now to the second invoice, please."),
    ]


def test_breaths_and_pauses_near_an_end_or_another_one_begin_none() -> None:
    assert chapters(CALL, (210, 212), (398, 400)) == []
    assert chapters(CALL, (202, 212), (213, 216), (585, 590)) == [
        (3, "This is about my open invoice."), (212, "I am back, here is the list.")
    ]  # fmt: skip


def test_short_calls_and_calls_without_words_or_waveform_have_none() -> None:
    assert chapters(CALL, (202, 212), duration=299) == []
    assert chapters([], (202, 212)) == []
    assert chapters_of(CALL, [], DURATION) == []


def test_only_the_longest_pauses_count_in_a_call_of_many() -> None:
    said = lines(*((float(at), "one two three four five") for at in range(0, 36_000, 60)))
    peaks = bytes(0 if second % 60 > 55 else 200 for second in range(36_000))
    assert len(chapters_of(said, [peaks], 36_000.0)) == 20
