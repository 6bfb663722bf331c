"""Adds recording to SVAML from another system and leaves everything else unchanged.

Pure. What comes out has exactly the action that went in, never a recording instruction beside connectMxp, and no
recording that starts before a notice that must be heard first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .errors import SvamlError
from .json_fields import field
from .svaml import (
    RecordingOptions,
    RecordingRequest,
    Svaml,
    action_of,
    is_true,
    name_of,
    recorded,
    recording_requests,
    start_recording,
)
from .svaml_rules import ACTIONS, RECORD_FLAG, problems

Existing = Literal["keep", "replace"]

_RECORDING = frozenset({"startrecording", "stoprecording"})
_FLAGGED = frozenset(name.lower() for name in RECORD_FLAG)
_KNOWN = {name.lower(): name for name in ACTIONS}


@dataclass(frozen=True, slots=True)
class RecordingWish:
    """The recording to add. `notice` are the instructions to be heard first; `notice_recorded`: be heard on it."""

    options: RecordingOptions
    origin: Literal["flag", "instruction"] = "flag"
    notice: Sequence[Mapping[str, Any]] = ()
    notice_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The result. `placed`: our recording is in it; `kept`: the recordings requested by the other side."""

    svaml: Svaml
    placed: bool = False
    kept: tuple[RecordingRequest, ...] = ()
    replaced: int = 0


def check(svaml: object, event: str) -> Svaml:
    """Return another system's answer if Sinch can act on it. Raises SvamlError naming what is wrong.

    Only what would drop the call is refused: no action, or an action that `event` does not take. Unknown names
    pass: they may be new at Sinch.
    """
    if not isinstance(svaml, dict):
        raise SvamlError("The answer isn’t a JSON object.")
    action = action_of(svaml)
    name = name_of(action)
    if not name:
        raise SvamlError("The answer has no named action.")
    fatal = {"instructions"} | ({"action.name"} if name in _KNOWN else set())
    for problem in problems(svaml, event):
        if problem.path in fatal:
            raise SvamlError(problem.message)
    return svaml


def merge(upstream: Mapping[str, Any], *, wish: RecordingWish | None, existing: Existing) -> Merged:
    """Return the upstream's SVAML with the wished recording in it.

    Recordings that it asks for itself are kept (then ours is not added: the call is recorded already) or replaced.
    Without a wish "replace" takes them out. A call that is hung up is not recorded.
    """
    requests = tuple(recording_requests(upstream))
    if existing == "keep" and requests:
        return Merged(_kept(upstream, wish), kept=requests)
    instructions = list(instructions_given(upstream))
    if existing == "replace" or name_of(action_of(upstream)) == "connectmxp":
        instructions = [item for item in instructions if not _about_recording(item)]
    action = _without_flag(action_of(upstream)) if existing == "replace" else dict(action_of(upstream))
    name = name_of(action)
    replaced = len(requests) if existing == "replace" else 0
    unflagged = existing == "keep" and has_unflagged_options(action)
    if wish is not None and unflagged and name == "connectmxp":
        # No instruction may stand beside it, and its options are not ours to replace.
        wish = None
    if wish is None or name == "hangup":
        return Merged(_rebuilt(upstream, instructions, action), replaced=replaced)
    if not unflagged and (name == "connectmxp" or (wish.origin == "flag" and name in _FLAGGED)):
        action = recorded(_without_flag(action), wish.options)
        instructions += [dict(item) for item in wish.notice]
    else:
        notice, start = [dict(item) for item in wish.notice], start_recording(wish.options)
        instructions += [start, *notice] if wish.notice_recorded else [*notice, start]
    return Merged(_rebuilt(upstream, instructions, action), placed=True, replaced=replaced)


def has_unflagged_options(action: Mapping[str, Any]) -> bool:
    """Whether an action carries recordingOptions without a `record` that is true.

    Sinch's own page has such examples, and does not say whether they record.
    """
    return field(action, "recordingOptions") is not None and not is_true(field(action, "record"))


def doubtful(svaml: Mapping[str, Any]) -> str:
    """A warning for the author of SVAML that passes, or ""."""
    if has_unflagged_options(action_of(svaml)):
        return "The action has recordingOptions without record: true. They were passed on unchanged. Add record: true."
    return ""


def with_notice(upstream: Mapping[str, Any], notice: Sequence[Mapping[str, Any]]) -> Svaml:
    """Return an SVAML with instructions added after its own, just before its action."""
    instructions = [*instructions_given(upstream), *(dict(item) for item in notice)]
    return _rebuilt(upstream, instructions, action_of(upstream))


def instructions_given(svaml: Mapping[str, Any]) -> list[Any]:
    """Return the instructions as given, including those that aren't objects."""
    given = field(svaml, "instructions")
    return given if isinstance(given, list) else []


def _kept(upstream: Mapping[str, Any], wish: RecordingWish | None) -> Svaml:
    """The upstream's own recordings, after the notice required by our policy, and valid with connectMxp."""
    action, instructions = dict(action_of(upstream)), list(instructions_given(upstream))
    if name_of(action) == "connectmxp":
        asked = [item for item in recording_requests(upstream) if item.origin == "instruction"]
        flagged = [item for item in recording_requests(upstream) if item.origin == "flag"]
        instructions = [item for item in instructions if not _about_recording(item)]
        if asked and not flagged:
            action = recorded(_without_flag(action), asked[0].options)
    if wish is not None and wish.notice and not wish.notice_recorded:
        starts = [place for place, item in enumerate(instructions) if _is_named(item, "startrecording")]
        first = starts[0] if starts else len(instructions)
        instructions[first:first] = [dict(item) for item in wish.notice]
    return _rebuilt(upstream, instructions, action)


def _rebuilt(upstream: Mapping[str, Any], instructions: list[Any], action: Mapping[str, Any]) -> Svaml:
    """The upstream's object with these two members, under the names and in the order used by the upstream."""
    rebuilt: Svaml = {}
    for key, value in upstream.items():
        folded = key.lower()
        if folded == "action":
            rebuilt[key] = dict(action)
        elif folded == "instructions":
            rebuilt[key] = instructions
        else:
            rebuilt[key] = value
    if instructions and not any(key.lower() == "instructions" for key in rebuilt):
        rebuilt = {"instructions": instructions, **rebuilt}
    return rebuilt


def _without_flag(action: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in action.items() if key.lower() not in {"record", "recordingoptions"}}


def _about_recording(item: object) -> bool:
    return isinstance(item, Mapping) and name_of(item) in _RECORDING


def _is_named(item: object, name: str) -> bool:
    return isinstance(item, Mapping) and name_of(item) == name
