"""Sentences for the outcome of a command on the live page."""

from recordings_site.policies.engine.explain.sentences import cannot_record
from recordings_site.recordings.live.actions import CommandOutcome, CommandResult

_FIXED = {
    CommandResult.STARTED: "Recording.",
    CommandResult.RESUMED: "Recording again.",
    CommandResult.STOPPED: "Stopped.",
    CommandResult.PAUSED: "Paused.",
    CommandResult.UNCERTAIN: "Sinch didn’t answer. The recording may have started.",
    CommandResult.CALL_OVER: "The call has ended.",
    CommandResult.RUNS_ALREADY: "This call is already being recorded. Stop that recording first.",
    CommandResult.RUNS_NOT: "This call isn’t being recorded.",
}


def outcome(command_outcome: CommandOutcome) -> str:
    """Return the outcome as a sentence, with the remedy if there is one."""
    match command_outcome.result:
        case CommandResult.CANNOT_RECORD:
            return cannot_record(command_outcome.values)
        case CommandResult.REFUSED:
            return f"Sinch rejected the request: {command_outcome.values['error']}."
        case CommandResult.UNREACHABLE:
            return str(command_outcome.values["error"])
        case result:
            return _FIXED[result]
