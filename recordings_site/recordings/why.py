"""Why is (not) this call recorded? One sentence, then the chain of what happened, what is missing and since when."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from recordings_site.base.formatting import counted, phone
from recordings_site.calls.models import Call, CallbackDelivery, ConferenceSession, Decision
from recordings_site.recordings import verdict
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.recordings.state import State
from recordings_site.sinch import svaml

MOST_DELIVERIES = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain. `tone`: ok, wait, warn, bad or idle; `detail` is JSON to unfold, masked."""

    title: str
    text: str = ""
    at: datetime | None = None
    tone: str = "ok"
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentence first, then the chain. `recorded` is None while that is open."""

    sentence: str
    recorded: bool | None
    steps: Sequence[Step]
    call: Call | None


def of_recording(recording: RecordingJob) -> Explanation:
    """Why this recording is there: the chain of its call, of a conference that of the call that opened it."""
    decision = recording.decision
    call = recording.call or (decision.call if decision else None)
    if call is None:
        return Explanation(
            "Recorded, and nothing here decided it: its call was never seen, or it was started elsewhere.",
            True,
            list(_after([recording], recording.conference_session, None, None)),
            None,
        )
    return _explanation(call, [recording])


def of_call(call: Call) -> Explanation:
    """Why this call is or is not recorded."""
    jobs = RecordingJob.objects.of_call(call).with_facts()
    return _explanation(call, list(jobs))


def _explanation(call: Call, jobs: Sequence[RecordingJob]) -> Explanation:
    decision = Decision.objects.filter(call=call).select_related("policy_version__policy__published").first()
    told = verdict.of_call(call, decision, jobs)
    steps = [*_before(call, decision), *_after(jobs, call.conference_session, call, decision)]
    return Explanation(told.sentence, told.recorded, steps, call)


def _before(call: Call, decision: Decision | None) -> Iterator[Step]:
    """ICE, the decision and the answer."""
    if call.ice_received_at is None:
        kind = "A callout has no ICE" if call.direction == Call.Direction.CALLOUT else "It never reached this site"
        yield Step("ICE: not seen", f"{kind}.", tone="idle")
    else:
        who = f"{phone(call.caller) or 'A withheld number'} called {phone(call.called) or 'nobody'}"
        yield Step("ICE: the call came in", f"{who}.", call.ice_at or call.ice_received_at)
    if decision is None:
        yield Step("No decision", "Nothing was decided about this call.", tone="warn")
        return
    yield _decided(decision)
    if decision.ice_svaml is not None:
        took = f" in {decision.latency_ms:.1f} ms" if decision.latency_ms is not None else ""
        asks = _asks(svaml.recording_requests(decision.ice_svaml))
        later = "; recording starts when the call is answered (ACE)" if verdict.starts_at_ace(decision) else ""
        text = f"Answered{took}{later or asks}."
        yield Step("ICE answered", text, decision.decided_at, "ok", decision.ice_svaml)


def _decided(decision: Decision) -> Step:
    version = decision.policy_version
    texts = []
    if version is not None:
        if version.reason:
            texts.append(f"{version} was published for: {version.reason.rstrip('.')}.")
        published = version.policy.published
        if published is not None and published.pk != version.pk:
            texts.append(f"Since then v{published.number} is in force ({published.reason or 'no reason given'}).")
    tone = {"record": "ok", "impossible": "warn"}.get(decision.outcome, "idle")
    rule = f"rule {decision.rule}" if decision.rule else "no rule"
    title = f"Decided: {rule} of {version}" if version else "Decided: the default route"
    facts = decision.facts or {}
    shown = {name: facts[name] for name in ("call", "draw", "percent", "method") if facts.get(name) not in (None, "")}
    return Step(title, " ".join(filter(None, texts)), decision.decided_at, tone, shown or None)


def _asks(requests: Sequence[svaml.RecordingRequest]) -> str:
    if not requests:
        return ", without recording"
    what = "conference" if requests[0].conference else "call"
    return f", recording the {what} by {requests[0].origin}"


def _after(
    jobs: Sequence[RecordingJob], session: ConferenceSession | None, call: Call | None, decision: Decision | None
) -> Iterator[Step]:
    """The events after the answer, each notification, the object, the transcript."""
    told = _deliveries(call, session, jobs)
    for delivery in told:
        if delivery.event not in ("ice", "unknown"):
            yield _told(delivery, decision)
    if call is not None and not call.is_over:
        yield Step("The end was not told yet", "No DiCE came: the call may be going on.", tone="wait")
    for job in jobs:
        yield from _of_job(job, {delivery.notify_type for delivery in told})


def _deliveries(
    call: Call | None, session: ConferenceSession | None, jobs: Sequence[RecordingJob]
) -> list[CallbackDelivery]:
    about = Q(recording_id__in=[job.pk for job in jobs])
    if call is not None:
        about |= Q(call=call)
    elif session is not None:
        about |= Q(call__conference_session=session)
    return list(CallbackDelivery.objects.filter(about).order_by("received_at", "id")[:MOST_DELIVERIES])


def _told(delivery: CallbackDelivery, decision: Decision | None) -> Step:
    """One callback: its result, and for ACE and PIE what was answered."""
    accepted = delivery.verdict == CallbackDelivery.Verdict.ACCEPTED
    name = delivery.notify_type or {"ace": "ACE: the call was answered", "dice": "DiCE: the call ended"}.get(
        delivery.event, delivery.event.upper()
    )
    body = _body(bytes(delivery.body))
    answer = {"ace": decision.ace_svaml, "pie": decision.pie_svaml}.get(delivery.event) if decision else None
    text = delivery.result if delivery.event not in ("ace", "pie") else ""
    if answer is not None:
        text = f"Answered{_asks(svaml.recording_requests(answer))}."
    if not accepted:
        text = f"{delivery.get_verdict_display()}. {text}"
    broken = delivery.event == "dice" and str(body.get("reason", "")).upper() in verdict.BROKEN
    tone = "bad" if broken else "ok" if accepted else "warn"
    return Step(name, text, delivery.received_at, tone, {"received": body, **({"answered": answer} if answer else {})})


def _of_job(job: RecordingJob, told: set[str]) -> Iterator[Step]:
    """What the store has of a recording, and what is missing of it."""
    place = f" in {job.destination}" if job.destination else ""
    if job.state == State.NOT_RECORDED:
        yield Step("No file", "The call was never answered, so there is nothing to wait for.", tone="idle")
        return
    since = job.finished_at or job.expected_at or job.happened_at
    if job.notification_events and "recording_available" not in told and job.state != State.AVAILABLE:
        late = job.overdue_since is not None
        yield Step(
            "recording_available: missing" if late else "recording_available: not yet",
            f"{job.shown_state.label}: {sentences.overdue(job)}"
            if late
            else "Sinch tells it when the file lies in the store.",
            job.overdue_since or since,
            "bad" if late else "wait",
        )
    if job.state == State.AVAILABLE:
        size = counted(job.size, "byte") if job.size is not None else "of unknown size"
        yield Step(
            f"The file lies{place}",
            sentences.problem(job) or f"{size}: {job.key}",
            job.available_at,
            "warn" if job.problem_code else "ok",
        )
    elif job.state == State.DELETED:
        yield Step("The file was deleted", sentences.deleted(job), job.deleted_at, "idle")
    else:
        late = job.overdue_since is not None
        looked = "It was looked for and not found." if late else "It is looked for some minutes after the call's end."
        yield Step(f"The file does not lie{place} yet", looked, job.overdue_since or since, "bad" if late else "wait")
    yield _transcript(job)


def _transcript(job: RecordingJob) -> Step:
    found = Transcript.objects.filter(recording=job).defer("raw", "text", "html").first()
    if found is not None:
        return Step(
            "The transcript is here",
            f"{counted(found.line_count, 'line')} in {found.locale or 'an unnamed language'}.",
            found.loaded_at,
        )
    if not job.transcription:
        return Step("No transcript", "None was asked for.", tone="idle")
    if job.transcript_overdue_since is not None:
        text = f"Asked for in {job.locale}. A wrong locale, and a transcription that fails, bring no event."
        return Step("The transcript is missing", text, job.transcript_overdue_since, "bad")
    return Step(
        "The transcript is not here yet", f"Asked for in {job.locale}.", job.available_at or timezone.now(), "wait"
    )


def _body(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {"body": body.decode(errors="replace")}
    return found if isinstance(found, dict) else {"body": found}
