"""The steps from a new application to its first playable recording: a checklist, each open step with its remedy."""

from dataclasses import dataclass

from recordings_site.base.formatting import counted
from recordings_site.calls.models import UpstreamExchange, UpstreamOutcome
from recordings_site.policies.applications.actions_connect import callback_url, points_here
from recordings_site.policies.applications.signature_problem import signature_problem
from recordings_site.policies.models import Application
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import RecordingJob, State

# The upstream's figures are those of so many events.
LATEST = 200


@dataclass(frozen=True)
class ChecklistStep:
    """One item. `state` is done, open, or wrong; `remedy` says what to do about it."""

    name: str
    title: str
    state: str
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class UpstreamFigures:
    """How an upstream answered recently, in milliseconds."""

    asked: int
    answered: int
    median: float | None
    p95: float | None

    @property
    def failed(self) -> int:
        """Calls that the number's own route took."""
        return self.asked - self.answered


def checklist(application: Application) -> list[ChecklistStep]:
    """The steps of connecting an application, in their order, as they stand now."""
    return [
        _key(application),
        _callbacks(application),
        _numbers(application),
        _callback_received(application),
        _recording(application),
    ]


def upstream_figures(application: Application) -> UpstreamFigures:
    """How fast and how well the application's upstream answered the latest calls."""
    latest = UpstreamExchange.objects.of(application).waited_for().values_list("outcome", "ms")[:LATEST]
    times = sorted(ms for outcome, ms in latest if outcome == UpstreamOutcome.ANSWERED and ms is not None)
    return UpstreamFigures(
        asked=len(latest),
        answered=len(times),
        median=times[len(times) // 2] if times else None,
        p95=times[min(len(times) - 1, round(len(times) * 0.95))] if times else None,
    )


def _key(application: Application) -> ChecklistStep:
    title = "Sinch accepts the key and secret"
    if application.asked_sinch_at is None:
        return ChecklistStep("key", title, "open", "Not checked yet.", "Run the check.")
    if application.sinch_problem:
        remedy = "If Sinch rejects them, compare them with the Sinch dashboard, then check again."
        return ChecklistStep("key", title, "wrong", application.sinch_problem, remedy)
    return ChecklistStep("key", title, "done", "The key was accepted.")


def _callbacks(application: Application) -> ChecklistStep:
    title, url = "Callbacks are sent here", application.sinch_callback_url
    if points_here(url):
        return ChecklistStep("callbacks", title, "done", f"Sinch sends callbacks to {url}")
    how = f"Click “Send callbacks here” to make Sinch use {callback_url()}"
    if not url:
        asked = application.asked_sinch_at is not None and not application.sinch_problem
        detail = "Sinch has no callback URL for this application." if asked else "Not checked yet."
        return ChecklistStep("callbacks", title, "open", detail, how)
    remedy = f"If that URL answers your calls today, make it the upstream of a relay. {how}"
    return ChecklistStep("callbacks", title, "wrong", f"Sinch sends callbacks to {url}", remedy)


def _numbers(application: Application) -> ChecklistStep:
    title, count = "Numbers are added", application.numbers.in_use().count()
    if count:
        bare = application.numbers.in_use().without_policy().count()
        detail = f"{counted(count, 'number')}" + (f", {bare} without a published policy." if bare else ".")
        return ChecklistStep("numbers", title, "done", detail)
    return ChecklistStep("numbers", title, "open", "No numbers yet.", "Import them from Sinch or from a file.")


def _callback_received(application: Application) -> ChecklistStep:
    title = "First callback received"
    if problem := signature_problem(application):
        return ChecklistStep("callback", title, "wrong", problem.detail, problem.remedy)
    if application.first_callback_at is not None:
        return ChecklistStep("callback", title, "done", "Sinch can reach this site, and its signatures are valid.")
    remedy = f"Call one of its numbers. If nothing arrives, {callback_url()} can’t be reached from the internet."
    return ChecklistStep("callback", title, "open", "None yet.", remedy)


def _recording(application: Application) -> ChecklistStep:
    title = "First recording available"
    jobs = RecordingJob.objects.of_application(application)
    if jobs.filter(state=State.AVAILABLE).exists():
        return ChecklistStep("recording", title, "done", "The first recording can be played.")
    overdue = jobs.overdue().first()
    if overdue is not None:
        remedy = "Check the destination. Sinch doesn’t report failed uploads."
        return ChecklistStep("recording", title, "wrong", sentences.overdue(overdue), remedy)
    if jobs.exists():
        return ChecklistStep("recording", title, "open", "One is pending.", "Its audio arrives after the call.")
    remedy = "Give a number a policy that records, or start recording on the Live page during a call."
    return ChecklistStep("recording", title, "open", "No recordings yet.", remedy)
