"""Commands to calls in progress: start, stop, pause and resume recording, each audited with its outcome.

Sinch knows only start and stop (Manage Call). Pause stops the recording; resume starts another one of the call.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.models import Call
from recordings_site.policies.applications.sinch_client import client_for
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.answer import PlannedRecording
from recordings_site.policies.engine.call_facts import CallFacts, kept_facts
from recordings_site.policies.revision.on_demand import CannotRecord, plan_live
from recordings_site.recordings.lifecycle.actions import expect_recordings, update_states
from recordings_site.recordings.models import Origin, RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.rest.client import ApiError
from recordings_site.sinch.svaml import Svaml

COMMANDS = ("start", "stop", "pause", "resume")
STARTING = frozenset({"start", "resume"})


class CommandResult(StrEnum):
    """The result of a command."""

    STARTED = "started"
    RESUMED = "resumed"
    STOPPED = "stopped"
    PAUSED = "paused"
    # Sinch did not confirm it.
    UNCERTAIN = "uncertain"
    CALL_OVER = "call_over"
    RUNS_ALREADY = "runs_already"
    RUNS_NOT = "runs_not"
    # For grounds of policies.engine.sentences.
    CANNOT_RECORD = "cannot_record"
    # `error`, in Sinch's words.
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


_DONE = {
    "start": CommandResult.STARTED,
    "resume": CommandResult.RESUMED,
    "stop": CommandResult.STOPPED,
    "pause": CommandResult.PAUSED,
}


@dataclass(frozen=True)
class CommandOutcome:
    """The result of a command, with its values."""

    result: CommandResult
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether it was executed, as far as is known."""
        return self.uncertain or self.result in _DONE.values()

    @property
    def uncertain(self) -> bool:
        """Whether Sinch did not confirm it."""
        return self.result == CommandResult.UNCERTAIN


def command_recording(*, by: User, call: Call, command: str) -> CommandOutcome:
    """Execute one of COMMANDS on a call in progress. Refusals by Sinch or by the call's state are results, not errors.

    No transaction is open during the request to Sinch; its result is then stored together with the audit row.
    """
    if call.is_over:
        return _record_outcome(by, call, command, CommandOutcome(CommandResult.CALL_OVER))
    running = RecordingJob.objects.running_on(call)
    try:
        return (_start if command in STARTING else _stop)(by, call, command, running)
    except CannotRecord as problem:
        return _record_outcome(by, call, command, CommandOutcome(CommandResult.CANNOT_RECORD, problem.grounds))


def _start(by: User, call: Call, command: str, running: list[RecordingJob]) -> CommandOutcome:
    if running:
        return _record_outcome(by, call, command, CommandOutcome(CommandResult.RUNS_ALREADY))
    planned, options = plan_live(_facts(call), snapshot.current(), recording_id=uuid.uuid4())
    error = _send(call, svaml.manage("start", options))
    if error is not None and error.status:
        return _record_outcome(by, call, command, CommandOutcome(CommandResult.REFUSED, {"error": str(error)}))
    return _save_start(by, call, command, planned, CommandOutcome(CommandResult.UNCERTAIN if error else _DONE[command]))


@transaction.atomic
def _save_start(
    by: User, call: Call, command: str, planned: PlannedRecording, outcome: CommandOutcome
) -> CommandOutcome:
    [job] = expect_recordings(subject=call, planned=[planned], at=timezone.now(), origin=Origin.LIVE)
    return _record_outcome(by, call, command, outcome, [job])


def _stop(by: User, call: Call, command: str, running: list[RecordingJob]) -> CommandOutcome:
    if not running:
        return _record_outcome(by, call, command, CommandOutcome(CommandResult.RUNS_NOT))
    error = _send(call, svaml.manage("stop"))
    if error is not None:
        result = CommandResult.REFUSED if error.status else CommandResult.UNREACHABLE
        return _record_outcome(by, call, command, CommandOutcome(result, {"error": str(error)}))
    return _save_stop(by, call, command, running)


@transaction.atomic
def _save_stop(by: User, call: Call, command: str, running: list[RecordingJob]) -> CommandOutcome:
    now = timezone.now()
    for job in RecordingJob.objects.filter(pk__in=[job.pk for job in running], stopped_at=None).select_for_update():
        job.stopped_at = now
        job.save(update_fields=("stopped_at",))
    update_states(call)
    return _record_outcome(by, call, command, CommandOutcome(_DONE[command]), running)


def _send(call: Call, document: Svaml) -> ApiError | None:
    try:
        with client_for(call.application) as client:
            client.update_call(call.call_id, document, resource_url=call.call_resource_url)
    except ApiError as problem:
        return problem
    return None


def _record_outcome(
    by: User, call: Call, command: str, outcome: CommandOutcome, jobs: Sequence[RecordingJob] = ()
) -> CommandOutcome:
    """Audit the outcome of a command."""
    data: dict[str, object] = {
        "outcome": "uncertain" if outcome.uncertain else "done" if outcome.done else "refused",
        "result": outcome.result,
        "values": outcome.values,
    }
    if jobs:
        data["recordings"] = [str(job.pk) for job in jobs]
    audit.record(by=by, action=f"call.recording_{command}", subject=call, data=data)
    return outcome


def _facts(call: Call) -> CallFacts:
    """Return the call's facts as known now; its number may have been added after its ICE."""
    digits = call.number.digits if call.number else ""
    return kept_facts(
        call_id=call.call_id,
        direction=call.direction,
        caller=(call.caller, call.caller_type),
        called=(call.called, call.called_type),
        own=digits,
        at=timezone.now(),
        application_key=call.application.key,
    )
