"""Writes the filtered list as CSV or JSON Lines, page by page, so that memory stays bounded."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils import timezone

from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import RecordingJob, RecordingJobQuerySet
from recordings_site.web import csv_cells, keyset

FIELDS = (
    "id", "happened_at", "direction", "number", "label", "team", "caller", "called", "call_id", "conference_id",
    "state", "reason_code", "reason", "duration", "short", "expected_seconds", "recorded_seconds", "size", "format",
    "locale", "has_transcript", "policy",
    "policy_version", "destination", "key",
)  # fmt: skip


def facts_of(recording: RecordingJob) -> dict[str, object]:
    """Return one recording as a flat row; times in the active zone with their offset."""
    call, session, number, decision = recording.call, recording.conference_session, recording.number, recording.decision
    version = decision.policy_version if decision else None
    values = (
        str(recording.pk),
        _datetime(recording.happened_at),
        recording.direction,
        number.e164 if number else "",
        number.label if number else "",
        number.team.name if number else "",
        recording.caller,
        call.called if call else "",
        call.call_id if call else "",
        session.conference_id if session else "",
        recording.shown_state,
        recording.overdue_code or recording.problem_code,
        sentences.reason(recording),
        recording.duration,
        recording.is_short,
        recording.expected_seconds,
        recording.recorded_seconds,
        recording.size,
        recording.format,
        recording.locale,
        recording.transcript_available_at is not None,
        version.policy.name if version else "",
        version.number if version else None,
        recording.destination.name if recording.destination else "",
        recording.key,
    )
    return dict(zip(FIELDS, values, strict=True))


def lines(
    rows: RecordingJobQuerySet, export_format: str, *, order: tuple[str, str], descending: bool
) -> Iterator[bytes]:
    """Yield the file in chunks of a thousand rows, in the list's order; `export_format` is "csv" or "jsonl"."""
    write = WRITERS[export_format]
    zone = timezone.get_current_timezone()
    if export_format == "csv":
        yield csv_cells.row(FIELDS)
    for batch in keyset.batches(rows, order=order, descending=descending):
        # The zone of the request ended with it: this runs while the answer is sent.
        with timezone.override(zone):
            piece = b"".join(write(facts_of(recording)) for recording in batch)
        yield piece


def _csv(facts: dict[str, object]) -> bytes:
    return csv_cells.row(facts.values())


def _jsonl(facts: dict[str, object]) -> bytes:
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"


def _datetime(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


WRITERS: dict[str, Callable[[dict[str, object]], bytes]] = {"csv": _csv, "jsonl": _jsonl}
