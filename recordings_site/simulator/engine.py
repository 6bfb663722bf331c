"""Places calls as Sinch does: sends events, executes the answers, records, uploads and notifies."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from recordings_site.simulator import events, shapes, svaml_execution
from recordings_site.simulator.outbox import Faults, Outbox
from recordings_site.simulator.plan import CallGroup, PlannedCall
from recordings_site.simulator.speech import conversations
from recordings_site.simulator.svaml_execution import Recording, SimulatedCall, Stage
from recordings_site.simulator.uploads import TYPES, Uploads, recording_location, reported_as, transcript_location
from recordings_site.simulator.wire import Application, HttpReply, Wire
from recordings_site.sinch.errors import SinchError
from recordings_site.sinch.svaml import RecordingOptions, problems
from recordings_site.sinch.uploads import destination_url
from recordings_site.storage import StoreError

REST_URL = "https://calling-euc1.api.sinch.com"
LOCALE = re.compile(r"[a-z]{2,3}-[A-Za-z]{2,4}", re.IGNORECASE)
TALK = 20.0
"""Seconds that people talk when nobody records them."""
MAX_TURNS = 10


@dataclass
class Totals:
    """The totals of a simulation."""

    calls: int = 0
    answered: int = 0
    recordings: int = 0
    transcripts: int = 0
    events: int = 0
    refused: int = 0
    # Calls dropped because of our answer, by Sinch's reason.
    broken: dict[str, int] = field(default_factory=dict)
    # Failed uploads, with the store's error.
    failed_uploads: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0


@dataclass
class Conference:
    """A conference in progress."""

    people: set[str] = field(default_factory=set)
    recording: Recording | None = None
    opened_by: SimulatedCall | None = None


@dataclass
class Options:
    """The options of a simulation besides its calls."""

    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    # Formats in which notifications report a location; one is drawn for each recording.
    report_formats: tuple[str, ...] = ("url",)
    # How many of the recorded calls last forty minutes.
    long_calls: int = 0
    # Calls before the first of those.
    long_after: int = 0
    # The ids of calls whose recordings cannot be written, as when a bucket is full: Sinch reports no failure.
    failing_uploads: frozenset[str] = frozenset()
    rest_url: str = REST_URL
    # Whether each recording of a call is stopped in its middle and started again, under names that Sinch makes.
    two_parts: bool = False
    writes_nothing: bool = False


class Engine:
    """Places the calls of one application; `run` does it for a whole plan."""

    def __init__(self, application: Application, wire: Wire, uploads: Uploads, options: Options | None = None) -> None:
        self.application, self.wire, self.uploads = application, wire, uploads
        self.options = options or Options()
        self.totals = Totals()
        self.conferences: dict[str, Conference] = {}
        draw = random.Random(f"faults {self.options.seed}")  # noqa: S311
        self.outbox = Outbox(self.send_event, self.options.faults, draw)
        self._long_left = self.options.long_calls

    def run(self, groups: Iterable[CallGroup], *, after_each: Callable[[CallGroup], object] = len) -> Totals:
        """Place and finish each group in turn, then send the events that were held back."""
        for place, group in enumerate(groups):
            calls = [self.connect(planned) for planned in group]
            self.talk(calls)
            for call in calls:
                self.finish(call, place=place)
            self.outbox.release(place)
            after_each(group)
        self.outbox.release_all()
        self.wire.flush()
        self.totals.lost, self.totals.doubled = self.outbox.lost, self.outbox.doubled
        return self.totals

    # Calls

    def connect(self, planned: PlannedCall) -> SimulatedCall:
        """Send the ICE and execute its answer, until the call is talking or has ended."""
        call = SimulatedCall(planned, planned.started_at)
        self.totals.calls += 1
        self.ask(call, events.ice(call, self.application.key, self.options.rest_url), "ice")
        for _ in range(MAX_TURNS):
            match call.stage:
                case Stage.RINGING:
                    self._ring(call)
                case Stage.MENU:
                    result = svaml_execution.navigate_menu(call)
                    self.ask(call, events.event(call, "pie", self.application.key, menuResult=result), "pie")
                case Stage.TALKING | Stage.ENDED:
                    break
        else:
            call.end("GENERALERROR", "FAILED")
        self.totals.answered += call.answered_at is not None
        return call

    def ask(self, call: SimulatedCall, event: Mapping[str, Any], kind: str) -> None:
        """Send an event that is answered with SVAML, and execute it; an invalid answer ends the call."""
        svaml = self.send_event(event).svaml()
        if svaml is None and kind != "ice":  # Sinch continues a call that was answered or prompted already
            svaml = {"action": {"name": "continue"}}
        if svaml is None:
            self._break(call, "CALLBACKERROR")
        elif problems(svaml, kind):
            self._break(call, "INVALIDSVAMLACTION")
        else:
            self.execute(call, svaml)

    def execute(self, call: SimulatedCall, svaml: dict[str, Any]) -> None:
        """Execute SVAML, also that of a Manage Call request."""
        conference_options = svaml_execution.execute(call, svaml)
        if call.conference_id and call.stage is Stage.TALKING:
            self._enter(call, conference_options)

    def talk(self, calls: list[SimulatedCall]) -> None:
        """Let the connected calls talk, and advance their clocks to the end of it."""
        talking = [call for call in calls if call.stage is Stage.TALKING]
        for left, call in enumerate(talking):
            call.talk_at = call.talk_at or max(other.now for other in talking)
            call.conversation = call.conversation or self._conversation(call)
            running = call.recording or self._conference_recording(call)
            seconds = call.conversation.seconds if running else TALK
            call.now = max(call.now, call.talk_at + timedelta(seconds=seconds - 1.5 * left))

    def finish(self, call: SimulatedCall, *, place: int = 0) -> None:
        """End the call if it has not, and queue its DiCE and the notifications of its recordings."""
        if call.stage is not Stage.ENDED:
            call.end(call.planned.hangs_up)
        sent = [] if call.suppressed else [events.dice(call, self.application.key)]
        notifications: list[dict[str, Any]] = []
        recordings = call.recordings
        if self.options.two_parts:
            recordings = [half for whole in recordings for half in shapes.halves(whole, call.now)]
        for recording in recordings:
            notifications += self.upload(call, recording, {"callid": call.planned.call_id})
        if call.planned.draw < 0.5:  # DiCE falls before or after recording_finished
            sent = notifications[:1] + sent + notifications[1:]
        else:
            sent += notifications
        sent += self._leave(call)
        for event in sent:
            # The DiCE of a conference's call precedes the next use of its id: it tells two sessions apart.
            self.outbox.put(event, place, before_next_group=bool(call.conference_id) and event["event"] == "dice")

    def upload(self, call: SimulatedCall, recording: Recording, identity: dict[str, str]) -> list[dict[str, Any]]:
        """Write a stopped recording and its transcript, and return their notifications."""
        options = recording.options
        notes: list[dict[str, Any]] = [events.notification(identity, "recording_finished")]
        if call.planned.call_id in self.options.failing_uploads:
            return notes if options.notification_events else []
        sound, words = self._content(call, recording)
        try:
            place = recording_location(
                options, when=recording.started_at, application_key=self.application.key,
                call_id=call.planned.call_id, conference_id=recording.conference_id,
            )  # fmt: skip
            self._write(place, options.credentials, sound, TYPES.get(options.format, TYPES["mp3"]))
            self.totals.recordings += 1
            formats = self.options.report_formats
            report_format = formats[int(call.planned.draw * 1000) % len(formats)]
            notes.append(
                events.notification(identity, "recording_available", destination=reported_as(place, report_format))
            )
            if options.transcription and LOCALE.fullmatch(options.locale):
                beside = transcript_location(place)
                self._write(beside, options.credentials, words, "application/json")
                self.totals.transcripts += 1
                reported = reported_as(beside, report_format)
                notes.append(events.notification(identity, "transcription_available", destination=reported))
        except (StoreError, SinchError) as error:  # Sinch sends no event when it cannot write
            self.totals.failed_uploads.append(f"{destination_url_of(options)}: {error}")
        return notes if options.notification_events else []

    def _write(self, place: destination_url.DestinationUrl, credentials: str, data: bytes, content_type: str) -> None:
        if not self.options.writes_nothing:
            self.uploads.write(place, credentials, data, content_type)

    def send_event(self, event: Mapping[str, Any]) -> HttpReply:
        """Send one event."""
        self.totals.events += 1
        reply = self.wire.send(event)
        self.totals.refused += reply.status != 200
        return reply

    # Internals

    def _ring(self, call: SimulatedCall) -> None:
        call.wait(call.planned.ring_seconds)
        if call.planned.result != "ANSWERED":
            call.end("TIMEOUT" if call.planned.result == "NOANSWER" else "CALLEEHANGUP", call.planned.result)
            return
        call.answer()
        call.stage = Stage.TALKING
        if call.expects_ace and not call.suppressed:
            self.ask(call, events.event(call, "ace", self.application.key), "ace")

    def _break(self, call: SimulatedCall, reason: str) -> None:
        self.totals.broken[reason] = self.totals.broken.get(reason, 0) + 1
        call.end(reason, "FAILED")

    def _enter(self, call: SimulatedCall, options: RecordingOptions | None) -> None:
        conference = self.conferences.setdefault(call.conference_id, Conference())
        conference.people.add(call.planned.call_id)
        conference.opened_by = conference.opened_by or call
        if options is not None and conference.recording is None:
            conference.recording = Recording(options, call.now, call.conference_id)

    def _leave(self, call: SimulatedCall) -> list[dict[str, Any]]:
        conference = self.conferences.get(call.conference_id)
        if conference is None:
            return []
        conference.people.discard(call.planned.call_id)
        if conference.people:
            return []
        del self.conferences[call.conference_id]
        if conference.recording is None or conference.opened_by is None:
            return []
        conference.recording.stopped_at = conference.recording.stopped_at or call.now
        return self.upload(conference.opened_by, conference.recording, {"conferenceId": call.conference_id})

    def _conference_recording(self, call: SimulatedCall) -> Recording | None:
        return self.conferences[call.conference_id].recording if call.conference_id in self.conferences else None

    def _conversation(self, call: SimulatedCall) -> conversations.Conversation:
        """Return the conversation of a call, in the language of its transcription; a conference has one."""
        conference = self.conferences.get(call.conference_id)
        if conference and conference.opened_by is not None and conference.opened_by.conversation:
            return conference.opened_by.conversation
        running = call.recording or self._conference_recording(call)
        language = (running.options.locale if running else "").partition("-")[0].lower() or "en"
        due = self._long_left and self.totals.calls > self.options.long_after
        long = bool(due and running and not conference and language == "en")
        self._long_left -= long
        # A conference has a conversation of several speakers.
        return conversations.choose(call.planned.draw, language=language, conference=bool(conference), long=long)

    def _content(self, call: SimulatedCall, recording: Recording) -> tuple[bytes, bytes]:
        """Return audio and transcript of a recording: the conversation while it ran, silence while it rang."""
        format, stopped = recording.options.format, recording.stopped_at or call.now
        if call.talk_at is None or stopped <= call.talk_at:
            length = max(1.0, (stopped - recording.started_at).total_seconds())
            return conversations.silence(length, format), conversations.EMPTY_TRANSCRIPT
        # A call in real time may last long: then it is the longest conversation.
        language = recording.options.locale.partition("-")[0].lower()
        talk = call.conversation or conversations.choose(call.planned.draw, language=language or "en", long=True)
        begins = (recording.started_at - call.talk_at).total_seconds()
        start, lead = max(0.0, begins), max(0.0, -begins)
        stop = (stopped - call.talk_at).total_seconds()
        sound = conversations.sound(talk, format, start, stop, lead=lead)
        return sound, conversations.transcript(talk, start, stop, lead=lead)


def destination_url_of(options: RecordingOptions) -> str:
    """Return the destination URL for a report, or a text if it does not parse."""
    try:
        return destination_url.parse(options.destination_url).url
    except SinchError:
        return "a destination URL that cannot be read"
