"""Links into a recording."""

import pytest

from recordings_site.recordings.forms import Moment, seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("754.2", 754.2), ("12:34", 754), ("1:02:03.5", 3723.5), (" 5 ", 5)],
)
def test_seconds_and_clocks_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", None, "abc", "-4", "1e9", "12:", "nan", "٣"])
def test_nonsense_is_no_moment(text: str | None) -> None:
    assert seconds_of(text) is None


def test_a_span_needs_an_end_after_its_start() -> None:
    assert Moment.of({"t": "10", "end": "12", "q": "refund"}) == Moment(10, 12, "refund")
    assert Moment.of({"t": "10", "end": "9"}).end is None
    assert Moment.of({"end": "9"}).end is None
    assert len(Moment.of({"q": "x" * 900}).q) == 200
