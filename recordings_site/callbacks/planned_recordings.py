"""Stores what an answer leads to: the recordings that it asks for, and the conference that it sends the call to."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, ConferenceSession, Decision
from recordings_site.policies.engine.answer import Answer, PlannedRecording
from recordings_site.recordings.lifecycle import actions as recordings
from recordings_site.recordings.models import Origin, RecordingJob

# An answer as it is when the call shares the recording that its conference has already.
JoiningAnswer = Callable[[PlannedRecording], Answer]


def needing_rows(planned: Iterable[PlannedRecording]) -> list[PlannedRecording]:
    """Those that need a row: not a conference's that is recorded already; of what an upstream records itself, what has
    a place of its own, for it may be the same one again, or a name used twice.
    """
    return [one for one in planned if not one.joined and (one.origin != Origin.UPSTREAM or not _is_taken(one))]


def _is_taken(planned: PlannedRecording) -> bool:
    same = RecordingJob.objects.filter(destination=planned.destination_id, key=planned.key)
    return bool(planned.key) and same.exists()


def plan_of(session: ConferenceSession) -> PlannedRecording | None:
    """The planned recording of a conference that is recorded already: each participant brings the same URL."""
    job = session.recordings.select_related("decision").exclude(decision=None).order_by("ordinal").first()
    plan = job.decision.facts.get("plan") if job is not None and job.decision is not None else None
    return PlannedRecording.from_dict(plan) if plan else None


def entering(call: Call, given: Answer, joining: JoiningAnswer, *, at: datetime) -> Answer:
    """Put the call into the conference that an ACE or PIE is answered with, if it is; the answer, shared if need be."""
    room = _conference_id(given.svaml)
    if not room:
        return given
    session = call.conference_session
    if session is None or session.conference_id != room:
        session = calls.join_conference(call, conference_id=room, at=at)
    running = plan_of(session)
    shares = running is not None and any(one.conference_id for one in given.recordings)
    return joining(running) if shares and running is not None else given


def _conference_id(document: Mapping[str, Any]) -> str:
    """The conference to which an answer's action leads, whoever wrote it; "" for another action."""
    action = document.get("action")
    members = {str(name).lower(): value for name, value in action.items()} if isinstance(action, Mapping) else {}
    room = members.get("conferenceid")
    is_conference = str(members.get("name", "")).lower() == "connectconf" and isinstance(room, str)
    return str(room)[:200] if is_conference else ""


def expect(call: Call, planned: Iterable[PlannedRecording], *, at: datetime, decision: Decision | None) -> None:
    """Make the rows of the recordings that an answer to this call asks for: its own, and that of its conference."""
    needed = needing_rows(planned)
    of_conference = [one for one in needed if one.conference_id and call.conference_session is not None]
    if call.conference_session is not None and of_conference:
        recordings.expect_recordings(subject=call.conference_session, planned=of_conference, at=at, decision=decision)
    own = [one for one in needed if one not in of_conference]
    recordings.expect_recordings(subject=call, planned=own, at=at, decision=decision)
