"""Writes the index: one transcript at a time, in one transaction."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max

from recordings_site.recordings.models import IndexedRecording, Side, Transcript, line_ids
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.text import languages
from recordings_site.recordings.search.text.line_tokens import LineText, line_tokens
from recordings_site.recordings.search.text.tokens import VERSION, language_of
from recordings_site.recordings.transcripts.lines import corrections_of
from recordings_site.recordings.transcripts.speakers import speakers_of


def index(transcript: Transcript) -> IndexedRecording:
    """Reindex a transcript: its original and corrected lines, under all names of their speakers."""
    lines = list(_texts(transcript))
    language = language_of(transcript.locale or transcript.recording.locale)
    words: dict[str, str] = {}
    tokens = [line_tokens(line, language, transcript.recording.number_id, words) for line in lines]
    with transaction.atomic():
        gone, _ = IndexedRecording.objects.filter(transcript=transcript).delete()
        indexed = _new_row(transcript, language, len(lines))
        engine().put(indexed, tokens)
        languages.learn(language)
        engine().learn(words, language, again=gone > 0)
    return indexed


def _texts(transcript: Transcript) -> Iterable[LineText]:
    corrections = corrections_of(transcript)
    rows = list(transcript.lines.order_by("position").values_list("position", "timestamp", "speaker_label", "text"))
    speakers = speakers_of(transcript.recording, (label for _, _, label, _ in rows))
    for position, timestamp, label, text in rows[: line_ids.MOST]:
        speaker = speakers[label]
        names = (label, speaker.name, Side(speaker.side).label if speaker.side else "")
        yield LineText(
            position=position,
            at=max(0.0, timestamp + transcript.offset),
            speakers=tuple(each for each in dict.fromkeys(names) if each),
            said=text,
            corrected=corrections[position].text if position in corrections else "",
        )


def _new_row(transcript: Transcript, language: str, line_count: int) -> IndexedRecording:
    """Create a row with the next free id of its call's second; concurrent writers retry."""
    recording = transcript.recording
    first = line_ids.first_id(recording.happened_at)
    for _ in range(20):
        used = IndexedRecording.objects.filter(id__gte=first, id__lt=first + line_ids.MOST).aggregate(last=Max("id"))
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
    raise IntegrityError(f"No free ID for a recording of {recording.happened_at}")
