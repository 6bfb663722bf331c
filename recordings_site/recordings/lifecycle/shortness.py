"""Decides whether what was recorded of a call is shorter than the time between start and stop of its recordings."""

from collections.abc import Sequence
from datetime import datetime

from recordings_site.calls.models import Call
from recordings_site.recordings.models import RecordingJob, State

TOLERANCE_SECONDS = 5.0
TOLERANCE_SHARE = 0.05


def tolerance(expected: float) -> float:
    """Seconds that may be missing of so many: encoders, and clocks that count whole seconds, take some."""
    return max(TOLERANCE_SECONDS, TOLERANCE_SHARE * expected)


def derive_shortness(call: Call, jobs: Sequence[RecordingJob]) -> None:
    """Set on each part how long all of them should be and are. Changes the jobs, saves nothing.

    A pause lies between two parts and counts for neither. While a length is not known (a part is to come or cannot
    be decoded, its start or stop was never announced) nothing is called short: a part without a file is late or
    missing, which is said elsewhere. What is deleted keeps what was found. A conference is not judged: its session
    closes when that becomes known, not when its recording stops.
    """
    parts = [job for job in jobs if _was_asked_for(job)]
    if not parts or any(job.state == State.DELETED for job in parts):
        return
    expected, recorded = _expected(call, parts), _recorded(parts)
    known = expected is not None and recorded is not None
    for job in parts:
        job.expected_seconds = round(expected, 3) if known and expected is not None else None
        job.recorded_seconds = round(recorded, 3) if known and recorded is not None else None
        job.is_short = bool(expected is not None and recorded is not None and expected - recorded > tolerance(expected))


def _was_asked_for(job: RecordingJob) -> bool:
    """Whether there should be a file: not of a call that was never answered, nor of one whose answer came too late."""
    withdrawn = job.decision_id is not None and job.expected_at is None and job.available_at is None
    return job.state != State.NOT_RECORDED and not withdrawn


def _recorded(parts: Sequence[RecordingJob]) -> float | None:
    lengths = [job.duration if job.available_at is not None else None for job in parts]
    return None if None in lengths else sum(length for length in lengths if length is not None)


def _expected(call: Call, parts: Sequence[RecordingJob]) -> float | None:
    """Seconds from the start to the stop of each part, added up. Only the last can run to the call's end."""
    end, total = call.ended_at, 0.0
    ordered = sorted(parts, key=lambda job: job.ordinal)
    for job in ordered:
        stop = job.stopped_at or (end if job is ordered[-1] else None)
        if job.started_at is None or stop is None:
            return None
        total += _seconds(job.started_at, min(stop, end) if end is not None else stop)
    return total


def _seconds(start: datetime, stop: datetime) -> float:
    return max(0.0, (stop - start).total_seconds())
