"""Stores what the worker found: the facts of a recording's object, and its transcript."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from recordings_site.recordings import search
from recordings_site.recordings.audio.probe import Audio
from recordings_site.recordings.audio.waveform import pack
from recordings_site.recordings.ingest.languages import language_of
from recordings_site.recordings.lifecycle.objects import record_object_version
from recordings_site.recordings.models import (
    AudioIndex,
    IndexedRecording,
    Origin,
    Problem,
    RecordingJob,
    Transcript,
    TranscriptLine,
    line_ids,
)
from recordings_site.recordings.transcripts.summaries import summarize
from recordings_site.sinch import transcript as sinch_transcript
from recordings_site.sinch.errors import TranscriptError
from recordings_site.storage import ObjectStat
from recordings_site.tasks.registry import enqueue

# The task that alerts owners of saved searches.
LOOK_AFTER = timedelta(minutes=3)
_LINES_AT_ONCE = 1000


@transaction.atomic
def save_audio_facts(recording_id: UUID, *, stat: ObjectStat, audio: Audio) -> RecordingJob:
    """Store the facts of one version of the object, and that it replaced another one."""
    job = _seen(recording_id, stat)
    job.checked_at = timezone.now()
    job.content_type = audio.content_type
    job.duration = round(audio.duration, 3) if audio.duration else None
    job.audio = audio.facts
    peaks = pack(audio.lanes) if audio.lanes else b""
    AudioIndex.objects.update_or_create(recording=job, defaults={"peaks": peaks, "seek_table": audio.points})
    if job.problem_code != Problem.REPLACED:
        job.problem_code, job.problem_values = "", {}
    job.save()
    if job.transcription and job.transcript_available_at is None:
        # Sinch sends no event for a wrong locale or a failed transcription.
        enqueue("transcript.look", job.pk, at=timezone.now() + LOOK_AFTER)
    if (transcript := Transcript.objects.filter(recording=job).defer("raw").first()) is not None:
        # The silence in it is known only now.
        summarize(transcript)
    return job


@transaction.atomic
def mark_not_audio(recording_id: UUID, *, stat: ObjectStat, problem: Problem, code: str = "") -> RecordingJob:
    """Keep that what lies there cannot be played, and why; `code` is its format (audio.formats), if it has one."""
    job = _seen(recording_id, stat)
    job.checked_at = timezone.now()
    job.duration, job.audio = None, {}
    AudioIndex.objects.filter(recording=job).delete()
    job.problem_code, job.problem_values = problem, {"format": code} if code else {}
    job.save()
    return job


def _seen(recording_id: UUID, stat: ObjectStat) -> RecordingJob:
    record_object_version(recording=RecordingJob(pk=recording_id), stat=stat)
    return RecordingJob.objects.select_for_update().get(pk=recording_id)


@transaction.atomic
def save_transcript(recording_id: UUID, *, raw: bytes) -> Transcript:
    """Store a transcript file unchanged, and its lines as rows; a worker indexes them.

    The same file twice changes nothing; another one replaces the first, and corrections stay with their lines.
    """
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    same = Transcript.objects.filter(recording=job, raw=raw).defer("raw").first()
    if same is not None and raw:
        return same
    try:
        parsed = sinch_transcript.parse(raw, duration=job.duration)
    except TranscriptError as error:
        parsed = sinch_transcript.Transcript((), {sinch_transcript.Problem.UNREADABLE: {"reason": error.reason}})
    return _save_parsed(job, raw, parsed)


@transaction.atomic
def save_unread_transcript(recording_id: UUID, *, size: int) -> Transcript:
    """Keep that a transcript file of `size` bytes is too large to be read."""
    job = RecordingJob.objects.select_for_update().get(pk=recording_id)
    values = {"size": size, "limit": sinch_transcript.MAX_BYTES}
    return _save_parsed(job, b"", sinch_transcript.Transcript((), {sinch_transcript.Problem.TOO_LARGE: values}))


def _save_parsed(job: RecordingJob, raw: bytes, parsed: sinch_transcript.Transcript) -> Transcript:
    known = Transcript.objects.select_for_update().filter(recording=job).defer("raw").first()
    transcript = known or Transcript(recording=job)
    transcript.raw = raw
    transcript.locale, source = language_of(job, parsed)
    transcript.locale_source = source if transcript.locale else ""
    transcript.line_count = len(parsed.lines)
    transcript.problems = [{"code": code, **values} for code, values in parsed.problems.items()]
    transcript.loaded_at = timezone.now()
    transcript.save()
    _write_lines(transcript, parsed)
    enqueue("transcript.index", job.pk)
    job.transcript_available_at = job.transcript_available_at or timezone.now()
    job.transcript_overdue_since = None
    if job.origin == Origin.ADOPTED:
        job.locale = transcript.locale
    job.save(update_fields=("transcript_available_at", "transcript_overdue_since", "locale"))
    return transcript


@transaction.atomic
def index_transcript(transcript: Transcript) -> None:
    """Index and summarize a transcript with its current corrections, names and number.

    Saved searches alert of a transcript that was loaded since it was last indexed.
    """
    before = IndexedRecording.objects.filter(transcript=transcript).values_list("indexed_at", flat=True).first()
    search.index(transcript)
    summarize(transcript)
    if before is None or before < transcript.loaded_at:
        enqueue("saved.alerts", transcript.recording_id)


def _write_lines(transcript: Transcript, parsed: sinch_transcript.Transcript) -> None:
    TranscriptLine.objects.filter(transcript=transcript).delete()
    # A line's id begins with the second of its call, so that back-filled calls sort right.
    first = line_ids.first_id(transcript.recording.happened_at) << line_ids.BITS
    of_this_second = TranscriptLine.objects.filter(id__gte=first, id__lt=first + (1 << 2 * line_ids.BITS))
    last: int | None = of_this_second.aggregate(last=Max("id"))["last"]
    free = first if last is None else last + 1
    TranscriptLine.objects.bulk_create(
        (
            TranscriptLine(
                id=free + position,
                transcript=transcript,
                position=position,
                timestamp=line.timestamp,
                speaker_label=line.speaker_label,
                text=line.text,
            )
            for position, line in enumerate(parsed.lines)
        ),
        batch_size=_LINES_AT_ONCE,
    )


@transaction.atomic
def mark_transcript_overdue(recording_id: UUID) -> None:
    """Store since when a requested transcript is late; its arrival clears this."""
    RecordingJob.objects.filter(pk=recording_id, transcript_available_at=None, transcript_overdue_since=None).update(
        transcript_overdue_since=timezone.now()
    )
