"""What is doubtful or wrong about a policy before it is in force; errors keep it from being published."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import chain

from recordings_site.base import phone_numbers
from recordings_site.base.phone_numbers import NumberError
from recordings_site.destinations import key_template
from recordings_site.policies.engine.decide import method, starts
from recordings_site.policies.engine.preview import SAMPLE_NUMBER, every_answer, recorded_call, sample_call
from recordings_site.policies.engine.schema import locales, sequence, voices
from recordings_site.policies.engine.schema.document import PolicyDocument, When
from recordings_site.policies.engine.schema.parsing import Problem
from recordings_site.policies.engine.schema.routes import (
    ENDS,
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    Hangup,
    RunMenu,
    ends,
)
from recordings_site.policies.engine.snapshot import NumberFacts, PolicyFacts, Snapshot

NOON = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


def lint(policy: PolicyFacts, snapshot: Snapshot, *, failing: Collection[int] = ()) -> list[Problem]:
    """Every problem of the policy, errors first; `failing` are ids of destinations that fail their check."""
    numbers = [number for number in snapshot.numbers.values() if number.policy_id == policy.id]
    document = policy.document
    found = list(
        chain(
            _svaml(policy, snapshot),
            _destination(document, numbers, snapshot, failing) if records(document) else (),
            _rules(document),
            _recording(document) if records(document) else (),
            _languages(document, numbers) if records(document) else (),
            _routes(document),
        )
    )
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda problem: problem.severity != "error")


def records(document: PolicyDocument) -> bool:
    """Whether the document records any call at all."""
    return document.otherwise_record or any(rule.record and rule.percent > 0 for rule in document.rules)


def _error(path: str, message: str) -> Problem:
    return Problem(path, message)


def _warning(path: str, message: str) -> Problem:
    return Problem(path, message, "warning")


def _svaml(policy: PolicyFacts, snapshot: Snapshot) -> Iterator[Problem]:
    call = sample_call(SAMPLE_NUMBER, NOON)
    for shown in (*recorded_call(policy, None, snapshot, NOON), *every_answer(policy, call, snapshot, None)):
        if shown.fault:
            yield _error("route", f"{shown.title}. {shown.fault}")


def _destination(
    document: PolicyDocument, numbers: list[NumberFacts], snapshot: Snapshot, failing: Collection[int]
) -> Iterator[Problem]:
    wanted = document.how.destination
    if wanted is None and (not numbers or any(number.destination_id is None for number in numbers)):
        yield _error("how.destination", "No destination. Choose one here or on each number.")
    if wanted is not None and wanted not in snapshot.destinations:
        yield _error("how.destination", "This destination no longer exists. Choose another one.")
    for pk in {wanted, *(number.destination_id for number in numbers)} - {None}:
        place = snapshot.destinations.get(pk) if pk else None
        if place is None:
            continue
        if place.credentials is None:
            yield _warning(
                "how.destination", f"{place.name} has no write credentials, so nothing can be recorded there."
            )
        if pk in failing:
            yield _warning("how.destination", f"{place.name} fails its check, so recordings may be lost.")
        if not document.how.key_template:
            for message in key_template.problems(place.key_template):
                yield _error("how.key_template", f"{place.name}: {message}")


def _rules(document: PolicyDocument) -> Iterator[Problem]:
    for place, rule in enumerate(document.rules):
        if rule.when == When() and place + 1 < len(document.rules):
            yield _warning(
                f"rules.{place + 1}", f"Rule {place + 1} matches every call, so rule {place + 2} is never used."
            )
            break
        if rule.when in [earlier.when for earlier in document.rules[:place]]:
            yield _warning(f"rules.{place}", f"Rule {place + 1} repeats an earlier rule and is never used.")
        if national := [mask for mask in rule.when.callers if mask[:1] == "0" and mask.strip("0123456789*") == ""]:
            yield _warning(
                f"rules.{place}.when.callers",
                f"Rule {place + 1}: {national[0]} matches no phone number. Start with a country code: +4670*.",
            )
    if any(rule.when.holidays != "any" for rule in document.rules) and not document.holidays:
        yield _warning("holidays", "A rule uses holidays, but the list of holidays is empty.")


def _recording(document: PolicyDocument) -> Iterator[Problem]:
    how, route = document.how, document.route
    means, when = method(how, route), starts(how, route)
    announcement = how.announcement
    if announcement.kind == "none" and not any(step.heard for step in how.steps):
        yield _warning("how.announcement", "No announcement before recording starts. Many countries require one.")
    if announcement.kind != "none" and announcement.recorded and means == "instruction":
        yield _warning("how.announcement", "Recording starts before the announcement, which is then on the recording.")
    if announcement.recorded and means == "flag":
        yield _warning(
            "how.announcement", "The announcement isn’t on the recording, because the record flag starts after it."
        )
    if (
        announcement.kind == "say"
        and how.transcription
        and voices.language(announcement.locale or "en-US") not in ("", locales.language(how.locale))
    ):
        yield _warning(
            "how.announcement.locale", f"Announced in {announcement.locale or 'en-US'}, transcribed in {how.locale}."
        )
    if announcement.kind == "say" and announcement.locale and not voices.is_known(announcement.locale):
        yield _warning(
            "how.announcement.locale", f"Sinch doesn’t list the voice {announcement.locale}. Check the spelling."
        )
    if how.transcription and not locales.is_known(how.locale):
        yield _warning(
            "how.locale",
            f"Unknown locale {how.locale}. If it’s wrong, no transcript arrives and Sinch doesn’t report it.",
        )
    if how.start == "answer" and when == "ice":
        yield _warning(
            "how.start", "This route sends no answer event (ACE), so recording starts when the call connects."
        )
    if how.start == "answer" and isinstance(route, RunMenu) and when == "ace":
        deaf = [o.dtmf for o in route.options if not o.route.brings_ace and not isinstance(o.route, Hangup)]
        if deaf:
            yield _warning("how.start", f"No answer event after key {', '.join(deaf)}, so those calls aren’t recorded.")
    yield from _sequence(document)
    if how.method == "instruction" and means == "flag":
        yield _warning("how.method", "connectMxp doesn’t support instructions, so the record flag is used.")
    if how.method == "flag" and means == "instruction":
        yield _warning("how.method", f"The record flag is undocumented on {route.action}, so startRecording is used.")
    if how.format == "wav":
        yield _warning("how.format", "Sinch documents wav only for Voice v2. mp3 is the safe choice.")
    if not how.notification_events:
        yield _warning("how.notification_events", "Without notifications, recordings appear a few minutes later.")


def _sequence(document: PolicyDocument) -> Iterator[Problem]:
    """What a sequence, or a choice in a menu, cannot do."""
    steps, route = document.how.steps, document.route
    if steps and isinstance(route, ConnectMxp):
        yield _error(
            "how.steps",
            "Sinch can’t start or stop recording with connectMxp. It records such a call from the moment it’s answered,"
            " or not at all. Choose another route or remove the steps.",
        )
    elif steps and document.outbound == "dialled":
        yield _warning("how.steps", "Steps aren’t supported for calls to app users. They are recorded once answered.")
    if len(sequence.effective(steps)) < len(steps):
        yield _warning(
            "how.steps",
            "This step has no effect: it starts a recording that’s already running, or stops one that isn’t.",
        )
    if steps and document.how.start == "connect" and sequence.starts(steps) and not sequence.runs_at_end(steps):
        yield _warning("how.steps", "Recording is stopped at the end, so the conversation isn’t recorded.")
    if steps and document.how.announcement.kind != "none":
        yield _warning("how.announcement", "The steps replace the announcement, except with a relay.")
    if isinstance(route, RunMenu):
        runs = sequence.runs_at_end(steps) if steps else True
        idle = [o.dtmf for o in route.options if o.recording == ("start" if runs else "stop")]
        if idle:
            does = "recording is already running" if runs else "nothing is being recorded"
            yield _warning("route.options", f"Key {', '.join(idle)} changes nothing: {does}.")


def _undialable(number: str) -> str:
    """Why a number that has the shape of one leads nowhere, "" when it may."""
    if number not in ENDS:
        try:
            phone_numbers.read(number)
        except NumberError as error:
            return str(error)
    return ""


def _languages(document: PolicyDocument, numbers: list[NumberFacts]) -> Iterator[Problem]:
    """Numbers whose own language is not the one in which their callers hear that the call is recorded."""
    announcement = document.how.announcement
    if announcement.kind != "say" or not document.how.transcription:
        return
    announcement_language = voices.language(announcement.locale or "en-US")
    other = [n.label or n.e164 for n in numbers if n.language and locales.language(n.language) != announcement_language]
    if other and announcement_language:
        named = ", ".join(other[:3]) + (" and others" if len(other) > 3 else "")
        yield _warning(
            "how.announcement.locale", f"Callers of {named} speak a different language than the announcement."
        )


def _routes(document: PolicyDocument) -> Iterator[Problem]:
    route = document.route
    if isinstance(route, Hangup) and records(document):
        yield _warning("route", "This policy hangs up, so nothing is recorded.")
    if document.on_answer == "hangup" and any(end.brings_ace for end in ends(route)):
        yield _warning("on_answer", "Calls are ended as soon as they are answered.")
    inbound = all(rule.when.direction in ("any", "inbound") for rule in document.rules)
    for end in ends(route):
        if isinstance(end, ConnectPstn) and (wrong := _undialable(end.number)):
            yield _error("route.number", f"{end.number} {wrong}.")
        if isinstance(end, ConnectPstn) and end.number in ("{to}", "{number}") and inbound:
            yield _warning(
                "route.number",
                "Inbound calls would go back to the number the caller dialed. Choose where callers go.",
            )
        if isinstance(end, ConnectConf) and len(end.conference_id) > 28 and "{call_id}" in end.conference_id:
            yield _warning(
                "route.conference_id", "With a call ID, the conference ID may exceed 64 characters and be cut off."
            )
    if isinstance(route, ConnectMxp) and document.how.start == "answer":
        yield _warning("how.start", "Calls to app users send no answer event (ACE).")
