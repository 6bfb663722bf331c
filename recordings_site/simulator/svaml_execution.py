"""Executes SVAML on a simulated call: when it is recorded, whom it reaches, when it ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from recordings_site.simulator.plan import PlannedCall
from recordings_site.simulator.speech.conversations import Conversation
from recordings_site.sinch.svaml import (
    RecordingOptions,
    Svaml,
    action_of,
    instructions_of,
    is_true,
    name_of,
    recording_requests,
)

CHARACTERS_A_SECOND = 14.0
FILE_SECONDS = 3.0
MENU_SECONDS = 6.0
MAX_MENUS = 8


class Stage(Enum):
    """What a call waits for."""

    RINGING = "ringing"
    MENU = "menu"
    TALKING = "talking"
    ENDED = "ended"


@dataclass
class Recording:
    """One requested recording; `conference_id` for that of a conference."""

    options: RecordingOptions
    started_at: datetime
    conference_id: str = ""
    stopped_at: datetime | None = None


@dataclass
class SimulatedCall:
    """A call between its ICE and its DiCE. `now` is the call's own clock, which may lie in the past."""

    planned: PlannedCall
    now: datetime
    stage: Stage = Stage.RINGING
    answered_at: datetime | None = None
    talk_at: datetime | None = None
    conversation: Conversation | None = None
    conference_id: str = ""
    recordings: list[Recording] = field(default_factory=list)
    # The flag on an action that connects: recording starts when the other side answers.
    waiting: RecordingOptions | None = None
    menu: Mapping[str, Any] = field(default_factory=dict)
    # Whether the side that is being called brings an ACE (not through connectMxp), and whether callbacks go out at all.
    expects_ace: bool = True
    suppressed: bool = False
    result: str = "N/A"
    reason: str = "N/A"

    @property
    def recording(self) -> Recording | None:
        """The recording of this call in progress; there is at most one."""
        return next((one for one in self.recordings if one.stopped_at is None), None)

    def start_recording(self, options: RecordingOptions) -> None:
        """Start a recording, unless one is in progress."""
        if self.recording is None:
            self.recordings.append(Recording(options, self.now))

    def stop_recording(self) -> None:
        """Stop the recording in progress."""
        if self.recording is not None:
            self.recording.stopped_at = self.now

    def answer(self) -> None:
        """The other side answers the call."""
        self.answered_at = self.answered_at or self.now
        self.result = "ANSWERED"
        if self.waiting is not None:
            self.start_recording(self.waiting)
            self.waiting = None

    def end(self, reason: str, result: str | None = None) -> None:
        """End the call and its recording."""
        self.stop_recording()
        self.stage, self.reason = Stage.ENDED, reason
        self.result = result or self.result

    def wait(self, seconds: float) -> None:
        """Advance the call's clock."""
        self.now += timedelta(seconds=seconds)


def execute(call: SimulatedCall, svaml: Svaml) -> RecordingOptions | None:
    """Execute the instructions, then the action. Return the options of a conference recording that it requests."""
    for instruction in instructions_of(svaml):
        _execute_instruction(call, instruction)
    action = action_of(svaml)
    flag = next((request for request in recording_requests(svaml) if request.origin == "flag"), None)
    options = flag.options if flag else None
    match name_of(action):
        case "hangup":
            call.end("MANAGERHANGUP")
        case "connectpstn" | "connectsip" | "connectmxp" as name:
            call.stage, call.waiting = Stage.RINGING, options
            call.expects_ace = name != "connectmxp"
            call.suppressed = is_true(action.get("suppressCallbacks"))
        case "connectconf":
            call.conference_id = str(action["conferenceId"])
            call.answer()
            call.stage = Stage.TALKING
            return options
        case "runmenu":
            call.answer()
            call.stage, call.menu = Stage.MENU, action
        case _:  # continue and park: the call stays as it is
            if options is not None:
                call.start_recording(options)
            call.stage = Stage.TALKING
    return None


def _execute_instruction(call: SimulatedCall, instruction: Mapping[str, Any]) -> None:
    match name_of(instruction):
        case "say":
            call.wait(len(str(instruction.get("text", ""))) / CHARACTERS_A_SECOND)
        case "playfiles":
            for prompt in instruction.get("ids") or []:
                call.wait(len(prompt) / CHARACTERS_A_SECOND if prompt.startswith("#") else FILE_SECONDS)
        case "startrecording":
            call.start_recording(RecordingOptions.from_dict(instruction["options"]))
        case "stoprecording":
            call.stop_recording()
        case _:  # sendDtmf, setCookie, answer: nothing of it is heard in a recording
            pass


def navigate_menu(call: SimulatedCall) -> dict[str, str]:
    """Let the caller go through the menu, and return the PIE's `menuResult`."""
    menus = {str(menu.get("id")): menu for menu in call.menu.get("menus") or []}
    menu = menus.get(str(call.menu.get("mainMenu") or next(iter(menus), "")))
    for _ in range(MAX_MENUS):
        call.wait(MENU_SECONDS)
        if menu is None:
            break
        options = menu.get("options") or []
        if not options:
            digits = "0123456789"[: int(menu.get("maxDigits") or 4)]
            return _result(menu, "sequence", digits)
        action = str(options[int(call.planned.draw * len(options))].get("action", ""))
        if found := re.fullmatch(r"return(?:\((.*)\))?", action):
            return _result(menu, "return", found[1] or "")
        found = re.fullmatch(r"menu\((.*)\)", action)
        menu = menus.get(found[1]) if found else None
    return _result(menu or {}, "timeout", "")


def _result(menu: Mapping[str, Any], type: str, value: str) -> dict[str, str]:
    return {"menuId": str(menu.get("id", "")), "type": type, "value": value, "inputMethod": "dtmf"}
