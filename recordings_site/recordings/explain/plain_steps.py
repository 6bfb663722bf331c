"""A call in three steps for those who work with calls: the call, its recording, the file. No protocol, no paths."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recordings_site.base.formatting import counted, duration
from recordings_site.calls.models import Call
from recordings_site.recordings.explain import sentences
from recordings_site.recordings.explain.explanation import RecordingDecision
from recordings_site.recordings.explain.timeline import Explanation
from recordings_site.recordings.models import AWAITED, OverdueKind, RecordingJob, State

# How a state looks; one that is not here is idle.
_TONES = {State.AVAILABLE: "ok", OverdueKind.LATE: "warn", OverdueKind.MISSING: "bad", State.ELSEWHERE: "warn"}


@dataclass(frozen=True, slots=True)
class PlainStep:
    """A step with its title, what came of it, its tone (ok, wait, warn, bad, idle), and when, where that is known."""

    title: str
    text: str
    tone: str
    at: datetime | None = None


def plain_steps(why: Explanation) -> list[PlainStep]:
    """Return the three steps of an explained call."""
    return [_call(why.decision.call), _recording(why.decision, why.jobs), _file(why.jobs)]


def _call(call: Call | None) -> PlainStep:
    if call is None:
        return PlainStep("Call", "We didn’t receive this call, only its recording.", "idle")
    if call.never_answered:
        return PlainStep("Call", "Not answered.", "idle", call.started_at)
    if not call.is_over:
        return PlainStep("Call", "In progress.", "wait", call.started_at)
    length = f", {duration(call.duration)}" if call.duration is not None else ""
    return PlainStep("Call", f"Answered{length}.", "ok", call.started_at)


def _recording(decision: RecordingDecision, jobs: Sequence[RecordingJob]) -> PlainStep:
    tone = {True: "ok", None: "wait", False: "idle"}[decision.recorded]
    lengths = [job.duration for job in jobs if job.duration is not None]
    parts = f" in {counted(len(jobs), 'part')}" if len(jobs) > 1 else ""
    length = f", {duration(sum(lengths))}" if lengths else ""
    started = min((job.started_at for job in jobs if job.started_at), default=None)
    return PlainStep("Recording", f"{sentences.word(decision)}{parts}{length}.", tone, started)


def _file(jobs: Sequence[RecordingJob]) -> PlainStep:
    # The one of which there is most to say: a part that is missing, before those that are there.
    made = [job for job in jobs if job.state != State.NOT_RECORDED]
    if not made:
        return PlainStep("File", "No file.", "idle")
    job = next((job for job in made if not job.is_available), made[0])
    state = job.shown_state
    tone = "wait" if state in AWAITED else _TONES.get(state, "idle")
    there = sum(each.is_available for each in made)
    text = state.label if len(made) == 1 else f"{there} of {len(made)} parts available"
    return PlainStep("File", f"{text}{_transcript(job)}.", tone, job.available_at or job.overdue_since)


def _transcript(job: RecordingJob) -> str:
    if job.transcript_available_at is not None:
        return ", with transcript"
    if not job.transcription or not job.is_available:
        return ""
    return ", transcript late" if job.transcript_overdue_since is not None else ", transcript pending"
