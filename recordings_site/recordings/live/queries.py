"""What the live page shows: calls and conferences in progress, with their recordings and participants."""

from dataclasses import dataclass, field
from datetime import datetime

from recordings_site.accounts.models import AuditEvent, User
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.applications.sinch_client import client_for
from recordings_site.recordings.live.actions import CommandOutcome, CommandResult
from recordings_site.recordings.live.forms import LiveForm
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch.rest.answers import Participant
from recordings_site.sinch.rest.client import ApiError
from recordings_site.web import keyset

# A page is refreshed every few seconds: it holds no more calls than a person can follow.
PAGE = 50


@dataclass(frozen=True)
class LiveCall:
    """A call in progress, its recordings, and the last command to it."""

    call: Call
    recordings: list[RecordingJob]
    last: AuditEvent | None

    @property
    def running(self) -> RecordingJob | None:
        """The recording in progress, as far as is known: Sinch sends no event when one starts."""
        return next((job for job in self.recordings if job.is_running), None)

    @property
    def is_expected(self) -> bool:
        """Whether a recording was requested that starts when the other side answers."""
        return any(job.state == State.EXPECTED for job in self.recordings)

    @property
    def is_paused(self) -> bool:
        """Whether the recording was paused, and not resumed or stopped since."""
        paused = self.last is not None and self.last.action == "call.recording_pause" and self.was_done
        return paused and self.running is None

    @property
    def outcome(self) -> CommandOutcome | None:
        """The outcome of the last command."""
        return CommandOutcome(CommandResult(self.last.data["result"]), self.last.data["values"]) if self.last else None

    @property
    def was_done(self) -> bool:
        """Whether the last command was executed."""
        return self.outcome is not None and self.outcome.done

    @property
    def verb(self) -> str:
        """The last command: start, stop, pause or resume."""
        return self.last.action.rpartition("_")[2] if self.last else ""


@dataclass(frozen=True)
class LiveConference:
    """A conference in progress, and its own recording, which is not that of any call."""

    session: ConferenceSession
    calls: list[LiveCall] = field(default_factory=list)
    recording: RecordingJob | None = None
    # It is recorded, but for a number that the user does not see: that of the call that opened it.
    recorded_elsewhere: bool = False


@dataclass(frozen=True)
class InProgress:
    """A page of the calls in progress, and their conferences; how many there are, and the cursors of its neighbours."""

    calls: list[LiveCall]
    conferences: list[LiveConference]
    count: int
    newer: str
    older: str


def in_progress(user: User, now: datetime, *, form: LiveForm | None = None, cursor: str = "") -> InProgress:
    """Return the calls in progress that are visible to the user and that the form lets through, by conference."""
    found = Call.objects.visible_to(user).in_progress(now)
    found = form.narrowed(found) if form is not None else found
    page = keyset.page(found, order=("id", "id"), cursor=cursor, size=PAGE)
    calls = list(page.rows)
    jobs: dict[int, list[RecordingJob]] = {}
    for job in RecordingJob.objects.visible_to(user).filter(call__in=calls).order_by("ordinal"):
        jobs.setdefault(job.call_id or 0, []).append(job)
    last = _last_commands(calls)
    shown = [LiveCall(call, jobs.get(call.pk, []), last.get(str(call.pk))) for call in calls]
    by_session: dict[int, LiveConference] = {}
    for one in shown:
        session = one.call.conference_session
        if session is not None and session.closed_at is None:
            by_session.setdefault(session.pk, LiveConference(session)).calls.append(one)
    jobs_of_sessions = RecordingJob.objects.filter(conference_session__in=by_session)
    visible = jobs_of_sessions.visible_to(user).order_by("ordinal")
    recorded = {job.conference_session_id: job for job in visible}
    elsewhere = set(jobs_of_sessions.values_list("conference_session", flat=True)) - recorded.keys()
    conferences = [
        LiveConference(conference.session, conference.calls, recorded.get(pk), pk in elsewhere)
        for pk, conference in by_session.items()
    ]
    alone = [one for one in shown if one.call.conference_session_id not in by_session]
    count = found.count() if page.newer or page.older else len(calls)
    return InProgress(alone, conferences, count, page.newer, page.older)


def _last_commands(calls: list[Call]) -> dict[str, AuditEvent]:
    """Return the last command to each call, by the call's id as the audit trail writes it."""
    given = AuditEvent.objects.filter(
        subject_type=Call._meta.label_lower,
        subject_id__in=[str(call.pk) for call in calls],
        action__startswith="call.recording_",
    )
    return {event.subject_id: event for event in given.order_by("id")}


def ask_participants(session: ConferenceSession) -> tuple[list[Participant], str]:
    """Ask Sinch for the participants of a conference; the second value is the error message, "" for none."""
    try:
        with client_for(session.application) as client:
            return client.participants(session.conference_id) or [], ""
    except ApiError as problem:
        return [], str(problem)
