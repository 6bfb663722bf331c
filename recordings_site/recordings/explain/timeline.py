"""The timeline of a call: each step a code with its values, including what is missing and since when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.calls.bodies import shown_body
from recordings_site.calls.models import (
    BROKEN_BY_US,
    Call,
    CallbackDelivery,
    ConferenceSession,
    Decision,
    DecisionOutcome,
)
from recordings_site.recordings.explain import explanation
from recordings_site.recordings.explain.explanation import DecisionCode, RecordingDecision
from recordings_site.recordings.models import RecordingJob, State, Transcript

MOST_DELIVERIES = 200


class StepKind(StrEnum):
    """What happened in a step."""

    ICE_NOT_SEEN = "ice_not_seen"
    ICE = "ice"
    NOT_DECIDED = "not_decided"
    DECIDED = "decided"
    ICE_ANSWERED = "ice_answered"
    CALLBACK = "callback"
    END_AWAITED = "end_awaited"
    NO_FILE = "no_file"
    NOTICE_OVERDUE = "notice_overdue"
    NOTICE_AWAITED = "notice_awaited"
    FILE = "file"
    FILE_ELSEWHERE = "file_elsewhere"
    FILE_DELETED = "file_deleted"
    FILE_OVERDUE = "file_overdue"
    FILE_AWAITED = "file_awaited"
    TRANSCRIPT = "transcript"
    NO_TRANSCRIPT = "no_transcript"
    TRANSCRIPT_OVERDUE = "transcript_overdue"
    TRANSCRIPT_AWAITED = "transcript_awaited"


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """A step of the timeline. `tone`: ok, wait, warn, bad or idle; `about` is the row with the values of the step.

    `detail` is JSON to unfold, redacted.
    """

    kind: StepKind
    at: datetime | None = None
    tone: str = "ok"
    about: Any = None
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome of a call, its timeline, and the recordings that it is about."""

    decision: RecordingDecision
    steps: Sequence[TimelineStep]
    jobs: Sequence[RecordingJob]


def of_recording(recording: RecordingJob, user: User) -> Explanation:
    """Explain a recording that the user may see: the timeline of its call, for a conference that of the call that
    opened it.
    """
    decision = recording.decision
    call = recording.call or (decision.call if decision else None)
    if call is None:
        steps = list(_after([recording], recording.conference_session, None, None, user))
        return Explanation(RecordingDecision(DecisionCode.UNEXPLAINED, None, recording=recording), steps, [recording])
    return _explanation(call, [recording], user)


def of_call(call: Call, user: User) -> Explanation:
    """Explain why a call that the user may see is or is not recorded."""
    jobs = RecordingJob.objects.of_call(call).with_facts()
    return _explanation(call, list(jobs), user)


def _explanation(call: Call, jobs: Sequence[RecordingJob], user: User) -> Explanation:
    decision = Decision.objects.filter(call=call).select_related("policy_version__policy__published").first()
    visible = explanation.visible_among(jobs, user)
    shown = [job for job in jobs if job.pk in visible]
    steps = [*_before(call, decision), *_after(shown, call.conference_session, call, decision, user)]
    return Explanation(explanation.of_call(call, decision, jobs, visible), steps, shown)


def _before(call: Call, decision: Decision | None) -> Iterator[TimelineStep]:
    """ICE, the decision and the answer."""
    if call.ice_received_at is None:
        yield TimelineStep(StepKind.ICE_NOT_SEEN, tone="idle", about=call)
    else:
        yield TimelineStep(StepKind.ICE, call.ice_at or call.ice_received_at, about=call)
    if decision is None:
        yield TimelineStep(StepKind.NOT_DECIDED, tone="warn")
        return
    tone = {DecisionOutcome.RECORD: "ok", DecisionOutcome.IMPOSSIBLE: "warn"}.get(
        DecisionOutcome(decision.outcome), "idle"
    )
    facts = decision.facts
    shown = {name: facts[name] for name in ("call", "draw", "percent", "method") if facts.get(name) not in (None, "")}
    yield TimelineStep(StepKind.DECIDED, decision.decided_at, tone, decision, shown or None)
    if decision.ice_svaml is not None:
        yield TimelineStep(StepKind.ICE_ANSWERED, decision.decided_at, "ok", decision, decision.ice_svaml)


def _after(
    jobs: Sequence[RecordingJob],
    session: ConferenceSession | None,
    call: Call | None,
    decision: Decision | None,
    user: User,
) -> Iterator[TimelineStep]:
    """The callbacks after the answer, then the file and transcript of each recording."""
    deliveries = _deliveries(call, session, jobs, user)
    for delivery in deliveries:
        if delivery.event not in ("ice", "unknown"):
            yield _callback(delivery, decision)
    if call is not None and not call.is_over:
        yield TimelineStep(StepKind.END_AWAITED, tone="wait")
    for job in jobs:
        yield from _of_job(job, {delivery.notify_type for delivery in deliveries})


def _deliveries(
    call: Call | None, session: ConferenceSession | None, jobs: Sequence[RecordingJob], user: User
) -> list[CallbackDelivery]:
    found = CallbackDelivery.objects.about(
        user, call=call, session=session if call is None else None, recordings=[job.pk for job in jobs]
    )
    return list(found[:MOST_DELIVERIES])


def _callback(delivery: CallbackDelivery, decision: Decision | None) -> TimelineStep:
    """One callback: its result, and for ACE and PIE our answer."""
    accepted = delivery.verdict == CallbackDelivery.Verdict.ACCEPTED
    received = shown_body(delivery)
    body = received if isinstance(received, dict) else {"body": received}
    answer = {"ace": decision.ace_svaml, "pie": decision.pie_svaml}.get(delivery.event) if decision else None
    broken = delivery.event == "dice" and str(body.get("reason", "")).upper() in BROKEN_BY_US
    tone = "bad" if broken else "ok" if accepted else "warn"
    detail = {"received": body, **({"answered": answer} if answer else {})}
    return TimelineStep(StepKind.CALLBACK, delivery.received_at, tone, delivery, detail)


def _of_job(job: RecordingJob, notified: set[str]) -> Iterator[TimelineStep]:
    """The notification, file and transcript of a recording, or what is missing of them."""
    if job.state == State.NOT_RECORDED:
        yield TimelineStep(StepKind.NO_FILE, tone="idle")
        return
    since = job.finished_at or job.expected_at or job.happened_at
    if job.notification_events and "recording_available" not in notified and not job.is_available:
        yield (
            TimelineStep(StepKind.NOTICE_OVERDUE, job.overdue_since, "bad", job)
            if job.overdue_kind
            else TimelineStep(StepKind.NOTICE_AWAITED, since, "wait")
        )
    if job.is_available:
        yield TimelineStep(StepKind.FILE, job.available_at, "warn" if job.problem_code else "ok", job)
    elif job.state == State.ELSEWHERE:
        yield TimelineStep(StepKind.FILE_ELSEWHERE, job.elsewhere_at, "warn", job)
    elif job.state == State.DELETED:
        yield TimelineStep(StepKind.FILE_DELETED, job.deleted_at, "idle", job)
    elif job.overdue_kind:
        yield TimelineStep(StepKind.FILE_OVERDUE, job.overdue_since, "bad", job)
    else:
        yield TimelineStep(StepKind.FILE_AWAITED, since, "wait", job)
    yield _transcript(job)


def _transcript(job: RecordingJob) -> TimelineStep:
    found = Transcript.objects.filter(recording=job).defer("raw").first()
    if found is not None:
        return TimelineStep(StepKind.TRANSCRIPT, found.loaded_at, about=found)
    if not job.transcription:
        return TimelineStep(StepKind.NO_TRANSCRIPT, tone="idle")
    if job.transcript_overdue_since is not None:
        return TimelineStep(StepKind.TRANSCRIPT_OVERDUE, job.transcript_overdue_since, "bad", job)
    return TimelineStep(StepKind.TRANSCRIPT_AWAITED, job.available_at or timezone.now(), "wait", job)
