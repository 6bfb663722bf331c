"""Writes what searches read: one transcript at a time, whole, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from recordings_site.recordings import ids
from recordings_site.recordings.lines import corrections_of, names_of
from recordings_site.recordings.models import IndexedRecording, Transcript
from recordings_site.recordings.search import spoken
from recordings_site.recordings.search.impact import impact_token, levels
from recordings_site.recordings.search.tokens import (
    VERSION,
    language_of,
    scope_token,
    speaker_tokens,
    tokenize,
)

# Positions between what a line said and what it should have said: farther than NEAR reaches.
_APART = 100
# The highest position that PostgreSQL keeps: what a line says beyond is found, but not in a phrase.
_LAST_POSITION = 16383
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class LineText:
    """What is indexed of one line: its place, its second, who spoke, what was heard and what people made of it."""

    position: int
    at: float
    speakers: tuple[str, ...]
    said: str
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class LineTokens:
    """The tokens of one line as both databases index them."""

    position: int
    at: float
    said: tuple[str, ...]
    corrected: tuple[str, ...]
    joined: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """Every token of the line."""
        return (*self.said, *self.corrected, *self.joined)


def index_transcript(transcript: Transcript) -> IndexedRecording:
    """Index a transcript anew: what its lines said and were corrected to, under every name of their speakers."""
    lines = list(_texts(transcript))
    language = language_of(transcript.locale or transcript.recording.locale)
    words: dict[str, str] = {}
    tokens = [line_tokens(line, language, transcript.recording.number_id, words) for line in lines]
    with transaction.atomic():
        gone, _ = IndexedRecording.objects.filter(transcript=transcript).delete()
        indexed = _new_row(transcript, language, len(lines))
        write_tokens(indexed, tokens)
        spoken.learn(language)
        _count_words(words, language, again=gone > 0)
    return indexed


def remove_transcript(transcript: Transcript) -> None:
    """Take a transcript out of every search; a trigger takes its tokens with it."""
    IndexedRecording.objects.filter(transcript=transcript).delete()


def line_tokens(line: LineText, language: str, number_id: int | None, words: dict[str, str]) -> LineTokens:
    """The tokens of one line; its words and their tokens are added to `words`."""
    said, corrected = tokenize(line.said, language), tokenize(line.corrected, language)
    for tokens in (said, corrected):
        words.update(zip(tokens.words, (token.text for token in tokens.sequence), strict=True))
    joined = [token.text for token in (*said.joined, *corrected.joined)]
    speakers = [token for name in line.speakers for token in speaker_tokens(name)]
    return LineTokens(
        position=line.position,
        at=line.at,
        said=tuple(token.text for token in said.sequence),
        corrected=tuple(token.text for token in corrected.sequence),
        joined=tuple(dict.fromkeys((*joined, *speakers, scope_token(number_id)))),
    )


def recording_tokens(lines: Sequence[LineTokens], scope: int) -> list[str]:
    """The tokens of a whole recording, in order: those of its lines, and again those that it says much of."""
    said = Counter(token for line in lines for token in dict.fromkeys(line.all()))
    number = scope_token(scope)
    much = (
        impact_token(each, level)
        for each, times in said.items()
        if each != number
        for level in levels(times, len(lines))
    )
    return sorted({*said, number, *much})


def write_tokens(indexed: IndexedRecording, lines: Sequence[LineTokens]) -> None:
    """Write the tokens of a recording and of its lines into the database's own tables."""
    whole = recording_tokens(lines, indexed.scope)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO recordings_search_recording (id, scope, tokens) VALUES (%s, %s, array_to_tsvector(%s))",
                [indexed.id, indexed.scope, whole],
            )
            cursor.executemany(
                "INSERT INTO recordings_search_line (id, scope, at, tokens) VALUES (%s, %s, %s, %s::tsvector)",
                [(ids.line_id(indexed.id, line.position), indexed.scope, line.at, tsvector(line)) for line in lines],
            )
        else:
            cursor.execute(
                "INSERT INTO recordings_search_recording (rowid, tokens) VALUES (%s, %s)", [indexed.id, " ".join(whole)]
            )
            cursor.executemany(
                "INSERT INTO recordings_search_line (rowid, said, corrected, joined, at) VALUES (%s, %s, %s, %s, %s)",
                [
                    (
                        ids.line_id(indexed.id, line.position),
                        " ".join(line.said),
                        " ".join(line.corrected),
                        " ".join(line.joined),
                        line.at,
                    )
                    for line in lines
                ],
            )


def tsvector(line: LineTokens) -> str:
    """A line's tokens as the text of a tsvector: with positions where phrases may be looked for."""
    places: dict[str, list[str]] = {}
    for offset, tokens in ((1, line.said), (len(line.said) + _APART, line.corrected)):
        for place, token in enumerate(tokens, offset):
            places.setdefault(token, []).append(str(min(place, _LAST_POSITION)))
    parts = [f"{quoted(token)}:{','.join(found)}" for token, found in places.items()]
    return " ".join((*parts, *(quoted(token) for token in line.joined if token not in places)))


def quoted(token: str) -> str:
    """A token as tsvector and tsquery write it."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _texts(transcript: Transcript) -> Iterable[LineText]:
    names = names_of(transcript.recording)
    corrections = corrections_of(transcript)
    rows = transcript.lines.order_by("position").values_list("position", "timestamp", "speaker_label", "text")
    for position, timestamp, label, text in rows[: ids.MOST]:
        name = names.get(label, "")
        yield LineText(
            position=position,
            at=max(0.0, timestamp + transcript.offset),
            speakers=tuple(each for each in (label, name) if each),
            said=text,
            corrected=corrections[position].text if position in corrections else "",
        )


def _new_row(transcript: Transcript, language: str, line_count: int) -> IndexedRecording:
    """A row with the next free id of its call's second; two writers of one second try again."""
    recording = transcript.recording
    first = ids.first_id(recording.happened_at)
    for _ in range(20):
        used = IndexedRecording.objects.filter(id__gte=first, id__lt=first + ids.MOST).aggregate(last=Max("id"))
        try:
            with transaction.atomic():
                return IndexedRecording.objects.create(
                    id=first if used["last"] is None else used["last"] + 1,
                    recording=recording,
                    transcript=transcript,
                    scope=recording.number_id or 0,
                    language=language,
                    line_count=line_count,
                    version=VERSION,
                )
        except IntegrityError:
            if IndexedRecording.objects.filter(transcript=transcript).exists():
                raise
    raise IntegrityError(f"No free id for a recording of {recording.happened_at}")


def _count_words(words: dict[str, str], language: str, *, again: bool) -> None:
    """Count the transcript's words once, in their order, so that two writers never wait for each other in a circle."""
    rows = [(word[:_LONGEST_WORD], language, token[:_LONGEST_WORD]) for word, token in sorted(words.items())]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO recordings_spokenword (word, language, token, transcripts) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (word, language) DO UPDATE SET "
            f"transcripts = recordings_spokenword.transcripts + {0 if again else 1}, token = excluded.token",
            rows,
        )
