"""Whether a call is recorded and by whose word, in one sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from recordings_site.calls.models import Call, Decision
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.recordings.state import State
from recordings_site.sinch import svaml

# With these reasons Sinch says that we broke the call.
BROKEN = {
    "CALLBACKERROR": "Sinch got no answer to a callback that it could use",
    "INVALIDSVAMLACTION": "Sinch could not carry out our answer",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence about one call, and its two parts: "Not recorded", and why."""

    call: Call
    sentence: str

    @property
    def recorded(self) -> bool | None:
        """Whether it is recorded; None while that is open."""
        return True if self.sentence.startswith("Recorded") else False if self.sentence.startswith("Not") else None

    @property
    def word(self) -> str:
        """The beginning, which says what became of the call."""
        return re.split("[:,]", self.sentence, maxsplit=1)[0]

    @property
    def reason(self) -> str:
        """The rest, as a sentence of its own."""
        return _capital(self.sentence.removeprefix(self.word).lstrip(":, "))


def of_list(calls: Sequence[Call]) -> Iterator[Verdict]:
    """What is to be said of each of these calls; the recordings of all of them are read at once."""
    about = Q(call__in=calls) | Q(conference_session__in={call.conference_session_id for call in calls} - {None})
    jobs = list(RecordingJob.objects.filter(about).defer("peaks").order_by("ordinal", "happened_at"))
    for call in calls:
        yield of_call(call, getattr(call, "decision", None), [job for job in jobs if _is_of(job, call)])


def _is_of(job: RecordingJob, call: Call) -> bool:
    return job.call_id == call.pk or (
        job.conference_session_id is not None and job.conference_session_id == call.conference_session_id
    )


def of_call(call: Call, decision: Decision | None, jobs: Sequence[RecordingJob]) -> Verdict:
    """What is to be said of a call, from what was decided about it and its recordings."""
    return Verdict(call, _sentence(call, decision, jobs))


def _sentence(call: Call, decision: Decision | None, jobs: Sequence[RecordingJob]) -> str:
    lying = next((job for job in jobs if job.state == State.AVAILABLE), None)
    if decision is None or decision.outcome != Decision.Outcome.RECORD:
        word = decision.sentence if decision else _undecided(call)
        if lying is None:
            return word
        reason = word.removeprefix("Not recorded: ").removesuffix(".")
        return f"Recorded all the same ({Origin(lying.origin).label.lower()}), though {reason}."
    reason = decision.sentence.removeprefix("Recorded: ").removesuffix(".")
    if lying is not None:
        return decision.sentence
    if call.dice_reason in BROKEN:
        return f"Not recorded: {BROKEN[call.dice_reason]} ({call.dice_reason}), though {reason}."
    if call.never_answered:
        ended = ", ".join(filter(None, (call.dice_result, call.dice_reason)))
        what = "the call failed" if call.dice_result == "FAILED" else "the call was never answered"
        return f"Not recorded: {what} ({ended}), though {reason}."
    if _ace_did_not_record(decision):
        return f"Not recorded: the answer to ACE held no recording, though {reason}."
    return _underway(jobs, reason)


def _underway(jobs: Sequence[RecordingJob], reason: str) -> str:
    """The sentence of a call that is to be recorded and whose file does not lie in the store."""
    job = jobs[0] if jobs else None
    if job is None:
        return f"To be recorded: {reason}."
    if job.state == State.DELETED:
        return f"Recorded, and deleted on {job.deleted_at:%d %B %Y}, {sentences.deleted(job)}: {reason}."
    if job.overdue_since is not None:
        overdue = f"{job.shown_state.label}: {sentences.overdue(job)}".rstrip(".")
        since = f"{job.overdue_since:%d %B %Y %H:%M} UTC"
        return f"To be recorded, but missing since {since}: {overdue}. {_capital(reason)}."
    if job.state == State.FINISHED:
        return f"Recorded, its file is on its way: {reason}."
    return f"Being recorded: {reason}."


def _undecided(call: Call) -> str:
    if call.ice_received_at is not None:
        return "Not recorded: its ICE was answered by the last resort, which connects calls and never records."
    if call.dice_reason in BROKEN:
        return f"Not recorded: {BROKEN[call.dice_reason]} ({call.dice_reason})."
    return "Not recorded: the call's ICE was never seen here, so no decision was made."


def starts_at_ace(decision: Decision) -> bool:
    """Whether the recording that was decided begins when the called side answers."""
    return ((decision.facts or {}).get("plan") or {}).get("starts") == "ace"


def _ace_did_not_record(decision: Decision) -> bool:
    return (
        starts_at_ace(decision) and decision.ace_svaml is not None and not svaml.recording_requests(decision.ace_svaml)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
