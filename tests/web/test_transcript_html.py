"""The lines of a transcript as HTML."""

import re

from recordings_site.recordings.transcripts.lines import ShownLine
from recordings_site.web.transcript_html import lines_html


def line(
    position: int, *, speaker: str = "Anna", label: str = "S1", text: str = "Hi", original: str | None = None
) -> ShownLine:
    start = position * 7.5
    return ShownLine(position, start, start + 1, label, speaker, 1, text, original)


def test_a_line_is_a_list_item_with_a_button_that_seeks() -> None:
    assert lines_html([line(2)]) == (
        '<li id="l2" class="ln s1"><button form="seek" name="t" value="15" aria-label="15 seconds">0:15</button>'
        '<b dir="auto">Anna</b><p dir="auto">Hi</p></li>'
    )


def test_what_was_said_is_escaped_once() -> None:
    html = lines_html([line(0, speaker='"><b>', text="<script>alert('x')</script> & more")])
    assert "<script>" not in html
    assert "&quot;&gt;&lt;b&gt;" in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; more" in html


def test_a_corrected_line_says_so_and_a_speaker_who_goes_on_is_marked() -> None:
    html = lines_html([line(0), line(1, original="Hey"), line(2, label="S2")])
    assert re.findall('class="ln s1( same)?"', html) == ["", " same", ""]
    assert html.count("<i>corrected</i>") == 1
    assert lines_html([]) == ""
