"""The sentences of an explanation: the outcome of a call and each step of its timeline, made from codes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.timezone import localtime

from recordings_site.base.formatting import counted, day, instant
from recordings_site.calls import sentences as calls
from recordings_site.calls.models import Call, CallbackDelivery, Decision
from recordings_site.policies.engine.explain.sentences import clause
from recordings_site.recordings.explain.explanation import DecisionCode, RecordingDecision, starts_at_ace
from recordings_site.recordings.explain.timeline import StepKind, TimelineStep
from recordings_site.recordings.lifecycle import sentences as states
from recordings_site.recordings.models import Origin, OverdueKind, RecordingJob, Transcript
from recordings_site.sinch import svaml

_BROKEN_BY_US = {
    "CALLBACKERROR": "Sinch got no usable answer to a callback",
    "INVALIDSVAMLACTION": "Sinch couldn’t carry out our answer",
}


def sentence(decision: RecordingDecision) -> str:
    """Return the whole explanation: `Not recorded: rule 1 of Support EU v1 excludes calls from +4670*.`"""
    word, rest = _parts(decision)
    return f"{word}{rest}."


def word(decision: RecordingDecision) -> str:
    """Return the outcome alone: `Not recorded`."""
    return _parts(decision)[0]


def reason(decision: RecordingDecision) -> str:
    """Return the reason as a sentence of its own."""
    return _capital(f"{_parts(decision)[1]}.".lstrip(":, "))


def _parts(decision: RecordingDecision) -> tuple[str, str]:
    """Return the outcome, and the rest of the sentence with its leading punctuation."""
    why = clause(decision.grounds) if decision.grounds else ""
    match decision.code:
        case DecisionCode.UNEXPLAINED:
            return "Recorded", ", but not decided here: we never received the call, or recording was started elsewhere"
        case DecisionCode.RECORDED_ANYWAY:
            origin = f" ({Origin(decision.recording.origin).label.lower()})" if decision.recording else ""
            return f"Recorded anyway{origin}", f": {why or _undecided(decision.undecided, decision)}"
        case DecisionCode.DECIDED_NOT:
            return "Not recorded", f": {why}"
        case DecisionCode.RECORDED:
            return "Recorded", f": {why}"
        case DecisionCode.ELSEWHERE if decision.recording:
            place = states.where(decision.recording.reported_destination)
            return "Recorded", f", but stored in {place}, which isn’t one of your destinations: {why}"
        case DecisionCode.LAST_RESORT | DecisionCode.BROKEN | DecisionCode.NEVER_SEEN as code:
            return "Not recorded", f": {_undecided(code, decision)}"
        case (
            DecisionCode.BROKEN_BY_US
            | DecisionCode.CALL_FAILED
            | DecisionCode.NEVER_ANSWERED
            | DecisionCode.NOT_ASKED_FOR as code
        ):
            return "Not recorded", f": {_prevented(code, decision.call)}, though {why}"
        case code:
            return _progress(code, decision.recording, why)


def _undecided(code: DecisionCode | None, decision: RecordingDecision) -> str:
    match code:
        case DecisionCode.LAST_RESORT:
            return "the fallback answered the call, and it never records"
        case DecisionCode.BROKEN:
            return _prevented(code, decision.call)
        case _:
            return "we didn’t receive the start of this call, so no decision was made"


def _prevented(code: DecisionCode, call: Call | None) -> str:
    """Return what prevented the recording of a call; with Sinch's code where an admin has to act."""
    match code:
        case DecisionCode.BROKEN_BY_US | DecisionCode.BROKEN if call:
            return f"{_BROKEN_BY_US[call.dice_reason]} ({call.dice_reason})"
        case DecisionCode.NOT_ASKED_FOR:
            return "our answer at pickup didn’t request recording"
    return "the call failed" if code == DecisionCode.CALL_FAILED else "the call was never answered"


def _progress(code: DecisionCode, job: RecordingJob | None, why: str) -> tuple[str, str]:
    """Return the outcome of a recording whose file is not in the store, and the rest of the sentence."""
    match code:
        case DecisionCode.DELETED if job and job.deleted_at:
            return "Recorded", f", and deleted on {day(localtime(job.deleted_at))}, {states.deleted(job)}: {why}"
        case DecisionCode.OVERDUE if job and job.overdue_since:
            outcome = f"Recording {OverdueKind(job.overdue_kind).label.lower()}"
            return outcome, f" since {instant(localtime(job.overdue_since))}: {states.reason(job)} {_capital(why)}"
        case DecisionCode.ON_ITS_WAY:
            return "Recorded", f", file pending: {why}"
        case DecisionCode.UNDER_WAY:
            return "Being recorded", f": {why}"
        case _:
            return "To be recorded", f": {why}"


def step_title(step: TimelineStep) -> str:
    """Return what happened."""
    match step.about:
        case RecordingJob() as job if step.kind in (StepKind.FILE, StepKind.FILE_OVERDUE, StepKind.FILE_AWAITED):
            place = f" in {job.destination}" if job.destination else ""
            return f"Stored{place}" if step.kind == StepKind.FILE else f"Not stored{place} yet"
        case CallbackDelivery() as delivery:
            known = {"ace": "ACE: the call was answered", "dice": "DiCE: the call ended"}
            return delivery.notify_type or known.get(delivery.event, delivery.event.upper())
        case Decision() as decision if step.kind == StepKind.DECIDED:
            version = decision.policy_version
            rule = f"rule {decision.rule}" if decision.rule else "no rule"
            return f"Decided: {rule} of {version}" if version else "Decision: default route"
    return _TITLES[step.kind]


def step_text(step: TimelineStep) -> str:
    """Return the details, "" when the title says all."""
    if step.kind == StepKind.CALLBACK:
        return _callback(step)
    text = _TEXTS[step.kind]
    return text if isinstance(text, str) else text(step.about)


def _ice(call: Call) -> str:
    return f"{call.shown_caller or 'A private number'} called {call.shown_called or 'an unknown number'}."


def _no_ice(call: Call) -> str:
    return "Callouts don’t send one." if call.direction == Call.Direction.CALLOUT else "It didn’t reach this site."


def _decided(decision: Decision) -> str:
    version = decision.policy_version
    if version is None:
        return ""
    said = [f"{version} was published with the reason: {version.reason.rstrip('.')}."] if version.reason else []
    published = version.policy.published
    if published is not None and published.pk != version.pk:
        said.append(
            f"Version {published.number} has been published since then ({published.reason or 'no reason given'})."
        )
    return " ".join(said)


def _ice_answered(decision: Decision) -> str:
    took = f" in {decision.latency_ms:.1f} ms" if decision.latency_ms is not None else ""
    if starts_at_ace(decision):
        return f"Answered{took}; recording starts when the call is answered (ACE)."
    return f"Answered{took}{_asks(svaml.recording_requests(decision.ice_svaml))}."


def _asks(requests: Sequence[svaml.RecordingRequest]) -> str:
    if not requests:
        return ", without recording"
    what = "conference" if requests[0].conference else "call"
    return f", recording the {what} ({requests[0].origin})"


def _callback(step: TimelineStep) -> str:
    delivery: CallbackDelivery = step.about
    text = calls.result(delivery) if delivery.event not in ("ace", "pie") else ""
    if "answered" in step.detail:
        text = f"Answered{_asks(svaml.recording_requests(step.detail['answered']))}."
    accepted = delivery.verdict == CallbackDelivery.Verdict.ACCEPTED
    return text if accepted else f"{delivery.get_verdict_display()}. {text}"


def _file(job: RecordingJob) -> str:
    size = counted(job.size, "byte") if job.size is not None else "of unknown size"
    return states.problem(job) or f"{size}: {job.key}"


def _transcript(transcript: Transcript) -> str:
    lines = counted(transcript.line_count, "line")
    return f"{lines} in {transcript.language}." if transcript.locale else f"{lines}."


def _asked_for(job: RecordingJob) -> str:
    return f"Requested in {job.locale}."


def _never_transcribed(job: RecordingJob) -> str:
    return f"{_asked_for(job)} Sinch doesn’t report wrong languages or failed transcriptions."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_TITLES = {
    StepKind.ICE_NOT_SEEN: "ICE: not received",
    StepKind.ICE: "ICE: the call came in",
    StepKind.NOT_DECIDED: "No decision",
    StepKind.ICE_ANSWERED: "ICE answered",
    StepKind.END_AWAITED: "Call end not received",
    StepKind.NO_FILE: "No file",
    StepKind.NOTICE_OVERDUE: "recording_available: missing",
    StepKind.NOTICE_AWAITED: "recording_available: not yet",
    StepKind.FILE_ELSEWHERE: "The file is stored elsewhere",
    StepKind.FILE_DELETED: "File deleted",
    StepKind.TRANSCRIPT: "Transcript available",
    StepKind.NO_TRANSCRIPT: "No transcript",
    StepKind.TRANSCRIPT_OVERDUE: "Transcript missing",
    StepKind.TRANSCRIPT_AWAITED: "Transcript pending",
}
# Fixed texts, and functions of the row that a step is about.
_TEXTS: Mapping[StepKind, str | Callable[[Any], str]] = {
    StepKind.ICE_NOT_SEEN: _no_ice,
    StepKind.ICE: _ice,
    StepKind.NOT_DECIDED: "No decision was made for this call.",
    StepKind.DECIDED: _decided,
    StepKind.ICE_ANSWERED: _ice_answered,
    StepKind.END_AWAITED: "We haven’t received the end of this call. It may still be in progress.",
    StepKind.NO_FILE: "The call wasn’t answered, so there is no recording.",
    StepKind.NOTICE_OVERDUE: states.overdue,
    StepKind.NOTICE_AWAITED: "Sinch reports when the file has been uploaded.",
    StepKind.FILE: _file,
    StepKind.FILE_ELSEWHERE: states.no_audio_reason,
    StepKind.FILE_DELETED: states.deleted,
    StepKind.FILE_OVERDUE: "We checked and didn’t find it.",
    StepKind.FILE_AWAITED: "We check a few minutes after the call.",
    StepKind.TRANSCRIPT: _transcript,
    StepKind.NO_TRANSCRIPT: "Not requested.",
    StepKind.TRANSCRIPT_OVERDUE: _never_transcribed,
    StepKind.TRANSCRIPT_AWAITED: _asked_for,
}
