"""Writes the lines of a transcript as HTML, the only HTML that is put together in Python for speed.

Calls of seven hours have 5,000 lines: a template takes 220 ms for them, this 24 (bench recording_page has the page).
"""

from collections.abc import Iterable
from html import escape
from typing import Protocol

from django.utils.safestring import SafeString

from recordings_site.base.formatting import duration, spoken_duration, timecode


class Line(Protocol):
    """One line: `start` in seconds, `colour` a number from 1, `original` what a correction replaced."""

    @property
    def position(self) -> int: ...
    @property
    def start(self) -> float: ...
    @property
    def speaker_label(self) -> str: ...
    @property
    def speaker(self) -> str: ...
    @property
    def colour(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def original(self) -> str | None: ...


def lines_html(lines: Iterable[Line]) -> SafeString:
    """The lines as list items. Everything that was said or typed is escaped here, once."""
    parts: list[str] = []
    before: str | None = None
    for line in lines:
        same = " same" if line.speaker_label == before else ""
        corrected = "" if line.original is None else "<i>corrected</i>"
        parts.append(
            f'<li id="l{line.position}" class="ln s{line.colour}{same}">'
            f'<button form="seek" name="t" value="{timecode(line.start)}" aria-label="{spoken_duration(line.start)}">'
            f'{duration(line.start)}</button><b dir="auto">{escape(line.speaker)}</b>'
            f'<p dir="auto">{escape(line.text)}</p>{corrected}</li>'
        )
        before = line.speaker_label
    return SafeString("\n".join(parts))
