"""Finds recordings and returns each as a hit: its first matching lines, with the matches marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from recordings_site.accounts.models import User
from recordings_site.recordings.models import IndexedRecording, RecordingJob, line_ids
from recordings_site.recordings.search.engines import port
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.highlight import Fragment, highlight
from recordings_site.recordings.search.language.compiled_query import CompiledQuery, Line, lines_of
from recordings_site.recordings.search.language.compiler import compile_query
from recordings_site.recordings.search.language.query_tree import Node
from recordings_site.recordings.search.scope import scoped, within_one
from recordings_site.recordings.search.text import languages
from recordings_site.recordings.transcripts.lines import corrected_texts
from recordings_site.recordings.transcripts.speakers import ShownSpeaker, speakers_of_each

PAGE = 20
LINES_SHOWN = 3
LINES_COUNTED = 200  # of one recording, for the strip
LONGEST_LINE = 280  # characters shown of one line


@dataclass(frozen=True, slots=True)
class HitLine:
    """A matching line: its time in seconds, its speaker, and its text with the matches marked."""

    seconds: float
    speaker: str
    fragments: Sequence[Fragment]

    @property
    def words(self) -> str:
        """The longest stretch that was found, as it was said: what the recording's own find is filled with."""
        return max((each.text for each in self.fragments if each.found), key=len, default="")


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching recording, its first matching lines, and the times of all of them."""

    recording: RecordingJob
    lines: Sequence[HitLine]
    seconds: Sequence[float]

    @property
    def words(self) -> str:
        """What was found in the first line shown, as it was said."""
        return self.lines[0].words if self.lines else ""

    @property
    def length(self) -> float:
        """Seconds covered by the recording and its matches."""
        return max(self.recording.duration or 0, self.seconds[-1] if self.seconds else 0) or 1

    @property
    def more_lines(self) -> int:
        """The number of matching lines beyond those shown."""
        return len(self.seconds) - len(self.lines)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A page of hits, and where the next one begins."""

    hits: Sequence[Hit]
    older: int | None
    # How far back a search for the newest went when it stopped early.
    searched_back_to: datetime | None = None
    # Of the best: among how many of the newest they were chosen (0: among all), and whether there are more hits.
    considered: int = 0
    more: bool = False


def compiled(node: Node) -> CompiledQuery:
    """Compile a query tree for the languages of the indexed transcripts."""
    return compile_query(node, languages=languages.languages(), expand=engine().expand)


def find(node: Node, *, user: User, before: int | None = None, size: int = PAGE) -> ResultPage:
    """Return the newest matching recordings visible to the user, older than the cursor `before`."""
    query = compiled(node)
    walked = engine().find(scoped(query, user), size=size, before=before)
    hits = _hits(walked.ids, list(lines_of(query)), user)
    back_to = line_ids.time_of(walked.older) if walked.stopped and walked.older is not None else None
    return ResultPage(hits, walked.older, back_to)


def best(node: Node, *, user: User, page: int = 1, size: int = PAGE) -> ResultPage:
    """Return a page (from 1) of the best hits; its `older` is the number of the next page."""
    query = compiled(node)
    ranked = engine().best(scoped(query, user), most=page * size + 1)
    shown = ranked.ids[(page - 1) * size : page * size]
    return ResultPage(
        hits=_hits(shown, list(lines_of(query)), user),
        older=page + 1 if page * size < len(ranked.ids) else None,
        considered=port.CONSIDERED if ranked.of_newest else 0,
        more=ranked.more,
    )


def finds(node: Node, recording: RecordingJob, *, user: User) -> bool:
    """Return whether a query matches a recording."""
    query = scoped(compiled(node), user)
    return any(engine().find(within_one(query, pk), size=1).ids for pk in _indexed(recording))


def within(node: Node, recording: RecordingJob, *, user: User) -> Hit | None:
    """Return one recording as a hit with its matching lines; None while it is not indexed."""
    return next(iter(_hits(_indexed(recording), list(lines_of(compiled(node))), user)), None)


def _indexed(recording: RecordingJob) -> list[int]:
    """Return the id of a recording in the index, if it is indexed."""
    return list(IndexedRecording.objects.filter(recording=recording).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class AdjacentHits:
    """The hits before and after one, and the cursor of a page with it and the next one."""

    previous: Hit | None
    following: Hit | None
    before: int | None


def adjacent_hits(node: Node, recording: RecordingJob, *, user: User, before: int | None, best: bool) -> AdjacentHits:
    """Return the hits beside a recording, on the page that begins at the cursor `before`, or the next one.

    Newest first scans go to older hits only: before the first of a page nothing is known.
    """
    query, cursor = compiled(node), before
    order = engine().best(scoped(query, user)).ids if best else _walked(query, user, before)
    place = next((order.index(pk) for pk in _indexed(recording) if pk in order), None)
    if place is None:
        return AdjacentHits(None, None, before)
    if not best and place + 1 == PAGE:
        # Half a page remains, for going back.
        cursor = order[PAGE // 2]
    near = [order[at] for at in (place - 1, place + 1) if 0 <= at < len(order)]
    hits = {hit.recording.indexed.pk: hit for hit in _hits(near, list(lines_of(query)), user)}
    return AdjacentHits(
        hits.get(order[place - 1]) if place else None,
        hits.get(order[place + 1]) if place + 1 < len(order) else None,
        cursor,
    )


def _walked(query: CompiledQuery, user: User, before: int | None) -> list[int]:
    """The ids of a page of hits, and of the one that the next page begins with."""
    return list(engine().find(scoped(query, user), size=PAGE + 1, before=before).ids)


def _hits(found: Sequence[int], lines: Sequence[Line], user: User) -> list[Hit]:
    rows = RecordingJob.objects.visible_to(user).as_hits().filter(indexed__in=found)
    recordings = {row.indexed.pk: row for row in rows}
    places = engine().places(lines, [pk for pk in found if pk in recordings], most=LINES_COUNTED) if lines else {}
    shown = {pk: spots[:LINES_SHOWN] for pk, spots in places.items()}
    texts = lines_at([(recordings[pk].indexed.transcript_id, spot[0]) for pk, spots in shown.items() for spot in spots])
    corrected = corrected_texts(transcript for transcript, _ in texts)
    speakers = speakers_of_each({row.pk: row.number_id for row in recordings.values()})
    hits = []
    for pk in found:
        if pk not in recordings:
            continue
        language, transcript = recordings[pk].indexed.language, recordings[pk].indexed.transcript_id
        places_shown = [(transcript, position) for position, _ in shown.get(pk, []) if (transcript, position) in texts]
        hits.append(
            Hit(
                recording=recordings[pk],
                lines=[
                    HitLine(
                        texts[place][0],
                        _name(speakers[recordings[pk].pk], texts[place][1]),
                        _line_text(texts[place][2], corrected.get(place), language, lines),
                    )
                    for place in places_shown
                ],
                seconds=[at for _, at in places.get(pk, [])],
            )
        )
    return hits


def _name(speakers: Mapping[str, ShownSpeaker], label: str) -> str:
    return speakers[label].name if label in speakers else label


def _line_text(original: str, corrected: str | None, language: str, lines: Sequence[Line]) -> Sequence[Fragment]:
    """The corrected text of a line, or Sinch's own when only that matches."""
    own = highlight(original, language, lines, longest=LONGEST_LINE)
    if corrected is None:
        return own
    shown = highlight(corrected, language, lines, longest=LONGEST_LINE)
    return shown if any(each.found for each in shown) or not any(each.found for each in own) else own


def lines_at(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[float, str, str]]:
    """Return time, speaker and text of lines by transcript and position."""
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            # A join, for SQLite would read every line for a list of pairs.
            f"WITH wanted (transcript, place) AS (VALUES {', '.join(['(%s, %s)'] * len(wanted))})"
            ' SELECT t.transcript_id, t.position, t.timestamp + r."offset", t.speaker_label, t.text'
            " FROM wanted, recordings_transcriptline t, recordings_transcript r"
            " WHERE t.transcript_id = wanted.transcript AND t.position = wanted.place AND r.id = t.transcript_id",
            [value for pair in wanted for value in pair],
        )
        return {(row[0], row[1]): (max(0.0, row[2]), row[3], row[4]) for row in cursor.fetchall()}
