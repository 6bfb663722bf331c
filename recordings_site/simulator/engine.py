"""Places calls as Sinch would: tells of them, obeys what is answered, records, uploads, and tells of that."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from recordings_site.simulator import library, obey
from recordings_site.simulator.obey import LiveCall, Recording, Stage
from recordings_site.simulator.outbox import Faults, Outbox
from recordings_site.simulator.plan import Gathering, PlannedCall
from recordings_site.simulator.uploads import TYPES, Uploads, recording_place, reported, transcript_place
from recordings_site.simulator.wire import Application, Reply, Wire, sinch_time
from recordings_site.sinch import destination_url
from recordings_site.sinch.errors import SinchError
from recordings_site.sinch.svaml import RecordingOptions, problems
from recordings_site.storage.errors import StoreError

REST_URL = "https://calling-euc1.api.sinch.com"
LOCALE = re.compile(r"[a-z]{2,3}-[A-Za-z]{2,4}", re.IGNORECASE)
TALK = 20.0
"""Seconds that people talk when nobody records them."""
MAX_TURNS = 10


@dataclass
class Tally:
    """What a simulation came to."""

    calls: int = 0
    answered: int = 0
    recordings: int = 0
    transcripts: int = 0
    events: int = 0
    refused: int = 0
    # Calls that our answer broke, each with Sinch's reason.
    broken: dict[str, int] = field(default_factory=dict)
    # Uploads that failed, each with the store's words.
    failed_uploads: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0


@dataclass
class Room:
    """A conference while somebody is in it."""

    people: set[str] = field(default_factory=set)
    recording: Recording | None = None
    opened_by: LiveCall | None = None


@dataclass
class Options:
    """What is asked of a simulation besides its calls."""

    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    # The forms in which a notification names an object; one is drawn for each recording.
    report_forms: tuple[str, ...] = ("url",)
    # How many of the recorded calls last forty minutes.
    long_calls: int = 0
    # So many calls come before the first of those.
    long_after: int = 0
    # The ids of calls whose recordings cannot be written, as when a bucket has no room: nobody is told of that.
    unwritten: frozenset[str] = frozenset()
    rest_url: str = REST_URL


class Engine:
    """One application's calls. `place` them in gatherings, `finish` them; `run` does both for a whole plan."""

    def __init__(self, application: Application, wire: Wire, uploads: Uploads, options: Options | None = None) -> None:
        self.application, self.wire, self.uploads = application, wire, uploads
        self.options = options or Options()
        self.tally = Tally()
        self.rooms: dict[str, Room] = {}
        draw = random.Random(f"faults {self.options.seed}")  # noqa: S311
        self.outbox = Outbox(self.tell, self.options.faults, draw)
        self._long_left = self.options.long_calls

    def run(self, gatherings: Iterable[Gathering], *, after_each: Callable[[Gathering], object] = len) -> Tally:
        """Place and finish each gathering in turn, then let out what was held back."""
        for place, gathering in enumerate(gatherings):
            calls = [self.connect(planned) for planned in gathering]
            self.talk(calls)
            for call in calls:
                self.finish(call, place=place)
            self.outbox.release(place)
            after_each(gathering)
        self.outbox.release_all()
        self.tally.lost, self.tally.doubled = self.outbox.lost, self.outbox.doubled
        return self.tally

    # One call

    def connect(self, planned: PlannedCall) -> LiveCall:
        """Send the ICE and what follows from its answer, until the call is talked in, or has ended."""
        call = LiveCall(planned, planned.started_at)
        self.tally.calls += 1
        self.ask(call, self._ice(call), "ice")
        for _ in range(MAX_TURNS):
            match call.stage:
                case Stage.RINGING:
                    self._ring(call)
                case Stage.MENU:
                    result = obey.press(call)
                    self.ask(call, self._event(call, "pie", menuResult=result), "pie")
                case Stage.TALKING | Stage.ENDED:
                    break
        else:
            call.end("GENERALERROR", "FAILED")
        self.tally.answered += call.answered_at is not None
        return call

    def ask(self, call: LiveCall, event: Mapping[str, Any], kind: str) -> None:
        """Send an event that wants SVAML, and obey it; an answer that is none, or is wrong, ends the call."""
        svaml = self.tell(event).svaml()
        if svaml is None and kind != "ice":  # Sinch goes on with a call that was answered or prompted already
            svaml = {"action": {"name": "continue"}}
        if svaml is None:
            self._break(call, "CALLBACKERROR")
        elif problems(svaml, kind):
            self._break(call, "INVALIDSVAMLACTION")
        else:
            self.obey(call, svaml)

    def obey(self, call: LiveCall, svaml: dict[str, Any]) -> None:
        """Carry out SVAML, also that of a Manage Call request."""
        conference_options = obey.obey(call, svaml)
        if call.conference_id and call.stage is Stage.TALKING:
            self._enter(call, conference_options)

    def talk(self, calls: list[LiveCall]) -> None:
        """Have those who are connected talk, and let their clocks run to the end of it."""
        talking = [call for call in calls if call.stage is Stage.TALKING]
        for left, call in enumerate(talking):
            call.talk_at = call.talk_at or max(other.now for other in talking)
            call.conversation = call.conversation or self._conversation(call)
            running = call.recording or self._room_recording(call)
            seconds = call.conversation.seconds if running else TALK
            call.now = max(call.now, call.talk_at + timedelta(seconds=seconds - 1.5 * left))

    def finish(self, call: LiveCall, *, place: int = 0) -> None:
        """End the call if nothing has, and put its DiCE and all that its recordings bring into the outbox."""
        if call.stage is not Stage.ENDED:
            call.end(call.planned.hangs_up)
        events = [] if call.suppressed else [self._dice(call)]
        told: list[dict[str, Any]] = []
        for recording in call.recordings:
            told += self.upload(call, recording, {"callid": call.planned.call_id})
        if call.planned.draw < 0.5:  # DiCE falls before or after recording_finished
            events = told[:1] + events + told[1:]
        else:
            events += told
        events += self._leave(call)
        for event in events:
            # Who left a conference is told before its id is used again: else nobody could tell two gatherings apart.
            self.outbox.put(event, place, soon=bool(call.conference_id) and event["event"] == "dice")

    def upload(self, call: LiveCall, recording: Recording, identity: dict[str, str]) -> list[dict[str, Any]]:
        """Write a stopped recording and its transcript, and give the notifications of that."""
        options = recording.options
        notes: list[dict[str, Any]] = [self._notify(identity, "recording_finished")]
        if call.planned.call_id in self.options.unwritten:
            return notes if options.notification_events else []
        sound, words = self._content(call, recording)
        try:
            place = recording_place(
                options, when=recording.started_at, application_key=self.application.key,
                call_id=call.planned.call_id, conference_id=recording.conference_id,
            )  # fmt: skip
            self.uploads.write(place, options.credentials, sound, TYPES.get(options.format, TYPES["mp3"]))
            self.tally.recordings += 1
            form = self.options.report_forms[int(call.planned.draw * 1000) % len(self.options.report_forms)]
            notes.append(self._notify(identity, "recording_available", destination=reported(place, form)))
            if options.transcription and LOCALE.fullmatch(options.locale):
                beside = transcript_place(place)
                self.uploads.write(beside, options.credentials, words, "application/json")
                self.tally.transcripts += 1
                notes.append(self._notify(identity, "transcription_available", destination=reported(beside, form)))
        except (StoreError, SinchError) as error:  # Sinch says nothing when it cannot write
            self.tally.failed_uploads.append(f"{destination_url_of(options)}: {error}")
        return notes if options.notification_events else []

    def tell(self, event: Mapping[str, Any]) -> Reply:
        """Send one event."""
        self.tally.events += 1
        reply = self.wire.send(event)
        self.tally.refused += reply.status != 200
        return reply

    # Within

    def _ring(self, call: LiveCall) -> None:
        call.wait(call.planned.ring_seconds)
        if call.planned.result != "ANSWERED":
            call.end("TIMEOUT" if call.planned.result == "NOANSWER" else "CALLEEHANGUP", call.planned.result)
            return
        call.answer()
        call.stage = Stage.TALKING
        if call.brings_ace and not call.suppressed:
            self.ask(call, self._event(call, "ace"), "ace")

    def _break(self, call: LiveCall, reason: str) -> None:
        self.tally.broken[reason] = self.tally.broken.get(reason, 0) + 1
        call.end(reason, "FAILED")

    def _enter(self, call: LiveCall, options: RecordingOptions | None) -> None:
        room = self.rooms.setdefault(call.conference_id, Room())
        room.people.add(call.planned.call_id)
        room.opened_by = room.opened_by or call
        if options is not None and room.recording is None:
            room.recording = Recording(options, call.now, call.conference_id)

    def _leave(self, call: LiveCall) -> list[dict[str, Any]]:
        room = self.rooms.get(call.conference_id)
        if room is None:
            return []
        room.people.discard(call.planned.call_id)
        if room.people:
            return []
        del self.rooms[call.conference_id]
        if room.recording is None or room.opened_by is None:
            return []
        room.recording.stopped_at = room.recording.stopped_at or call.now
        return self.upload(room.opened_by, room.recording, {"conferenceId": call.conference_id})

    def _room_recording(self, call: LiveCall) -> Recording | None:
        return self.rooms[call.conference_id].recording if call.conference_id in self.rooms else None

    def _conversation(self, call: LiveCall) -> library.Conversation:
        """What is talked: in the language that is transcribed, the same for all who are in a conference."""
        room = self.rooms.get(call.conference_id)
        if room and room.opened_by is not None and room.opened_by.conversation:
            return room.opened_by.conversation
        running = call.recording or self._room_recording(call)
        language = (running.options.locale if running else "").partition("-")[0].lower() or "en"
        due = self._long_left and self.tally.calls > self.options.long_after
        long = bool(due and running and not room and language == "en")
        self._long_left -= long
        # Gatherings are calls of several people, and so is the conversation.
        return library.choose(call.planned.draw, language=language, conference=bool(room), long=long)

    def _content(self, call: LiveCall, recording: Recording) -> tuple[bytes, bytes]:
        """The sound and the transcript of a recording: the conversation while it ran, silence while it rang."""
        format, stopped = recording.options.format, recording.stopped_at or call.now
        if call.talk_at is None or stopped <= call.talk_at:
            length = max(1.0, (stopped - recording.started_at).total_seconds())
            return library.silence(length, format), library.NOTHING_SAID
        # A call in real time talks as long as it likes: then it is the longest conversation that there is.
        language = recording.options.locale.partition("-")[0].lower()
        talk = call.conversation or library.choose(call.planned.draw, language=language or "en", long=True)
        start = max(0.0, (recording.started_at - call.talk_at).total_seconds())
        stop = (stopped - call.talk_at).total_seconds()
        return library.sound(talk, format, start, stop), library.transcript(talk, start, stop)

    def _event(self, call: LiveCall, event: str, **more: Any) -> dict[str, Any]:
        return {
            "event": event,
            "callid": call.planned.call_id,
            "timestamp": sinch_time(call.now),
            "version": 1,
            "custom": "",
            "applicationKey": self.application.key,
            **more,
        }

    def _ice(self, call: LiveCall) -> dict[str, Any]:
        planned = call.planned
        rate = {"currencyId": "USD", "amount": 0.0046}
        url = f"{self.options.rest_url}/calling/v1/calls/id/{planned.call_id}"
        # As seen: the plus sign comes and goes within one call.
        if planned.outbound:
            cli, to, origination = f"+{planned.number}", {"type": "number", "endpoint": planned.other}, "MXP"
        else:
            cli, to, origination = planned.other, {"type": "did", "endpoint": f"+{planned.number}"}, "PSTN"
        return self._event(
            call, "ice", callResourceUrl=url, cli=cli, to=to, domain="pstn", originationType=origination, rdnis="",
            userRate=rate, callHeaders=[],
        )  # fmt: skip

    def _dice(self, call: LiveCall) -> dict[str, Any]:
        planned = call.planned
        from_, to = (planned.number, planned.other) if planned.outbound else (planned.other, planned.number)
        event = self._event(call, "dice", reason=call.reason, result=call.result)
        event |= {
            "from": from_,
            "to": {"type": "did", "endpoint": to},
            "userRate": {"currencyId": "USD", "amount": 0.0},
        }
        if call.answered_at is not None:
            event["duration"] = round((call.now - call.answered_at).total_seconds())
            event["debit"] = {"currencyId": "USD", "amount": round(event["duration"] / 60 * 0.0046, 4)}
        return event

    def _notify(self, identity: dict[str, str], type: str, **more: str) -> dict[str, Any]:
        return {"event": "notify", **identity, "version": 1, "type": type, **more}


def destination_url_of(options: RecordingOptions) -> str:
    """The destination URL for a report, without what does not parse."""
    try:
        return destination_url.parse(options.destination_url).url
    except SinchError:
        return "a destination URL that cannot be read"
