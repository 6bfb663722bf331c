"""Links into a recording."""

from recordings_site.recordings.annotations.forms import SelectedSpan


def test_a_span_needs_an_end_after_its_start() -> None:
    assert SelectedSpan.of({"t": "10", "end": "12", "q": "refund"}) == SelectedSpan(10, 12, "refund")
    assert SelectedSpan.of({"t": "10", "end": "9"}).end is None
    assert SelectedSpan.of({"end": "9"}).end is None
    assert len(SelectedSpan.of({"q": "x" * 900}).q) == 200
