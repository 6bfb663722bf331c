"""Renders a decision as SVAML: the action of a route, what callers hear, and where recording starts and stops."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from recordings_site.policies.engine.decision import DecisionFacts
from recordings_site.policies.engine.schema import sequence
from recordings_site.policies.engine.schema.document import Announcement
from recordings_site.policies.engine.schema.routes import (
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    ConnectSip,
    Park,
    Route,
    RunMenu,
)
from recordings_site.sinch import svaml

Svaml = dict[str, Any]
MENU = "main"


def with_recording(action: Svaml, decision: DecisionFacts, options: svaml.RecordingOptions) -> Svaml:
    """The SVAML with notice and recording. The notice comes first, unless it is to be on the recording."""
    notice = announcement_instructions(decision.announcement)
    plan = decision.plan
    if decision.steps:
        return _with_sequence(action, decision, options)
    if plan is not None and plan.origin == "flag":
        return svaml.document(svaml.recorded(action, options), notice)
    start = svaml.start_recording(options)
    return svaml.document(action, [start, *notice] if decision.announcement.recorded else [*notice, start])


def _with_sequence(action: Svaml, decision: DecisionFacts, options: svaml.RecordingOptions) -> Svaml:
    """The SVAML with the policy's sequence; beside connectMxp, which takes no instruction, the flag records."""
    plan = decision.plan
    if plan is not None and plan.origin == "flag":
        heard = [step for step in decision.steps if step.heard]
        return svaml.document(
            svaml.recorded(action, options), sequence_instructions(replace(decision, steps=tuple(heard)), ())
        )
    every = [replace(options, destination_url=one.destination_url) for one in decision.expected]
    return svaml.document(action, sequence_instructions(decision, every))


def sequence_instructions(decision: DecisionFacts, options: Sequence[svaml.RecordingOptions]) -> list[Svaml]:
    """The instructions of the sequence; each start takes the next options."""
    found, left = [], iter(options)
    for step in sequence.effective(decision.steps):
        match step.do:
            case "say":
                found.append(svaml.say(step.text, locale=step.locale))
            case "play":
                found.append(svaml.play_files(step.files, locale=step.locale))
            case "start":
                found += [svaml.start_recording(each) for each in islice(left, 1)]
            case _:
                found.append(svaml.stop_recording())
    return found


def announcement_instructions(announcement: Announcement) -> Sequence[Svaml]:
    """The instructions that play an announcement; empty without one."""
    match announcement.kind:
        case "say":
            return [svaml.say(announcement.text, locale=announcement.locale)]
        case "play":
            return [svaml.play_files(announcement.files, locale=announcement.locale)]
        case _:
            return []


def route_action(route: Route) -> Svaml:
    """The action that takes a call along this route."""
    match route:
        case ConnectPstn():
            return svaml.connect_pstn(
                route.number,
                cli=route.cli,
                locale=route.locale,
                max_duration=route.max_duration or None,
                dial_timeout=route.dial_timeout or None,
                suppress_callbacks=route.suppress_callbacks or None,
                dtmf=route.dtmf,
            )
        case ConnectSip():
            return svaml.connect_sip(
                route.endpoint,
                cli=route.cli,
                transport=route.transport,
                max_duration=route.max_duration or None,
                moh=route.moh,
                suppress_callbacks=route.suppress_callbacks or None,
            )
        case ConnectMxp():
            return svaml.connect_mxp(route.username)
        case ConnectConf():
            return svaml.connect_conf(route.conference_id, moh=route.moh)
        case RunMenu():
            return _menu(route)
        case Park():
            return svaml.park(
                locale=route.locale,
                intro_prompt=_prompt(route.intro_prompt),
                hold_prompt=_prompt(route.hold_prompt),
                max_duration=route.max_duration or None,
            )
        case _:
            return svaml.hangup()


def _menu(route: RunMenu) -> Svaml:
    menu = svaml.menu(
        MENU,
        main_prompt=_prompt(route.prompt),
        repeat_prompt=_prompt(route.repeat_prompt or route.prompt),
        repeats=route.repeats,
        timeout_ms=route.timeout_mills or None,
        options=[(option.dtmf, f"return({option.dtmf})") for option in route.options],
    )
    return svaml.run_menu([menu], main_menu=MENU, barge=route.barge, locale=route.locale)


def _prompt(text: str) -> str:
    """A prompt as Sinch reads it: plain words are spoken; what begins with # (#tts[…], #href[…]) stays as it is."""
    return text if not text or text.startswith("#") or text.endswith((".wav", ".mp3")) else f"#tts[{text}]"
