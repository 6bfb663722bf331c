"""The rows of a page of search results, with their links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recordings_site.recordings.links import recording_url
from recordings_site.recordings.search import Hit, HitLine


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit with its URL, and its lines with theirs."""

    hit: Hit
    url: str
    number: str
    lines: Sequence[tuple[HitLine, str]]


def rows_of(hits: Iterable[Hit], list_name: str) -> list[HitRow]:
    """Return the rows of a page; their links carry the list's name, for previous and next."""
    return [
        HitRow(
            hit,
            hit_url(hit, list_name),
            str(hit.recording.number or "Unknown number"),
            [
                (line, recording_url(hit.recording.pk, words=line.words, start=line.seconds, list_name=list_name))
                for line in hit.lines
            ],
        )
        for hit in hits
    ]


def hit_url(hit: Hit, list_name: str) -> str:
    """Return the URL at which a hit opens: at its first line, with the matched words to find."""
    start = hit.seconds[0] if hit.seconds else None
    return recording_url(hit.recording.pk, words=hit.words, start=start, list_name=list_name)
