"""Counts search results: in all, and by number, direction, speaker, month, policy and tag."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.formatting import month
from recordings_site.calls.models import Direction
from recordings_site.recordings.models import IndexedRecording, RecordingTag, line_ids
from recordings_site.recordings.search.engines import port
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.hits import compiled, lines_at
from recordings_site.recordings.search.language.compiled_query import CompiledQuery, lines_of
from recordings_site.recordings.search.language.query_tree import Node, Or
from recordings_site.recordings.search.scope import scoped
from recordings_site.recordings.transcripts.speakers import speakers_of_each

NEWEST = 1000  # hits that are counted unless more is asked for
MOST = 100_000  # that an exact count goes through
LINES = 3000  # newest lines among which speakers are counted
SHOWN = 8  # values of one facet


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its label, how many counted hits have it, and the condition for it."""

    label: str
    count: int
    condition: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of the results, its commonest values first."""

    name: str
    values: Sequence[FacetValue]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many calls match ("1,000+" when there are more), and the facets of the newest."""

    count: int
    more: bool
    facets: Sequence[Facet]
    searched_back_to: datetime | None = None


def count(node: Node, *, user: User, most: int = NEWEST) -> tuple[int, bool]:
    """Return how many recordings match, up to `most`, and whether there are more."""
    return engine().count(scoped(compiled(node), user), most=most)


def summarize(node: Node, *, user: User) -> Summary:
    """Return the count and the facets of the newest hits."""
    query = compiled(node)
    walked = engine().find(scoped(query, user), size=NEWEST, budget=5 * port.BUDGET)
    return Summary(len(walked.ids), walked.older is not None, list(_facets(walked.ids, query)))


def _facets(found: Sequence[int], query: CompiledQuery) -> Iterator[Facet]:
    rows = list(
        IndexedRecording.objects.filter(pk__in=found).values_list(
            "recording__number__digits",
            "recording__number__label",
            "recording__direction",
            "recording__happened_at",
            "recording__decision__policy_version__policy__name",
        )
    )
    yield _facet("Number", ((label or f"+{digits}", f"number:+{digits}") for digits, label, *_ in rows if digits))
    directions = dict(Direction.choices)
    yield _facet("Direction", ((directions[row[2]], f"direction:{row[2]}") for row in rows))
    speakers = _speakers(found, query)
    yield _facet("Speaker", ((label, f"speaker:{quoted(label)}") for label in speakers))
    months = [timezone.localtime(row[3]) for row in rows]
    yield _facet("Month", ((month(at), f"on:{at:%Y-%m}") for at in months), by_count=False)
    yield _facet("Policy", ((row[4], f"policy:{quoted(row[4])}") for row in rows if row[4]))
    tags = RecordingTag.objects.filter(recording__indexed__in=found).values_list(F("tag__name"))
    yield _facet("Tag", ((name, f"tag:{quoted(name)}") for (name,) in tags))


def _speakers(found: Sequence[int], query: CompiledQuery) -> Iterator[str]:
    """The names of those who said what was found, as hits show them, once for each of their recordings."""
    wanted = list(lines_of(query))
    if not wanted or not found:
        return iter(())
    kept = set(found)
    lines = [each for each in engine().newest_lines(wanted, found, most=LINES) if each >> line_ids.BITS in kept]
    rows = IndexedRecording.objects.filter(pk__in={each >> line_ids.BITS for each in lines})
    of = {row[0]: row[1:] for row in rows.values_list("pk", "transcript_id", "recording_id", "recording__number_id")}
    transcripts = {pk: transcript for pk, (transcript, *_) in of.items()}
    speakers = speakers_of_each({recording: number for _, recording, number in of.values()})
    known = {transcript: speakers[recording] for transcript, recording, _ in of.values()}
    said = lines_at([(transcripts[each >> line_ids.BITS], line_ids.position_of(each)) for each in lines])
    pairs = {(transcript, line[1]) for (transcript, _), line in said.items() if line[1]}
    return (known[transcript][label].name if label in known[transcript] else label for transcript, label in pairs)


def _facet(name: str, values: Iterable[tuple[str, str]], *, by_count: bool = True) -> Facet:
    counted = Counter(values)
    # Months come newest first: their conditions sort as their time does.
    order = counted.most_common() if by_count else sorted(counted.items(), key=lambda item: item[0][1], reverse=True)
    return Facet(name, [FacetValue(label, number, condition) for (label, condition), number in order[:SHOWN]])


def quoted(value: str) -> str:
    """Return a value as the query language takes it: quoted unless it is one plain word."""
    plain = value.replace('"', " ").strip()
    return plain if plain.isalnum() else f'"{plain}"'


def refined(text: str, condition: str, node: Node) -> str:
    """Return the query with a condition added; its alternatives are put in brackets."""
    return f"({text}) {condition}" if isinstance(node, Or) else f"{text} {condition}"
