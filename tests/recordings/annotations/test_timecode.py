"""Links into a recording."""

from recordings_site.recordings.annotations.forms import Moment


def test_a_span_needs_an_end_after_its_start() -> None:
    assert Moment.of({"t": "10", "end": "12", "q": "refund"}) == Moment(10, 12, "refund")
    assert Moment.of({"t": "10", "end": "9"}).end is None
    assert Moment.of({"end": "9"}).end is None
    assert len(Moment.of({"q": "x" * 900}).q) == 200
