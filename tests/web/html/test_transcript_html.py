"""The lines of a transcript as HTML."""

import re

from recordings_site.recordings.transcripts.lines import ShownLine
from recordings_site.web.html.transcript_html import LIST_OF, lines_html


def line(
    position: int, *, speaker: str = "Anna", label: str = "S1", text: str = "Hi", original: str | None = None
) -> ShownLine:
    start = position * 7.5
    return ShownLine(position, start, start + 1, label, speaker, "", 1, text, original)


def test_a_line_is_a_list_item_with_a_button_that_seeks() -> None:
    assert lines_html([line(2)]) == (
        '<ol><li id="l2" class="ln s1"><button name="t" value="15" aria-label="15 seconds">0:15</button>'
        '<b dir="auto" data-sign="A">Anna</b><p dir="auto">Hi</p></li></ol>'
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


def test_many_lines_stand_in_lists_of_fifty_and_none_names_its_form() -> None:
    html = lines_html([line(each) for each in range(2 * LIST_OF + 1)])
    assert [each.count("<li ") for each in html.split("<ol>")[1:]] == [LIST_OF, LIST_OF, 1]
    assert re.findall('id="l([0-9]+)"', html) == [str(each) for each in range(2 * LIST_OF + 1)]
    assert "form=" not in html  # Chromium walks the whole page for each button that has it
