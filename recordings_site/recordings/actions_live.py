"""What people do to calls in progress: start, stop, pause and resume recording; each with its outcome in the audit.

Sinch knows start and stop alone (Manage Call). A pause stops the recording, resuming starts another of the same call.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.models import Call
from recordings_site.policies import snapshot
from recordings_site.policies.answer import CallFacts, PlannedRecording
from recordings_site.policies.live import CannotRecord, plan_live
from recordings_site.policies.reaching import client_for
from recordings_site.recordings.actions import expect_recording, settle
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.client import ApiError
from recordings_site.sinch.svaml import Svaml

COMMANDS = ("start", "stop", "pause", "resume")
STARTING = frozenset({"start", "resume"})


@dataclass(frozen=True)
class Outcome:
    """What came of a command; `uncertain` when Sinch did not say whether it took it."""

    command: str
    done: bool
    message: str
    uncertain: bool = False


def command_recording(*, by: User, call: Call, command: str) -> Outcome:
    """Do one of COMMANDS to a call in progress. Never raises for what Sinch, or the state of things, says no to.

    No transaction is open while Sinch is asked; what it answered is then kept together with the audit row.
    """
    if call.is_over:
        return _refused(by, call, command, "The call has ended.")
    running = RecordingJob.objects.running_on(call)
    try:
        if command in STARTING:
            return _start(by, call, command, running)
        return _stop(by, call, command, running)
    except CannotRecord as problem:
        return _refused(by, call, command, str(problem))


def _start(by: User, call: Call, command: str, running: list[RecordingJob]) -> Outcome:
    if running:
        return _refused(by, call, command, "A recording of this call runs already. Stop it first.")
    planned, options = plan_live(_facts(call), snapshot.current(), recording_id=uuid.uuid4())
    error = _send(call, svaml.manage("start", options))
    if error is not None and error.status:
        return _refused(by, call, command, f"Sinch refused: {error}.")
    return _keep_start(by, call, command, planned, uncertain=error is not None)


@transaction.atomic
def _keep_start(by: User, call: Call, command: str, planned: PlannedRecording, *, uncertain: bool) -> Outcome:
    job = expect_recording(subject=call, planned=planned, at=timezone.now(), origin=Origin.LIVE)
    if uncertain:
        message = "Sinch did not answer: the recording may have started."
        return _kept(by, call, command, message, [job], uncertain=True)
    return _kept(by, call, command, "Recording." if command == "start" else "Recording again.", [job])


def _stop(by: User, call: Call, command: str, running: list[RecordingJob]) -> Outcome:
    if not running:
        return _refused(by, call, command, "No recording of this call runs.")
    error = _send(call, svaml.manage("stop"))
    if error is not None:
        return _refused(by, call, command, f"Sinch refused: {error}." if error.status else f"{error}")
    return _keep_stop(by, call, command, running)


@transaction.atomic
def _keep_stop(by: User, call: Call, command: str, running: list[RecordingJob]) -> Outcome:
    now = timezone.now()
    for job in RecordingJob.objects.filter(pk__in=[job.pk for job in running], stopped_at=None).select_for_update():
        job.stopped_at = now
        job.save(update_fields=("stopped_at",))
    settle(call)
    return _kept(by, call, command, "Paused." if command == "pause" else "Stopped.", running)


def _send(call: Call, document: Svaml) -> ApiError | None:
    try:
        with client_for(call.application) as client:
            client.update_call(call.call_id, document, resource_url=call.call_resource_url)
    except ApiError as problem:
        return problem
    return None


def _kept(
    by: User, call: Call, command: str, message: str, jobs: list[RecordingJob], *, uncertain: bool = False
) -> Outcome:
    data = {
        "outcome": "uncertain" if uncertain else "done",
        "message": message,
        "recordings": [str(job.pk) for job in jobs],
    }
    audit.record(by=by, action=f"call.recording_{command}", subject=call, data=data)
    return Outcome(command, True, message, uncertain)


def _refused(by: User, call: Call, command: str, message: str) -> Outcome:
    data = {"outcome": "refused", "message": message}
    audit.record(by=by, action=f"call.recording_{command}", subject=call, data=data)
    return Outcome(command, False, message)


def _facts(call: Call) -> CallFacts:
    """The facts of the call as they are known now; its number may have been added since its ICE."""
    digits = call.number.digits if call.number else ""
    return CallFacts(
        call_id=call.call_id,
        direction=call.direction,
        cli=call.caller,
        to=call.called,
        number_digits=digits,
        at=timezone.now(),
        application_key=call.application.key,
    )
