"""The words for what came of a command on the live page."""

from recordings_site.policies.sentences import cannot_record
from recordings_site.recordings.actions_live import Outcome, Result

_FIXED = {
    Result.STARTED: "Recording.",
    Result.RESUMED: "Recording again.",
    Result.STOPPED: "Stopped.",
    Result.PAUSED: "Paused.",
    Result.UNCERTAIN: "Sinch did not answer: the recording may have started.",
    Result.CALL_OVER: "The call has ended.",
    Result.RUNS_ALREADY: "A recording of this call runs already. Stop it first.",
    Result.RUNS_NOT: "No recording of this call runs.",
}


def outcome(came: Outcome) -> str:
    """What came of it, with the remedy where something can be done."""
    match came.result:
        case Result.CANNOT_RECORD:
            return cannot_record(came.values)
        case Result.REFUSED:
            return f"Sinch refused: {came.values['error']}."
        case Result.UNREACHABLE:
            return str(came.values["error"])
        case result:
            return _FIXED[result]
