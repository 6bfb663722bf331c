"""Marks what a query matches in a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from recordings_site.recordings.search.language.compiled_query import Line, matches
from recordings_site.recordings.search.text.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a text, and whether it matches."""

    text: str
    found: bool


def highlight(text: str, language: str, lines: Iterable[Line], *, longest: int | None = None) -> list[Fragment]:
    """Split a text into fragments; shorten it to about `longest` characters around the first match."""
    tokens = tokenize(text, language)
    spans = sorted(
        (token.start, token.end)
        for line in lines
        for alternative in line.alternatives
        for token in matches(alternative, tokens)
    )
    merged: list[list[int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    first, last = _window(text, merged[0] if merged else [0, 0], longest)
    found: list[Fragment] = [Fragment("… ", False)] if first else []
    at = first
    for start, end in merged:
        if start >= last:
            break
        if start > at:
            found.append(Fragment(text[at:start], False))
        found.append(Fragment(text[start : min(end, last)], True))
        at = min(end, last)
    if at < last:
        found.append(Fragment(text[at:last], False))
    return [*found, Fragment(" …", False)] if last < len(text) else found


def _window(text: str, span: list[int], longest: int | None) -> tuple[int, int]:
    """Return the range of a long text to show, cut at blanks."""
    if longest is None or len(text) <= longest:
        return 0, len(text)
    first = max(0, min(span[0] - longest // 3, len(text) - longest))
    if first:
        blank = text.find(" ", first, span[0])
        first = blank + 1 if blank >= 0 else first
    last = min(len(text), first + longest)
    if last < len(text):
        blank = text.rfind(" ", max(first, span[1]), last)
        last = blank if blank > first else last
    return first, last
